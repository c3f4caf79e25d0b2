using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Engines.Records;
using Outsource.Foundation.Machine;
using Outsource.Model.Failures;
using Outsource.Operator.Analyze;
using Outsource.Workflows.State;

namespace Outsource.Operator.Diagnosis;

/// <summary>Finds the cause of each failed or held job.</summary>
/// <param name="reader">Reads what the jobs left.</param>
/// <param name="table">The causes.</param>
public sealed partial class JobDiagnosis(FailureReader reader, CauseTable table)
{
    /// <summary>
    /// The jobs that failed for good, are held, or were removed. Those that an earlier Resubmit skipped count too: they failed before.
    /// </summary>
    public static ImmutableArray<NodeStatus> Troubled(WorkflowStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return [.. status.Nodes.Where(n => IsTroubled(n))];
    }

    /// <summary>Whether it failed for good, is held, or was removed.</summary>
    public static bool IsTroubled(NodeStatus node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.State is NodeState.Held or NodeState.Failed || (node.RemovalReason is not null && IsOut(node.State));
    }

    /// <summary>The groups; each of the jobs is in exactly one.</summary>
    /// <param name="jobs">Failed and held jobs.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <param name="progress">Advanced after each job; or null.</param>
    public ImmutableArray<CauseGroup> Of(
        IReadOnlyCollection<NodeStatus> jobs,
        CancellationToken cancel,
        IProgressDisplay? progress = null
    ) => CauseGroup.Of(reader.ReadEach(jobs, cancel, progress).Select(Diagnosed));

    private DiagnosedJob Diagnosed(FailureFacts facts)
    {
        var job = Facts(facts);
        var known = table.Of(job);
        return new DiagnosedJob(facts.Node, known, Excerpt.Of(job.Texts), facts.Record?.Site);
    }

    /// <summary>A job that was removed and is neither done nor in the queue again.</summary>
    private static bool IsOut(NodeState state) => state is not (NodeState.Done or NodeState.Running or NodeState.Idle or NodeState.Post);

    private FailedJob Facts(FailureFacts facts)
    {
        var (node, record) = (facts.Node, facts.Record);
        var removed = node.RemovalReason is not null && node.State != NodeState.Held;
        return (removed ? Removed(node) : node.State == NodeState.Held ? Held(node, record) : Ended(node, record)) with
        {
            Memory = new ResourceUse(node.Memory?.Used, node.Memory?.Requested ?? reader.Asked(node, "request_memory")),
            Disk = new ResourceUse(node.Disk?.Used, node.Disk?.Requested ?? reader.Asked(node, "request_disk")),
        };
    }

    private static FailedJob Held(NodeStatus node, JobRecord? record) =>
        new()
        {
            HoldCode = node.HoldCode,
            HoldSubcode = node.HoldSubcode,
            ExitCode = CodeOf(record?.ExitCode),
            Texts = [.. new[] { node.HoldReason, record?.Cause }.OfType<string>(), .. record?.LastWords ?? []],
        };

    /// <summary>A job that was held and then removed failed for what held it. The files of an earlier attempt say nothing of it.</summary>
    private static FailedJob Removed(NodeStatus node) =>
        new()
        {
            HoldCode = node.HoldReason is null ? null : node.HoldCode,
            HoldSubcode = node.HoldReason is null ? null : node.HoldSubcode,
            SlurmState = Slurm().Match(node.RemovalReason!) is { Success: true } slurm ? slurm.Groups["state"].Value : null,
            End = JobEnd.Removed,
            Texts = [.. new[] { node.HoldReason, node.RemovalReason }.OfType<string>()],
        };

    private static FailedJob Ended(NodeStatus node, JobRecord? record) =>
        new()
        {
            ExitCode = CodeOf(record?.ExitCode is { } own and not 0 ? own : node.ExitCode ?? node.FailedCode),
            Phase = record?.ExitCode is null or 0 ? PhaseOf(record?.Phase) : null,
            End = EndOf(node, record),
            Texts = [.. new[] { record?.Cause }.OfType<string>(), .. record?.LastWords ?? []],
        };

    /// <summary>128 + N for a program that signal N ended; null: it has no code, or succeeded.</summary>
    private static int? CodeOf(int? code) =>
        code switch
        {
            null or 0 => null,
            < 0 => 128 - code,
            _ => code,
        };

    private static JobEnd? EndOf(NodeStatus node, JobRecord? record)
    {
        var succeeded = node.ExitCode is null or 0 && record?.ExitCode is null or 0;
        if (succeeded && node.PostCode is not (null or 0) && (record?.ExitCode ?? node.ExitCode) == 0)
        {
            return JobEnd.Check;
        }

        return record is not null ? null
            : node.Node.LeftAlone ? JobEnd.Skipped
            : node is { Attempts: 0, ExitCode: null } ? JobEnd.NeverSubmitted
            : null;
    }

    private static JobPhase? PhaseOf(string? phase) =>
        phase switch
        {
            null => null,
            _ when phase.StartsWith("Staging in", StringComparison.Ordinal) => JobPhase.StageIn,
            _ when phase.StartsWith("Staging out", StringComparison.Ordinal) => JobPhase.StageOut,
            _ when phase.StartsWith("Checking file integrity", StringComparison.Ordinal) => JobPhase.Integrity,
            _ => null,
        };

    [GeneratedRegex(@"^Slurm: (?<state>[A-Z_]+)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Slurm();
}
