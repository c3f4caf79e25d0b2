using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Settings.Options;
using Outsource.Workflows.State;

namespace Outsource.Operator.List;

/// <summary>All workflows as one JSON document (docs/schemas/list.schema.json).</summary>
public static class ListJson
{
    public const string Schema = "outsource/list/1";

    /// <summary>The document where there is no workflow: HTCondor was not asked.</summary>
    public static string RenderNone() => Render([], new QueueAnswer(null, "not asked"));

    /// <summary>The document.</summary>
    /// <param name="workflows">Their states, the oldest first.</param>
    /// <param name="queue">What HTCondor answered.</param>
    public static string Render(IEnumerable<ListedWorkflow> workflows, QueueAnswer queue) =>
        JsonOutput.Render(
            new
            {
                Schema,
                QueueAnswered = queue.Silence is null,
                Workflows = workflows.Select(Entry),
            }
        );

    private static object Entry(ListedWorkflow listed)
    {
        var w = listed.Status;
        return new
        {
            w.Name,
            State = StateNames.Spell(w.State),
            Engine = Spelling.Kebab(w.Engine.ToString()),
            w.Detail,
            w.Standstill,
            w.Damage,
            w.Percent,
            Jobs = w.Counts.Total,
            Done = w.Counts[NodeState.Done],
            Failed = w.Counts[NodeState.Failed],
            Held = w.Counts[NodeState.Held],
            Runs = w.Runs.Length,
            MadeAt = Time(listed.MadeAt),
            listed.Arguments,
            SubmittedAt = Time(w.SubmittedAt),
            SubmitDir = w.SubmitDirectory,
        };
    }

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
