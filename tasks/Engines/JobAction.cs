using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines;

/// <summary>Which jobs to hold or to release.</summary>
public sealed class JobActionSettings : ToolSettings
{
    /// <summary>Jobs as <c>cluster.proc</c>.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary>Why, for people who look at the queue; null: no reason is given.</summary>
    public string? Reason { get; init; }
}

/// <summary>Holds jobs (<c>condor_hold</c>).</summary>
public sealed class HoldJobs(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : JobAction("condor_hold", fileSystem, environment, processRunner, tools);

/// <summary>Releases held jobs (<c>condor_release</c>).</summary>
public sealed class ReleaseJobs(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : JobAction("condor_release", fileSystem, environment, processRunner, tools);

/// <summary>Removes jobs from the queue (<c>condor_rm</c>).</summary>
public sealed class RemoveJobs(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : JobAction("condor_rm", fileSystem, environment, processRunner, tools);

/// <summary>A tool of HTCondor that does one thing with several jobs.</summary>
public abstract class JobAction(
    string tool,
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : CapturingTool<JobActionSettings>(fileSystem, environment, processRunner, tools)
{
    /// <summary>Jobs in one call: the length of a command line is limited.</summary>
    public const int Batch = 1000;

    /// <summary>Does it, in as many calls as needed.</summary>
    /// <exception cref="OutsourceException">The tool failed; the program ends with its exit code.</exception>
    public void Run(JobActionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var jobs in settings.Jobs.Chunk(Batch))
        {
            var output = Capture(settings, Arguments(jobs, settings.Reason));
            if (output.ExitCode != 0)
            {
                throw new OutsourceException(
                    $"{tool} failed with exit code {output.ExitCode}: {output.LastWords}",
                    ExitCodes.OfTool(output.ExitCode)
                );
            }
        }
    }

    /// <summary>The argument vector for one batch.</summary>
    internal static ProcessArgumentBuilder Arguments(IEnumerable<string> jobs, string? reason)
    {
        var arguments = new ProcessArgumentBuilder();
        if (reason is not null)
        {
            arguments.Append("-reason").AppendWord(reason);
        }

        foreach (var job in jobs)
        {
            arguments.Append(job);
        }

        return arguments;
    }

    protected override string GetToolName() => tool;

    protected override IEnumerable<string> GetToolExecutableNames() => [tool];
}
