using System.Text;
using System.Text.Json;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;

namespace Outsource.Operator.Report;

/// <summary>
/// The ledger for the page's script: every word once, lines as numbers, so that a few thousand runs stay small. &lt; and its like are
/// escaped, so it ends no element.
/// </summary>
internal static class LedgerData
{
    /// <summary>Writes it.</summary>
    public static string Of(ReportData data)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            Write(json, data);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, ReportData data)
    {
        var (runs, modes, types, codes, details) = (
            new Words<string>(),
            new Words<string>(),
            new Words<string>(),
            new Words<Reason>(),
            new Words<string>()
        );
        List<RunDocument?> documents = [];
        _ = modes.Of("");
        json.WriteStartObject();
        json.WriteStartArray("lines");
        foreach (var line in data.Lines)
        {
            var name = line.Run is { } number ? RunDocument.Padded(number) : line.Position ?? "unknown";
            var run = runs.Of(name);
            if (run == documents.Count)
            {
                documents.Add(line.Run is { } known ? data.Documents.GetValueOrDefault(known) : null);
            }

            json.WriteStartArray();
            json.WriteNumberValue(run);
            json.WriteNumberValue(types.Of(line.Type));
            json.WriteNumberValue(codes.Of(line.Verdict.Reason));
            json.WriteNumberValue(details.Of(line.Verdict.Detail));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("runs");
        for (var i = 0; i < documents.Count; i++)
        {
            json.WriteStartArray();
            json.WriteStringValue(runs.All[i]);
            json.WriteNumberValue(modes.Of(documents[i]?.Mode ?? ""));
            json.WriteStringValue(documents[i]?.Start ?? "");
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("codes");
        foreach (var code in codes.All.Select(ReasonCodes.Of))
        {
            json.WriteStartArray();
            json.WriteStringValue(code.Code);
            json.WriteStringValue(ReasonCodes.Spell(code.Outcome));
            json.WriteStringValue(code.Meaning);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        Strings(json, "outcomes", Enum.GetValues<Outcome>().Select(ReasonCodes.Spell));
        Strings(json, "modes", modes.All);
        Strings(json, "types", types.All);
        Strings(json, "details", details.All);
        json.WriteEndObject();
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

    /// <summary>Each word once, by its number.</summary>
    private sealed class Words<T>
        where T : notnull
    {
        private readonly Dictionary<T, int> _numbers = [];

        public List<T> All { get; } = [];

        public int Of(T word)
        {
            if (!_numbers.TryGetValue(word, out var number))
            {
                _numbers[word] = number = All.Count;
                All.Add(word);
            }

            return number;
        }
    }
}
