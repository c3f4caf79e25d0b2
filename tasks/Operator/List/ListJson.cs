using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Files;
using Outsource.Workflows.State;

namespace Outsource.Operator.List;

/// <summary>All workflows as one JSON document (docs/schemas/list.schema.json).</summary>
public static class ListJson
{
    public const string Schema = "outsource/list/1";

    /// <summary>The document.</summary>
    /// <param name="workflows">Their states, the oldest first.</param>
    /// <param name="queueAnswered">Whether HTCondor did.</param>
    public static string Render(IEnumerable<WorkflowStatus> workflows, bool queueAnswered) =>
        JsonOutput.Render(
            new
            {
                Schema,
                QueueAnswered = queueAnswered,
                Workflows = workflows.Select(w => new
                {
                    w.Name,
                    State = StateNames.Spell(w.State),
                    w.Detail,
                    w.Standstill,
                    w.Damage,
                    w.Percent,
                    Jobs = w.Counts.Total,
                    Done = w.Counts[NodeState.Done],
                    Failed = w.Counts[NodeState.Failed],
                    Held = w.Counts[NodeState.Held],
                    Runs = w.Runs.Length,
                    SubmittedAt = w.SubmittedAt?.UtcDateTime.ToString(
                        "yyyy-MM-dd'T'HH:mm:ss'Z'",
                        System.Globalization.CultureInfo.InvariantCulture
                    ),
                    SubmitDir = w.SubmitDirectory,
                }),
            }
        );
}
