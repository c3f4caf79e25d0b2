using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Errors;

namespace Outsource.Tools;

/// <summary>A program whose words are read rather than shown. What its exit code means, the caller knows; it is never dropped.</summary>
/// <typeparam name="TSettings">What it is told.</typeparam>
public abstract class ListeningTool<TSettings>(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, Cake.Core.Tooling.IToolLocator tools)
    : Tool<TSettings>(fileSystem, environment, processRunner, tools)
    where TSettings : ToolSettings
{
    /// <summary>How long a tool may take where the settings do not say: a schedd that is overloaded answers late, one that is gone never.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMinutes(2);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="OutsourceException">It did not end in time; it was ended then.</exception>
    protected CommandOutput Capture(TSettings settings, ProcessArgumentBuilder arguments)
    {
        using var process = RunProcess(settings, arguments, new ProcessSettings { RedirectStandardOutput = true, RedirectStandardError = true });
        var patience = settings.ToolTimeout ?? Patience;
        if (!process.WaitForExit((int)patience.TotalMilliseconds))
        {
            process.Kill();
            throw new OutsourceException($"{GetToolName()} did not end within {patience.TotalSeconds:0} s and was stopped.");
        }

        // Only waiting without a limit waits for the last words as well.
        process.WaitForExit();
        List<string> output = [.. process.GetStandardOutput()], error = [.. process.GetStandardError()];
        return new CommandOutput(process.GetExitCode(), output, error);
    }
}
