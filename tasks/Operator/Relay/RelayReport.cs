using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Operator.Relay;

/// <summary>What a relay does with each run and detector: on the screen by state, and in <c>relay.jsonl</c> line by line.</summary>
/// <param name="context">The run.</param>
/// <param name="earlier">The earlier workflow.</param>
/// <param name="lines">What is decided.</param>
public sealed class RelayReport(OutsourceContext context, EarlierFile earlier, ImmutableArray<RelayLine> lines)
{
    public const string FileName = "relay.jsonl",
        Schema = "outsource/relay/1";

    private static readonly JsonWriterOptions Readable = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    /// <summary>Writes the file into the folder of the artifacts.</summary>
    public void Write()
    {
        using var file = AtomicFile.Create(context.Disk, Path.Combine(context.Folder, FileName));
        using var writer = new JsonLineWriter(file.Stream, Readable);
        WriteHead(writer.Json);
        writer.EndLine();
        foreach (var line in lines)
        {
            WriteLine(writer.Json, line);
            writer.EndLine();
        }

        writer.Complete();
        Seal.Close(file.Stream);
        file.Commit();
    }

    /// <summary>Draws the sums, and says what they mean.</summary>
    public void Show()
    {
        var table = new ReportTable(new RelayTable());
        var states = lines.GroupBy(l => (l.State, l.Reason));
        foreach (var state in states.OrderBy(g => g.Key.State).ThenBy(g => g.Key.Reason, StringComparer.Ordinal))
        {
            table.AddRow(
                Word(state.Key.State),
                state.Key.Reason ?? Meaning(state.Key.State),
                state.Count().ToString("N0", CultureInfo.InvariantCulture),
                state.Sum(l => l.Missing.Length).ToString("N0", CultureInfo.InvariantCulture),
                RunRanges.Text(state.Select(l => l.Run))
            );
        }

        context.Request.Terminal().Write(table);
        var parts = Enum.GetValues<RelayState>()
            .Select(s => (State: s, Count: lines.Count(l => l.State == s)))
            .Where(s => s.Count > 0)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Count:N0} {Word(s.State)}"));
        context.Messages.Result(
            $"Relay: workflow '{earlier.Workflow}' has {Counted.Of(lines.Length, "run and detector", "runs and detectors")}: "
                + $"{string.Join(", ", parts)}. Each is a line of {Path.Combine(context.Folder, FileName)}."
        );
    }

    /// <summary>The word of a state.</summary>
    public static string Word(RelayState state) => Spelling.Kebab(state.ToString());

    private static string Meaning(RelayState state) =>
        state switch
        {
            RelayState.Finished => "all of it is here",
            RelayState.UpperOnly => "the upper job runs",
            RelayState.CombineAndUpper => "combine and upper jobs run",
            RelayState.MissingParts => "lower jobs of missing parts run too",
            RelayState.LeftOut => "--levels leaves it out",
            RelayState.NotPlanned => "the ledger says why",
        };

    private void WriteHead(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString(Seal.Key, Seal.Blank);
        json.WriteString("workflow", context.Loaded.Settings.Name);
        json.WriteString("earlier", earlier.Workflow);
        json.WriteString("context_description", context.Loaded.Levels!.Description.Digest);
        json.WriteStartObject("states");
        foreach (var state in Enum.GetValues<RelayState>())
        {
            json.WriteNumber(Word(state), lines.Count(l => l.State == state));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, RelayLine line)
    {
        json.WriteStartObject();
        json.WriteNumber("run", line.Run);
        json.WriteString("detector", line.Detector);
        json.WriteString("state", Word(line.State));
        if (!line.Missing.IsEmpty)
        {
            json.WriteStartArray("missing");
            foreach (var (start, stop) in line.Missing)
            {
                json.WriteStartArray();
                json.WriteNumberValue(start);
                json.WriteNumberValue(stop);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        if (line.Reason is { } reason)
        {
            json.WriteString("reason", reason);
        }

        json.WriteEndObject();
    }
}
