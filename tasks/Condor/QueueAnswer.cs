using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Outsource.Condor;

/// <summary>A DAGMan job in HTCondor's queue.</summary>
/// <param name="Cluster">Its number.</param>
/// <param name="Status">HTCondor's JobStatus: 1 idle, 2 running, 3 being removed, 4 completed, 5 held, 6 transferring output, 7 suspended.</param>
/// <param name="Owner">Whose it is, or null.</param>
/// <param name="HoldReason">Why it is held, in HTCondor's words, or null.</param>
public sealed record QueuedDag(int Cluster, int Status, string? Owner, string? HoldReason)
{
    /// <summary>What an operator reads.</summary>
    public string Words
    {
        get
        {
            var state = Status switch
            {
                1 => "idle",
                2 => "running",
                3 => "being removed",
                4 => "completed",
                5 => HoldReason is null ? "held" : $"held ({HoldReason})",
                _ => string.Create(CultureInfo.InvariantCulture, $"in state {Status}"),
            };
            return string.Create(CultureInfo.InvariantCulture, $"cluster {Cluster}{(Owner is null ? "" : $" of {Owner}")}, {state}");
        }
    }
}

/// <summary>What <c>condor_q</c> answered.</summary>
/// <param name="Dags">The jobs found, or null: the queue did not answer, so nothing is known.</param>
/// <param name="Problem">Why not, in HTCondor's words.</param>
public sealed record QueueAnswer(ImmutableArray<QueuedDag>? Dags, string? Problem)
{
    /// <summary>Reads the output of <c>condor_q -json</c>, which says nothing at all when nothing was found.</summary>
    public static QueueAnswer Read(int exitCode, IEnumerable<string> output, IEnumerable<string> error)
    {
        if (exitCode != 0)
        {
            var words = error.Concat(output).Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "it said nothing";
            return new QueueAnswer(null, string.Create(CultureInfo.InvariantCulture, $"condor_q ended with exit code {exitCode}: {words}"));
        }

        var text = string.Join('\n', output);
        if (string.IsNullOrWhiteSpace(text))
        {
            return new QueueAnswer([], null);
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return new QueueAnswer([.. json.RootElement.EnumerateArray().Select(Dag).OrderBy(d => d.Cluster)], null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return new QueueAnswer(null, $"condor_q answered with something else than job ads ({unreadable.Message})");
        }
    }

    private static QueuedDag Dag(JsonElement job)
    {
        string? Text(string name) => job.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return new QueuedDag(job.GetProperty("ClusterId").GetInt32(), job.GetProperty("JobStatus").GetInt32(), Text("Owner"), Text("HoldReason"));
    }
}
