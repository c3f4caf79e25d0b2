using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Tools;

/// <summary>A program whose output is read instead of shown. The caller decides what its exit code means.</summary>
/// <typeparam name="TSettings">Its settings.</typeparam>
public abstract class CapturingTool<TSettings>(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : Tool<TSettings>(fileSystem, environment, processRunner, tools)
    where TSettings : ToolSettings
{
    /// <summary>
    /// How long to wait for the last output of a program that has ended. A child process may keep the pipe open for ever.
    /// </summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The time limit if the settings have none: an overloaded schedd answers late, a dead one never. Null: no limit.</summary>
    protected virtual TimeSpan? DefaultTimeout => TimeSpan.FromMinutes(2);

    /// <summary>Runs it until it ends.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="arguments">The argument vector.</param>
    /// <param name="said">Gets each line of both streams as it comes, one at a time.</param>
    /// <exception cref="OutsourceException">It did not end in time, and was killed.</exception>
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
        // Cake kills a program that has not ended by then. Without a limit Cake waits for the pipes as well, which a child may keep
        // open. 24 days count as no limit.
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
            throw new OutsourceException($"{GetToolName()} cannot be used: {BoundedText.Overlong}. Run it by hand and look at its output.");
        }

        return new CommandOutput(process.GetExitCode(), output, error);
    }
}
