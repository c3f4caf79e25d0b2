using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows;

namespace Outsource.Operator.Queue;

/// <summary>What of a workflow is held, and can be let go on.</summary>
/// <param name="name">The workflow.</param>
/// <param name="submit">Its submit directory.</param>
/// <param name="queued">What the queue holds of it.</param>
/// <param name="only">Only the jobs of these runs; null: all, and the workflow itself.</param>
internal sealed class HeldWork(string name, SubmitDirectory submit, QueuedWorkflow queued, ImmutableSortedSet<int>? only)
{
    /// <summary>Its held jobs.</summary>
    public IReadOnlyList<QueueJob> Jobs { get; } =
    [.. only is null ? queued.Dagmans.Where(d => d.Status == QueueJob.Held) : [], .. queued.Of(only, QueueJob.Held)];

    /// <summary>Whether <c>pegasus-halt</c> told it to start nothing new.</summary>
    public bool Halted { get; } = only is null && submit.IsHalted && !queued.Dagmans.IsEmpty;

    public bool IsNone => Jobs.Count == 0 && !Halted;

    /// <summary>What is asked about before it is done.</summary>
    public string What => Jobs.Count > 0 ? Counted.Of(Jobs.Count, "held job") : "the halt";

    /// <summary>The same for the journal.</summary>
    public string Words => $"{Jobs.Count} held{(Halted ? ", halted" : "")}";

    /// <summary>What is said when it is done.</summary>
    public string Done =>
        Jobs.Count > 0
            ? $"Release: {Counted.Of(Jobs.Count, "job")} of workflow {name} released."
            : $"Release: workflow {name} starts new jobs again.";

    /// <summary>Why it is held, in lines.</summary>
    public IEnumerable<string> Reasons() =>
        HeldJobs.Lines(Jobs).Concat(Halted ? ["It is halted with pegasus-halt: nothing new starts."] : []);

    /// <summary>What is said where nothing is held.</summary>
    public NothingToDoException Nothing() =>
        queued.Dagmans.IsEmpty && submit.IsStarted
            ? new(
                $"workflow '{name}' is not in the queue, so nothing of it can be released: --target=Status --name={name} "
                    + $"says how it ended, --target=Resubmit --name={name} continues what is not done."
            )
            : new(
                $"nothing of workflow '{name}' is held{(only is null ? "" : $" of the runs {OnlyRuns.Text(only)}")}: there is "
                    + "nothing to release."
            );
}
