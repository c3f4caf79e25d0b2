using System.Globalization;
using System.Text;
using System.Text.Json;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Text;
using Outsource.Workflows.State;

namespace Outsource.Operator.Status;

/// <summary>
/// The status as one JSON document (docs/schemas/status.schema.json). Names are never taken away or changed within a version.
/// </summary>
public static class StatusJson
{
    public const string Schema = "outsource/status/1";

    /// <summary>Names of nodes shown per hold reason; all of a large workflow would be no reading.</summary>
    private const int NodesShown = 20;

    /// <summary>The document, ended by a line feed.</summary>
    public static string Render(WorkflowStatus status)
    {
        using var stream = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                stream,
                new JsonWriterOptions
                {
                    Indented = true,
                    Encoder = VisibleJson.Encoder,
                    NewLine = "\n",
                }
            )
        )
        {
            Write(json, status);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, WorkflowStatus status)
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString("name", status.Name);
        Time(json, "as_of", status.AsOf);
        json.WriteString("state", StateNames.Spell(status.State));
        json.WriteString("detail", status.Detail);
        json.WriteString("standstill", status.Standstill);
        Strings(json, "damage", status.Damage);
        json.WriteString("submit_dir", status.SubmitDirectory);
        json.WriteBoolean("queue_answered", status.QueueAnswered);
        json.WriteStartArray("dag_clusters");
        foreach (var cluster in status.DagClusters)
        {
            json.WriteNumberValue(cluster);
        }

        json.WriteEndArray();
        Time(json, "submitted_at", status.SubmittedAt);
        Time(json, "began_at", status.BeganAt);
        Time(json, "started_at", status.StartedAt);
        json.WriteNumber("dagmans", status.Dagmans);
        Time(json, "last_event_at", status.LastEventAt);
        Number(json, "percent", status.Percent);
        Counts(json, "jobs", status.Counts);
        json.WriteNumber("retried", status.Retried);
        Number(json, "jobs_per_hour", status.JobsPerHour is { } rate ? Math.Round(rate, 2) : null);
        Time(json, "eta", status.Eta);
        WriteLists(json, status);
        Strings(json, "warnings", status.Warnings);
        WriteSources(json, status);
        json.WriteEndObject();
    }

    private static void WriteSources(Utf8JsonWriter json, WorkflowStatus status)
    {
        json.WriteStartArray("sources");
        foreach (var source in status.Sources)
        {
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteString(
                "answer",
                source.Answer switch
                {
                    SourceAnswer.Answered => "answered",
                    SourceAnswer.Silent => "silent",
                    _ => "not-asked",
                }
            );
            json.WriteString("words", source.Words);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLists(Utf8JsonWriter json, WorkflowStatus status)
    {
        json.WriteStartArray("job_names");
        foreach (var name in status.JobNames)
        {
            json.WriteStartObject();
            json.WriteString("name", name.Name);
            json.WriteString("kind", name.Ours ? "payload" : "planner");
            Counts(json, "jobs", name.Counts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("runs");
        json.WriteNumber("total", status.Runs.Length);
        foreach (var state in Enum.GetValues<RunState>())
        {
            json.WriteNumber(StateNames.Spell(state), status.Runs.Count(r => r.State == state));
        }

        json.WriteEndObject();
        json.WriteStartArray("run_states");
        foreach (var run in status.Runs)
        {
            json.WriteStartObject();
            json.WriteNumber("run", run.Run);
            json.WriteString("state", StateNames.Spell(run.State));
            json.WriteNumber("jobs", run.Counts.Total);
            json.WriteNumber("done", run.Counts[NodeState.Done]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("holds");
        foreach (var hold in status.Holds)
        {
            json.WriteStartObject();
            json.WriteString("reason", hold.Reason);
            Number(json, "code", hold.Code);
            Number(json, "subcode", hold.Subcode);
            json.WriteNumber("jobs", hold.Nodes.Length);
            json.WriteStartArray("nodes");
            foreach (var node in hold.Nodes.Take(NodesShown))
            {
                json.WriteStringValue(node);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> words)
    {
        json.WriteStartArray(name);
        foreach (var word in words)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    private static void Counts(Utf8JsonWriter json, string name, StateCounts counts)
    {
        json.WriteStartObject(name);
        json.WriteNumber("total", counts.Total);
        foreach (var state in Enum.GetValues<NodeState>())
        {
            json.WriteNumber(StateNames.Spell(state), counts[state]);
        }

        json.WriteEndObject();
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        json.WriteString(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private static void Number(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
