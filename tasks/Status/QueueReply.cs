using Outsource.Condor;

namespace Outsource.Status;

/// <summary>What HTCondor's queue said.</summary>
/// <param name="Jobs">Its jobs, or null when it did not answer.</param>
/// <param name="Silence">Why it did not, or null.</param>
public sealed record QueueReply(IReadOnlyList<QueueJob>? Jobs, string? Silence = null)
{
    /// <summary>The jobs of one workflow; an answer that is none stays none.</summary>
    public QueueReply Of(string? rootId) => this with { Jobs = Jobs?.Where(j => rootId is not null && j.RootId == rootId).ToList() };
}
