using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>The first line of <c>ledger.jsonl</c>.</summary>
/// <param name="Fingerprint">Fingerprint of FilterModes' inputs.</param>
/// <param name="Runs">Runs considered (documents without a number included).</param>
/// <param name="Lines">Lines that follow.</param>
/// <param name="Totals">Outcome → lines; they add up to <paramref name="Lines"/>.</param>
public sealed record LedgerHeader(string Fingerprint, int Runs, long Lines, ImmutableSortedDictionary<string, long> Totals)
{
    /// <summary>Seal of the file (<see cref="Foundation.Files.Seal"/>): what is made from this very ledger names it.</summary>
    public string Seal { get; init; } = "";
}

/// <summary>
/// What FilterModes leaves: <c>ledger.jsonl</c>, a header and one line per run and data type considered, ascending. PlanChunks adds what
/// it could not plan in a file of its own; <see cref="LedgerView"/> shows both joined.
/// </summary>
public sealed class LedgerFile(IFileSystem disk, string path)
{
    public const string FileName = "ledger.jsonl",
        Schema = "outsource/ledger/2";

    /// <summary>With this schema PlanChunks changed lines in place. Such a ledger can be shown, but no stage reuses it.</summary>
    private const string Amended = "outsource/ledger/1";

    private static readonly JsonWriterOptions Options = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    private bool _whole;

    public string FilePath => path;

    /// <summary>Reads the header.</summary>
    /// <exception cref="OutsourceException">The file is damaged, was changed since it was written, or is of another version.</exception>
    public LedgerHeader ReadHeader()
    {
        CheckSeal();
        try
        {
            using var json = JsonDocument.Parse(BoundedText.FirstLine(disk, path));
            var root = json.RootElement;
            if (root.GetProperty("schema").GetString() is Schema or Amended)
            {
                return new LedgerHeader(
                    root.GetProperty("fingerprint").GetString()!,
                    root.GetProperty("runs").GetInt32(),
                    root.GetProperty("lines").GetInt64(),
                    root.GetProperty("totals")
                        .EnumerateObject()
                        .ToImmutableSortedDictionary(p => p.Name, p => p.Value.GetInt64(), StringComparer.Ordinal)
                )
                {
                    Seal = root.GetProperty(Foundation.Files.Seal.Key).GetString()!,
                };
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Reported below: the remedy is the same for every error.
        }

        throw new OutsourceException(
            $"'{path}' is not an artifact of this version ({Schema}). Run --target=FilterModes again.",
            ExitCodes.Usage
        );
    }

    /// <summary>Checks the seal once; later reads use the same file.</summary>
    private void CheckSeal()
    {
        if (!_whole && !Seal.Holds(disk, path))
        {
            throw Broken.Artifact(path, nameof(Target.FilterModes));
        }

        _whole = true;
    }

    /// <summary>All lines, as a stream.</summary>
    /// <exception cref="OutsourceException">The file is damaged, was changed since it was written, or is of another version.</exception>
    public IEnumerable<LedgerLine> Read() => ReadLines(_ => true);

    /// <summary>The lines with an outcome, as a stream. The others are passed over without being read.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <exception cref="OutsourceException">The file is damaged, was changed since it was written, or is of another version.</exception>
    public IEnumerable<LedgerLine> Read(Outcome outcome)
    {
        var mark = Encoding.UTF8.GetBytes($"\"outcome\":\"{ReasonCodes.Spell(outcome)}\"");
        return ReadLines(json => json.Span.IndexOf(mark) >= 0).Where(line => line.Verdict.Outcome == outcome);
    }

    /// <summary>The lines of some units, as a stream. The others are passed over without being read.</summary>
    /// <param name="units">Data types, or levels.</param>
    /// <exception cref="OutsourceException">The file is damaged, was changed since it was written, or is of another version.</exception>
    public IEnumerable<LedgerLine> Read(IReadOnlySet<string> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        var marks = units.Select(unit => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(unit, VisibleJson.Encoder)}\"")).ToList();
        return ReadLines(json => marks.Exists(mark => json.Span.IndexOf(mark) >= 0)).Where(line => units.Contains(line.Type));
    }

    private IEnumerable<LedgerLine> ReadLines(Predicate<ReadOnlyMemory<byte>> isWanted)
    {
        CheckSeal();
        var (header, reader) = (true, new LedgerLineReader());
        foreach (var piece in new JsonLines(disk, path, "artifact").Documents())
        {
            if (!header && isWanted(piece.Json))
            {
                yield return ReadLine(reader, piece);
            }

            header = false;
        }
    }

    /// <summary>Writes the whole ledger.</summary>
    /// <param name="fingerprint">Fingerprint of FilterModes' inputs.</param>
    /// <param name="imageProof">How the image was checked against the context.</param>
    /// <param name="count">What the lines add up to: the header has it.</param>
    /// <param name="lines">The lines, as a stream.</param>
    public void Write(string fingerprint, string imageProof, LedgerCount count, IEnumerable<LedgerLine> lines)
    {
        ArgumentNullException.ThrowIfNull(count);
        ArgumentNullException.ThrowIfNull(lines);
        using var file = AtomicFile.Create(disk, path);

        using var writer = new JsonLineWriter(file.Stream, Options);
        WriteHeader(writer.Json, fingerprint, imageProof, count);
        writer.EndLine();
        foreach (var line in lines)
        {
            WriteLine(writer.Json, line);
            writer.EndLine();
        }

        writer.Complete();
        Seal.Close(file.Stream);
        file.Commit();
        _whole = true;
    }

    private static void WriteHeader(Utf8JsonWriter json, string fingerprint, string imageProof, LedgerCount count)
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString(Seal.Key, Seal.Blank);
        json.WriteString("fingerprint", fingerprint);
        json.WriteString("image_proof", imageProof);
        json.WriteNumber("runs", count.Runs);
        json.WriteNumber("lines", count.Totals.Total);
        json.WriteStartObject("totals");
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            json.WriteNumber(ReasonCodes.Spell(outcome), count.Totals.Of(outcome));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, LedgerLine line)
    {
        json.WriteStartObject();
        if (line.Run is { } run)
        {
            json.WriteNumber("run"u8, run);
        }
        else
        {
            json.WriteNull("run"u8);
            json.WriteString("position"u8, line.Position);
        }

        json.WriteString("type"u8, line.Type);
        WriteVerdict(json, line.Verdict);
        json.WriteString("stage"u8, line.Stage);
        if (line.Input is { } input)
        {
            json.WriteStartObject("input"u8);
            json.WriteString("kind"u8, Spell(input.Kind));
            json.WriteString("type"u8, input.Type);
            if (input.Did is not null)
            {
                json.WriteString("did"u8, input.Did);
            }

            json.WriteStartArray("rses"u8);
            foreach (var rse in input.Rses)
            {
                json.WriteStringValue(rse);
            }

            json.WriteEndArray();
            if (input.SizeMb is { } size)
            {
                json.WriteNumber("size_mb"u8, size);
            }

            LevelWorkJson.Write(json, input.Level);

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    internal static void WriteVerdict(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteString("outcome"u8, ReasonCodes.Spell(verdict.Outcome));
        json.WriteString("code"u8, ReasonCodes.Spell(verdict.Reason));
        json.WriteString("detail"u8, verdict.Detail);
    }

    private LedgerLine ReadLine(LedgerLineReader reader, JsonLines.Piece piece)
    {
        try
        {
            using var json = JsonDocument.Parse(piece.Json);
            return reader.Read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new OutsourceException(
                $"'{path}', {piece.Position}: not a valid line of a ledger: {error.Message.TrimEnd('.')}. Run --target=FilterModes again.",
                ExitCodes.Usage,
                error
            );
        }
    }

    internal static Verdict ReadVerdict(JsonElement json) =>
        new(ReasonCodes.Parse(json.GetProperty("code").GetString()), json.GetProperty("detail").GetString()!);

    /// <summary>A kind of input in the spelling of artifacts.</summary>
    public static string Spell(InputKind kind) =>
        kind switch
        {
            InputKind.Raw => "raw",
            InputKind.Stored => "stored",
            InputKind.Workflow => "workflow",
            InputKind.MadeByJob => "made-by-job",
        };
}
