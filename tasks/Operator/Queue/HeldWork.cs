using System.Collections.Immutable;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows;

namespace Outsource.Operator.Queue;

/// <summary>The held parts of a workflow, which can be released.</summary>
/// <param name="name">The workflow.</param>
/// <param name="submit">Its submit directory.</param>
/// <param name="queued">Its jobs in the queue.</param>
/// <param name="only">Only the jobs of these runs; null: all, and the workflow itself.</param>
/// <param name="of">Only the jobs of these names; null: all, and the workflow itself.</param>
internal sealed class HeldWork(
    string name,
    SubmitDirectory submit,
    QueuedWorkflow queued,
    ImmutableSortedSet<int>? only,
    ImmutableHashSet<string>? of = null
)
{
    /// <summary>Its held jobs.</summary>
    public IReadOnlyList<QueueJob> Jobs { get; } =
    [
        .. (only, of) == (null, null) ? queued.Dagmans.Concat(queued.Parts).Where(d => d.Status == QueueJob.Held) : [],
        .. queued.Of(only, QueueJob.Held).Where(j => of?.Contains(j.Node!) != false),
    ];

    /// <summary>Whether <c>pegasus-halt</c> stopped it from starting new jobs.</summary>
    public bool Halted { get; } = (only, of) == (null, null) && submit.IsHalted && !queued.Dagmans.IsEmpty;

    public bool IsNone => Jobs.Count == 0 && !Halted;

    /// <summary>Text for the question before it is done.</summary>
    public string What => Jobs.Count > 0 ? Counted.Of(Jobs.Count, "held job") : "the halt";

    /// <summary>The same for the journal.</summary>
    public string Description => $"{Jobs.Count} held{(Halted ? ", halted" : "")}";

    /// <summary>The message after it is done.</summary>
    public string Done =>
        Jobs.Count > 0
            ? $"Release: {Counted.Of(Jobs.Count, "job")} of workflow {name} released."
            : $"Release: workflow {name} starts new jobs again.";

    /// <summary>Why it is held, as lines.</summary>
    public IEnumerable<string> Reasons() =>
        HeldJobs.Lines(Jobs).Concat(Halted ? ["It is halted with pegasus-halt: no new jobs start."] : []);

    /// <summary>The message if nothing is held.</summary>
    public NothingToDoException Nothing() =>
        queued.Dagmans.IsEmpty && submit.IsStarted
            ? new(
                $"workflow '{name}' is not in the queue, so nothing of it can be released: --target=Status --name={name} "
                    + $"shows how it ended, --target=Resubmit --name={name} continues it."
            )
            : new(
                $"no job of workflow '{name}' is held{(only is null ? "" : $" of the runs {OnlyRuns.Text(only)}")}: there is "
                    + "nothing to release."
            );
}
