using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Artifacts;

/// <summary>
/// Reads lines of a ledger, and the inputs in them. What recurs from line to line is held once: half a million lines have a few dozen
/// types, places and details. Not thread safe.
/// </summary>
internal sealed class LedgerLineReader
{
    private readonly RecurringJson<string> _names = new(json => json.GetString()!);
    private readonly RecurringJson<ImmutableArray<string>> _lists = new(json =>
        [.. json.EnumerateArray().Select(item => item.GetString()!)]
    );

    /// <summary>A line.</summary>
    /// <exception cref="FormatException">A value of it is not known.</exception>
    public LedgerLine Read(JsonElement line) =>
        new(
            line.GetProperty("run"u8) is var run && run.ValueKind == JsonValueKind.Null ? null : run.GetInt32(),
            line.TryGetProperty("position"u8, out var position) ? position.GetString() : null,
            Name(line.GetProperty("type"u8)),
            Verdict(line),
            Name(line.GetProperty("stage"u8)),
            line.TryGetProperty("input"u8, out var input) ? Input(input) : null,
            line.TryGetProperty("was"u8, out var was) ? LedgerFile.ReadVerdict(was) : null
        );

    /// <summary>An input.</summary>
    /// <exception cref="FormatException">Its kind is not known.</exception>
    public PlannedInput Input(JsonElement json)
    {
        var kind = json.GetProperty("kind"u8);
        return new(
            kind.ValueEquals("raw"u8) ? InputKind.Raw
                : kind.ValueEquals("stored"u8) ? InputKind.Stored
                : kind.ValueEquals("workflow"u8) ? InputKind.Workflow
                : kind.ValueEquals("made-by-job"u8) ? InputKind.MadeByJob
                : throw new FormatException($"unknown kind of input '{kind.GetString()}'"),
            Name(json.GetProperty("type"u8)),
            json.TryGetProperty("did"u8, out var did) ? did.GetString() : null,
            List(json.GetProperty("rses"u8)),
            json.TryGetProperty("size_mb"u8, out var size) ? size.GetDouble() : null
        )
        {
            Level = LevelWorkJson.Read(json),
        };
    }

    /// <summary>A text that recurs.</summary>
    public string Name(JsonElement json) => _names.Of(json);

    /// <summary>A list of texts that recurs.</summary>
    public ImmutableArray<string> List(JsonElement json) => _lists.Of(json);

    /// <summary>Details of what is to be processed recur; others name runs.</summary>
    private Verdict Verdict(JsonElement json)
    {
        var reason = ReasonCodes.Parse(Name(json.GetProperty("code"u8)));
        var detail = json.GetProperty("detail"u8);
        return new Verdict(reason, ReasonCodes.Of(reason).Outcome == Outcome.Process ? Name(detail) : detail.GetString()!);
    }
}
