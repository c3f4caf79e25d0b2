using System.Globalization;
using System.Text;
using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;

namespace Outsource.Operator.Report;

/// <summary>
/// The ledger as JSON for the page's script. Each text is written once and named by its number; runs with the same lines share them.
/// &lt; and the like are escaped, so no text ends the element.
/// </summary>
/// <param name="data">What there is.</param>
internal sealed class LedgerData(ReportData data)
{
    private readonly NumberedTexts _modes = new();
    private readonly NumberedTexts _sources = new();
    private readonly NumberedTexts _types = new();
    private readonly NumberedTexts _codes = new();
    private readonly NumberedTexts _texts = new();
    private readonly Dictionary<(int Code, int Detail, int Remedies), int> _verdicts = [];
    private readonly NumberedTexts _remedies = new();
    private readonly NumberedTexts _patterns = new();

    /// <summary>The JSON text.</summary>
    public string Render()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("name", data.Name);
            Runs(json);
            Lists(json, "patterns", _patterns.All);
            Verdicts(json);
            Lists(json, "remedies", _remedies.All);
            Texts(json);
            Codes(json);
            json.WriteTexts("outcomes", OutcomeOrder.All.Select(ReasonCodes.Spell));
            json.WriteTexts("modes", _modes.All);
            json.WriteTexts("sources", _sources.All);
            json.WriteTexts("types", _types.All);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>
    /// Each run: its name, mode, start, source, the number of the pattern of its lines, and its place from the newest where a text has it.
    /// </summary>
    private void Runs(Utf8JsonWriter json)
    {
        json.WriteStartArray("runs");
        for (var i = 0; i < data.Lines.Length;)
        {
            var first = data.Lines[i];
            var document = first.Run is { } number ? data.Documents.GetValueOrDefault(number) : null;
            var template = new RunTemplate(first.Run, first.Run is { } run ? data.Remedies?.PlaceOf(run) : null);
            var pattern = new StringBuilder();
            for (; i < data.Lines.Length && (data.Lines[i].Run, data.Lines[i].Position) == (first.Run, first.Position); i++)
            {
                var line = data.Lines[i];
                pattern.Append(CultureInfo.InvariantCulture, $"{_types.Of(line.Type)},{VerdictOf(line, document, template)},");
            }

            json.WriteStartArray();
            json.WriteStringValue(LedgerPart.NameOf(first));
            json.WriteNumberValue(_modes.Of(document?.Mode ?? ""));
            json.WriteStringValue(document?.Start ?? "");
            json.WriteNumberValue(_sources.Of(document?.Source ?? ""));
            json.WriteNumberValue(_patterns.Of(pattern.ToString()));
            if (template.UsedPlace is { } place)
            {
                json.WriteNumberValue(place);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private int VerdictOf(LedgerLine line, RunDocument? document, RunTemplate template)
    {
        var remedies = document is null ? [] : data.Remedies?.Of(document, line) ?? [];
        var key = (
            _codes.Of(ReasonCodes.Spell(line.Verdict.Reason)),
            _texts.Of(template.Of(line.Verdict.Detail)),
            _remedies.Of(string.Concat(remedies.Select(r => $"{_texts.Of(template.Of(r))},")))
        );
        if (!_verdicts.TryGetValue(key, out var number))
        {
            _verdicts[key] = number = _verdicts.Count;
        }

        return number;
    }

    private void Verdicts(Utf8JsonWriter json)
    {
        json.WriteStartArray("verdicts");
        foreach (var (code, detail, remedies) in _verdicts.OrderBy(v => v.Value).Select(v => v.Key))
        {
            json.WriteStartArray();
            json.WriteNumberValue(code);
            json.WriteNumberValue(detail);
            json.WriteNumberValue(remedies);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>A text, or its pieces, between which 0 stands for the run's number and 1 for its place.</summary>
    private void Texts(Utf8JsonWriter json)
    {
        json.WriteStartArray("texts");
        foreach (var pieces in _texts.All.Select(RunTemplate.Pieces))
        {
            if (pieces is [string whole])
            {
                json.WriteStringValue(whole);
                continue;
            }

            json.WriteStartArray();
            foreach (var piece in pieces)
            {
                if (piece is int marker)
                {
                    json.WriteNumberValue(marker);
                }
                else
                {
                    json.WriteStringValue((string)piece);
                }
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private void Codes(Utf8JsonWriter json)
    {
        json.WriteStartArray("codes");
        foreach (var code in _codes.All.Select(c => ReasonCodes.Of(ReasonCodes.Parse(c))))
        {
            json.WriteStartArray();
            json.WriteStringValue(code.Code);
            json.WriteStringValue(ReasonCodes.Spell(code.Outcome));
            json.WriteStringValue(code.Meaning);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>Lists of numbers, which were collected as text.</summary>
    private static void Lists(Utf8JsonWriter json, string name, IEnumerable<string> lists)
    {
        json.WriteStartArray(name);
        foreach (var list in lists)
        {
            json.WriteRawValue($"[{list.TrimEnd(',')}]");
        }

        json.WriteEndArray();
    }

    /// <summary>Each text once, by its number.</summary>
    private sealed class NumberedTexts
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public List<string> All { get; } = [];

        public int Of(string text)
        {
            if (!_numbers.TryGetValue(text, out var number))
            {
                _numbers[text] = number = All.Count;
                All.Add(text);
            }

            return number;
        }
    }
}
