using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Tools;

/// <summary>A program whose words are read rather than shown. What its exit code means, the caller knows; it is never dropped.</summary>
/// <typeparam name="TSettings">What it is told.</typeparam>
public abstract class CapturingTool<TSettings>(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : Tool<TSettings>(fileSystem, environment, processRunner, tools)
    where TSettings : ToolSettings
{
    /// <summary>
    /// How long the last words of a program that has ended may take. Something that it left behind may hold the pipe open for ever.
    /// </summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a tool may take where the settings do not say: a schedd that is overloaded answers late, one that is gone never. Null: as
    /// long as it likes.
    /// </summary>
    protected virtual TimeSpan? DefaultTimeout => TimeSpan.FromMinutes(2);

    /// <summary>Runs it to its end.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="arguments">The argument vector.</param>
    /// <param name="said">Is given each line of both streams as it comes, one at a time.</param>
    /// <exception cref="OutsourceException">It did not end in time; it was ended then.</exception>
    protected CommandOutput Capture(TSettings settings, ProcessArgumentBuilder arguments, Action<string>? said = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        using var heard = new OutputCollector(said);
        using var process = RunProcess(
            settings,
            arguments,
            new ProcessSettings
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectedStandardOutputHandler = heard.Out,
                RedirectedStandardErrorHandler = heard.Error,
            }
        );
        // Cake kills what has not ended by then; without a limit it waits for the pipes as well, which a child of the program may hold. 24
        // days are as long as anything likes.
        var timeout = settings.ToolTimeout ?? DefaultTimeout;
        if (!process.WaitForExit(timeout is { } limit ? (int)limit.TotalMilliseconds : int.MaxValue))
        {
            throw new OutsourceException(
                $"{GetToolName()} did not end within {timeout?.TotalSeconds ?? int.MaxValue / 1000:0} s and was stopped."
            );
        }

        var (output, error) = heard.ToTheEnd(DrainTimeout);
        if (heard.Overlong)
        {
            throw new OutsourceException($"{GetToolName()} cannot be used: {BoundedText.Overlong}. Call it by hand, and see what it says.");
        }

        return new CommandOutput(process.GetExitCode(), output, error);
    }
}
