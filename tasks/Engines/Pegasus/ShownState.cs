using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Pegasus;

/// <summary>The state of a planned workflow as it is shown, with what to do next.</summary>
/// <param name="State">The state.</param>
/// <param name="Detail">An explanation without its full stop, or null.</param>
public sealed record ShownState(WorkflowState State, string? Detail)
{
    /// <summary>Finds the state. Where <see cref="DagStatus"/> says that it cannot be known, files may still show an end.</summary>
    /// <param name="seen">What is known; the workflow has a submit directory.</param>
    /// <param name="waysOn">Asked only for one that was never started: what to do with it, as a clause.</param>
    public static ShownState Of(DagEvidence seen, Func<string> waysOn)
    {
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentNullException.ThrowIfNull(waysOn);
        return DagStatus.Of(seen).State switch
        {
            DagState.Running => InQueue(seen.Directory, seen.Dagmans.Jobs ?? []),
            DagState.Planned => new ShownState(WorkflowState.Planned, $"never started: {waysOn()}"),
            DagState.Unplanned or DagState.HalfPlanned => new ShownState(
                WorkflowState.Planned,
                "its planning did not finish: run the same --target=Submit again to complete it"
            ),
            DagState.Ended or DagState.Unknown => NotInQueue(seen),
        };
    }

    /// <summary>Its DAGMan is in the queue.</summary>
    private static ShownState InQueue(SubmitDirectory directory, IReadOnlyList<QueueJob> dagmans)
    {
        if (!dagmans.Any(d => d.Status is QueueJob.Running or QueueJob.Idle))
        {
            return dagmans.FirstOrDefault(d => d.Status == QueueJob.Held) is { } held
                ? new(
                    WorkflowState.Held,
                    $"its {directory.Names.Manager} is held: {held.HoldReason ?? "no reason given"}; --target=Release continues it"
                )
                : new(
                    WorkflowState.Removing,
                    $"its {directory.Names.Manager} is being removed from the queue; after that, --target=Resubmit continues the workflow"
                );
        }

        if (directory.IsHalted)
        {
            return new(
                WorkflowState.Halted,
                "halted with pegasus-halt: jobs in the queue finish, no new ones start, and then DAGMan ends. "
                    + "--target=Release continues it while DAGMan is running; after its end use --target=Resubmit"
            );
        }

        return new(
            WorkflowState.Running,
            dagmans.All(d => d.Status != QueueJob.Running) ? $"its {directory.Names.Manager} waits in the queue to be started" : null
        );
    }

    private static ShownState NotInQueue(DagEvidence seen)
    {
        if (seen.Outcome is not { } outcome)
        {
            return WithoutAWord(seen);
        }

        // The failed ones are for Analyze; the halt explains the rest.
        var halted = outcome is { ExitStatus: not (null or 0), Removed: false } && (outcome.Halted || seen.Directory.IsHalted);
        return outcome switch
        {
            _ when halted && FailedNodes(seen) == 0 => new(
                WorkflowState.Halted,
                "halted with pegasus-halt, and no job failed: its jobs finished, then DAGMan ended; --target=Resubmit continues it"
            ),
            { ExitStatus: 0 } => new(WorkflowState.Succeeded, null),
            { ExitStatus: not null, Removed: true } => new(
                WorkflowState.Removed,
                "it was removed from the queue; --target=Resubmit continues it"
            ),
            { ExitStatus: { } code } => new(
                WorkflowState.Failed,
                $"{seen.Names.Ended(code)}{(halted ? ", and was halted before that by pegasus-halt" : "")}; "
                    + "--target=Analyze shows why, --target=Resubmit continues it"
            ),
            _ when seen.Job is { Ended: true, Removed: true } => RemovedBeforeAWord(seen),
            _ => WithoutAnEnd(seen, outcome),
        };
    }

    private static ShownState RemovedBeforeAWord(DagEvidence seen) =>
        new(
            WorkflowState.Removed,
            $"it was removed from the queue before {seen.Names.TheManager} wrote anything; --target=Resubmit continues it"
        );

    /// <summary>DAGMan wrote nothing.</summary>
    private static ShownState WithoutAWord(DagEvidence seen) =>
        seen switch
        {
            { Job: { Ended: true, Removed: true } } => RemovedBeforeAWord(seen),
            { Job: { Ended: true } job } => new(
                WorkflowState.Failed,
                $"{seen.Names.TheManager} ended{(job.ReturnValue is { } code ? $" with {code}" : "")} without writing a log; "
                    + $"'{SubmitDirectory.DagName}.lib.err' may show why; --target=Resubmit starts it again"
            ),
            { Dagmans: { Jobs: null, Silence: { } silence } } => new(
                WorkflowState.Unknown,
                $"{seen.Names.TheManager} has written nothing in '{seen.Directory.Path}' yet; "
                    + $"{seen.Names.System} does not answer ({silence})"
            ),
            { Elsewhere: { } machine } => StartedOn(machine),
            _ => new(
                WorkflowState.Unknown,
                $"its {seen.Names.Manager} is not in the queue and has not recorded its end: {Lost(seen)}"
            ),
        };

    /// <summary>DAGMan started, and no file says that it ended for good.</summary>
    private static ShownState WithoutAnEnd(DagEvidence seen, DagmanOut outcome) =>
        seen switch
        {
            { Dagmans: { Jobs: null } silent } when outcome.Interrupted => new(
                WorkflowState.Unknown,
                $"{seen.Names.TheManager} stopped{At(outcome)} and HTCondor will start it again, as after a shutdown of HTCondor "
                    + "or a hold; "
                    + $"{seen.Names.System} does not answer ({silent.Silence})"
            ),
            { Dagmans: { Jobs: null } silent } => new(
                WorkflowState.Unknown,
                $"{seen.Names.TheManager} has not recorded its end"
                    + $"{(outcome.LastLineAt is null ? "" : $", its last line is from{At(outcome)}")}; "
                    + $"{seen.Names.System} does not answer ({silent.Silence})"
            ),
            { Elsewhere: { } machine } => StartedOn(machine),
            _ => new(
                WorkflowState.Unknown,
                $"its {seen.Names.Manager} is not in the queue and has not recorded its "
                    + $"end{(outcome.LastLineAt is null ? "" : $" (its last line is from{At(outcome)})")}: {Lost(seen)}"
            ),
        };

    private static string Lost(DagEvidence seen) =>
        $"it was killed{(seen.Directory.Engine == EngineKind.Pegasus ? ", or HTCondor lost it," : "")} and nothing runs. "
        + "--target=Resubmit starts it again; finished results are kept";

    private static ShownState StartedOn(string machine) =>
        new(WorkflowState.Unknown, $"it was started on {machine}, whose queue this machine cannot query: run this command there");

    /// <summary>Nodes that failed, from the rescue file, or else from DAGMan's last count.</summary>
    private static int FailedNodes(DagEvidence seen) => seen.Rescue?.Failed.Count ?? seen.Outcome?.Counts?.GetValueOrDefault("Failed") ?? 0;

    private static string At(DagmanOut outcome) => outcome.LastLineAt is { } at ? $" {at:yyyy-MM-ddTHH:mm:ssZ}" : "";
}
