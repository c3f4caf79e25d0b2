using System.IO.Abstractions;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Local;

/// <summary>What the parts of a runner share.</summary>
internal sealed record RunnerParts(HostEnvironment Host, IMachine Machine, LocalDirectory Directory, LocalOrder Order)
{
    public required NodeBoard Board { get; init; }

    public required DagmanRecords Records { get; init; }

    public required LocalRoom Room { get; init; }

    public required JobFolder Folder { get; init; }

    public required AttemptRecord Attempts { get; init; }

    public required JobStarter Starter { get; init; }

    public required MemoryFence Fence { get; init; }

    public required SessionMeter Meter { get; init; }

    /// <summary>The runner's own job.</summary>
    public required int Cluster { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>Why no new jobs start: what the request said; null: they do.</summary>
    public string? PausedBecause { get; set; }

    /// <summary>Whether no new jobs start, on request.</summary>
    public bool Paused => PausedBecause is not null;

    /// <summary>Why everything ends, or null.</summary>
    public string? Stopping { get; set; }

    public IFileSystem Disk => Host.Disk;

    public DateTimeOffset Now => Machine.UtcNow;

    /// <summary>What a node asks for now.</summary>
    public JobAsk AskOf(LocalNode node) => node.Ask ??= JobAsk.Of(Disk, Directory.In(node.SubmitFile), node.Retry);

    /// <summary>Writes the record of an attempt.</summary>
    /// <returns>Most memory that the payload itself says, MB, or null.</returns>
    public long? Record(JobRun run, JobEnd end, int? code)
    {
        try
        {
            return Attempts.Write(Folder.FilesOf(run.Node), run, end, code);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Records.Note(Now, $"the record of {run.Node.Name} cannot be written: {error.Message}");
            return null;
        }
    }

    /// <summary>Removes the job of a held node for good, or for another try.</summary>
    public void Abort(LocalNode node, string reason)
    {
        var held = new JobRun(node, AskOf(node)) { StartedAt = node.HeldAt, EndedAt = node.HeldAt };
        _ = Record(held, new JobEnd(JobFolder.WrapperFailed, [node.Hold?.Reason ?? reason]), null);
        Board.Abort(node, reason);
    }
}
