using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Pegasus;

/// <summary>
/// The counts of a Pegasus tool. Its state "Failure" appears as soon as one node failed, though DAGMan continues with the others.
/// </summary>
/// <param name="Tool">Which tool.</param>
/// <param name="State">Its name for the state, or null: it has none yet.</param>
/// <param name="Total">Nodes of the DAG.</param>
/// <param name="Done">Nodes that succeeded.</param>
/// <param name="Failed">Nodes that failed.</param>
/// <param name="Held">Nodes that are held; null: the tool does not report it.</param>
public sealed partial record PegasusCounts(string Tool, string? State, int Total, int Done, int Failed, int? Held)
{
    /// <summary>One line for the operator, without its full stop.</summary>
    public string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Tool}: {State?.ToLowerInvariant() ?? "no state yet"}, {Done} of {Counted.Of(Total, "node")} done, {Failed} "
                + $"failed{(Held is { } held ? $", {held} held" : "")}"
        );

    /// <summary>Reads what <c>pegasus-status --jsonrv --noqueue</c> printed (Pegasus 5.1).</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static PegasusCounts OfStatus(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var dag = json.RootElement.GetProperty("dags").GetProperty("root");
            int Number(string name) => dag.TryGetProperty(name, out var value) ? value.GetInt32() : 0;
            return new PegasusCounts(
                "pegasus-status",
                dag.TryGetProperty("state", out var state) ? state.GetString() : null,
                Number("total"),
                Number("succeeded"),
                Number("failed"),
                null
            );
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException($"it printed something other than its JSON ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>
    /// Reads what <c>pegasus-analyzer</c> printed (5.0 and 5.1); it has no JSON. Its counts overlap: a held job may also count as
    /// unsubmitted.
    /// </summary>
    /// <exception cref="FormatException">There is no summary in it.</exception>
    public static PegasusCounts OfAnalyzer(IEnumerable<string> lines)
    {
        string? state = null;
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (State_().Match(line) is { Success: true } word)
            {
                state ??= word.Groups[1].Value;
            }
            else if (Count().Match(line) is { Success: true } count)
            {
                _ = counts.TryAdd(count.Groups[1].Value, int.Parse(count.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
            }
        }

        int Number(string name) =>
            counts.TryGetValue(name, out var number) ? number : throw new FormatException("its output contains no summary");
        return new PegasusCounts(
            "pegasus-analyzer",
            state,
            Number("Total jobs"),
            Number("# jobs succeeded"),
            Number("# jobs failed"),
            counts.TryGetValue("# jobs held", out var held) ? held : null
        );
    }

    [GeneratedRegex(@"^ Workflow Status\s+: (\S+)\s*$")]
    private static partial Regex State_();

    [GeneratedRegex(@"^ (Total jobs|# jobs [a-z]+)\s+:\s+([0-9]+) \(")]
    private static partial Regex Count();
}
