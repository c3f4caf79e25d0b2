using System.Globalization;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Settings.Options;
using Outsource.Workflows.State;

namespace Outsource.Operator.Status;

/// <summary>
/// The status as one JSON document (docs/schemas/status.schema.json). Within a version, names are never removed or changed.
/// </summary>
public static class StatusJson
{
    public const string Schema = "outsource/status/1";

    /// <summary>Number of node names shown per hold reason: a large workflow has too many to read.</summary>
    private const int NodesShown = 20;

    /// <summary>The document, ended by a line feed.</summary>
    public static string Render(WorkflowStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return JsonOutput.Render(
            new
            {
                Schema,
                status.Name,
                AsOf = Time(status.AsOf),
                State = StateNames.Spell(status.State),
                Engine = Spelling.Kebab(status.Engine.ToString()),
                status.Detail,
                status.Standstill,
                status.Damage,
                SubmitDir = status.SubmitDirectory,
                status.QueueAnswered,
                status.DagClusters,
                SubmittedAt = Time(status.SubmittedAt),
                BeganAt = Time(status.BeganAt),
                StartedAt = Time(status.StartedAt),
                status.Dagmans,
                LastEventAt = Time(status.LastEventAt),
                status.Percent,
                Jobs = Counts(status.Counts),
                status.Retried,
                JobsPerHour = status.JobsPerHour is { } rate ? Math.Round(rate, 2) : (double?)null,
                Eta = Time(status.Eta),
                JobNames = status.JobNames.Select(n => new
                {
                    n.Name,
                    Kind = n.Ours ? "payload" : "planner",
                    Jobs = Counts(n.Counts),
                }),
                Parts = Parts(status),
                Runs = Runs(status),
                RunStates = status.Runs.Select(r => new
                {
                    r.Run,
                    State = StateNames.Spell(r.State),
                    Jobs = r.Counts.Total,
                    Done = r.Counts[NodeState.Done],
                }),
                Holds = status.Holds.Select(h => new
                {
                    h.Reason,
                    h.Code,
                    h.Subcode,
                    Jobs = h.Nodes.Length,
                    Nodes = h.Nodes.Take(NodesShown),
                }),
                status.Warnings,
                Sources = status.Sources.Select(s => new
                {
                    s.Name,
                    Answer = Spell(s.Answer),
                    Words = s.Description,
                }),
            }
        );
    }

    private static string Spell(SourceAnswer answer) =>
        answer switch
        {
            SourceAnswer.Answered => "answered",
            SourceAnswer.Silent => "silent",
            _ => "not-asked",
        };

    /// <summary>The parts of a workflow that is cut; null: it is in one piece.</summary>
    private static object? Parts(WorkflowStatus status)
    {
        if (status.Parts.IsEmpty)
        {
            return null;
        }

        var counts = new PartCounts(status.Parts);
        return new
        {
            counts.Total,
            counts.Planned,
            Done = counts[PartState.Done],
            Failed = counts[PartState.Failed],
            Running = counts[PartState.Running],
            Held = counts[PartState.Held],
            Removed = counts[PartState.Removed],
            Waiting = counts[PartState.Waiting],
            Unknown = counts[PartState.Unknown],
            FailedParts = counts.Numbers(PartState.Failed),
            HeldParts = counts.Numbers(PartState.Held),
        };
    }

    private static Dictionary<string, int> Runs(WorkflowStatus status)
    {
        var counts = new Dictionary<string, int> { ["total"] = status.Runs.Length };
        foreach (var state in Enum.GetValues<RunState>())
        {
            counts[StateNames.Spell(state)] = status.Runs.Count(r => r.State == state);
        }

        return counts;
    }

    private static Dictionary<string, int> Counts(StateCounts of)
    {
        var counts = new Dictionary<string, int> { ["total"] = of.Total };
        foreach (var state in Enum.GetValues<NodeState>())
        {
            counts[StateNames.Spell(state)] = of[state];
        }

        return counts;
    }

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
