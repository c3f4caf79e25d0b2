using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Settings.Options;

namespace Outsource.Operator.Reconcile;

/// <summary>What a comparison is about.</summary>
/// <param name="At">When it was made, UTC.</param>
/// <param name="Title">For people.</param>
/// <param name="Workflow">The workflow; null: runs were audited.</param>
/// <param name="RunDb">The run database.</param>
/// <param name="Rucio">Rucio.</param>
public sealed record ReconcileHead(DateTimeOffset At, string Title, string? Workflow, string RunDb, string Rucio);

/// <summary>
/// <c>reconcile.jsonl</c>: a head with a seal and the totals, then one line for each data type of each run, ascending, with its outcome and
/// the steps that would mend it.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The folder of the comparison. Absolute.</param>
public sealed class ReconcileFile(IFileSystem disk, string folder)
{
    public const string FileName = "reconcile.jsonl",
        Schema = "outsource/reconcile/1";

    private static readonly JsonWriterOptions Readable = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, FileName);

    /// <summary>Writes it.</summary>
    /// <param name="head">What it is about.</param>
    /// <param name="findings">What was found, ascending.</param>
    public void Write(ReconcileHead head, IReadOnlyList<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(findings);
        using var file = AtomicFile.Create(disk, Path);
        using var writer = new JsonLineWriter(file.Stream, Readable);
        var json = writer.Json;
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString(Seal.Key, Seal.Blank);
        json.WriteString("at", head.At.UtcDateTime);
        json.WriteString("about", head.Title);
        json.WriteString("workflow", head.Workflow);
        json.WriteString("rundb", head.RunDb);
        json.WriteString("rucio", head.Rucio);
        json.WriteNumber("datasets", findings.Count);
        json.WriteStartObject("totals");
        foreach (var (outcome, number) in Totals(findings))
        {
            json.WriteNumber(OutcomeCodes.Spell(outcome), number);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        writer.EndLine();
        foreach (var finding in findings)
        {
            WriteLine(json, finding);
            writer.EndLine();
        }

        writer.Complete();
        Seal.Close(file.Stream);
        file.Commit();
    }

    /// <summary>How many have each outcome, in the order of outcomes; those that none has are left out.</summary>
    public static IReadOnlyList<(ReconcileOutcome Outcome, int Number)> Totals(IEnumerable<Finding> findings) =>
        [.. findings.CountBy(f => f.Outcome).OrderBy(c => c.Key).Select(c => (c.Key, c.Value))];

    /// <summary>Reads it: when it was made, the totals, and of what does not agree at most so many lines.</summary>
    /// <param name="most">Most lines.</param>
    /// <exception cref="OutsourceException">It is damaged, was changed since it was written, or is of another version.</exception>
    public ReconcileRecord Read(int most)
    {
        if (!Seal.Holds(disk, Path))
        {
            throw Broken.Artifact(Path, nameof(Target.Reconcile));
        }

        try
        {
            ReconcileRecord? record = null;
            var lines = ImmutableArray.CreateBuilder<ReconcileLine>();
            foreach (var piece in new JsonLines(disk, Path, "comparison").Documents())
            {
                using var json = JsonDocument.Parse(piece.Json);
                var root = json.RootElement;
                if (record is null)
                {
                    record = HeadOf(root);
                }
                else if (lines.Count < most && OutcomeCodes.Parse(root.GetProperty("outcome").GetString()) is var outcome)
                {
                    AddLine(lines, root, outcome);
                }
            }

            return record! with { Lines = lines.ToImmutable() };
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new OutsourceException(
                $"'{Path}' is not a comparison of this version ({Schema}). Run --target=Reconcile again.",
                ExitCodes.Usage
            );
        }
    }

    private static ReconcileRecord HeadOf(JsonElement root) =>
        root.GetProperty("schema").GetString() == Schema
            ? new ReconcileRecord(
                root.GetProperty("at").GetDateTimeOffset(),
                [
                    .. root.GetProperty("totals")
                        .EnumerateObject()
                        .Select(t => (OutcomeCodes.Parse(t.Name), t.Value.GetInt32())),
                ],
                []
            )
            : throw new FormatException("another version");

    private static void AddLine(ImmutableArray<ReconcileLine>.Builder lines, JsonElement root, ReconcileOutcome outcome)
    {
        if (!OutcomeCodes.Agrees(outcome))
        {
            lines.Add(
                new ReconcileLine(
                    root.GetProperty("run").GetInt32(),
                    root.GetProperty("type").GetString()!,
                    outcome,
                    root.GetProperty("detail").GetString()!,
                    [.. root.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("kind").GetString()!)]
                )
            );
        }
    }

    private static void WriteLine(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteNumber("run", finding.Data.Run);
        json.WriteString("type", finding.Data.Type);
        json.WriteString("hash", finding.Data.Hash);
        json.WriteString("did", finding.Data.Did);
        json.WriteString("outcome", OutcomeCodes.Spell(finding.Outcome));
        json.WriteString("detail", UntrustedText.Shown(finding.Detail));
        json.WriteString("rse", finding.Rse);
        json.WriteStartArray("steps");
        foreach (var step in finding.Steps)
        {
            json.WriteStartObject();
            json.WriteString("kind", RepairStep.Spell(step.Kind));
            json.WriteString("rse", step.Rse is { } rse ? UntrustedText.Shown(rse) : null);
            json.WriteString("command", RepairCommands.Of(step));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A line about what does not agree.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Data type.</param>
/// <param name="Outcome">What was found.</param>
/// <param name="Detail">The values that decided.</param>
/// <param name="Steps">Kinds of the steps that would mend it.</param>
public sealed record ReconcileLine(int Run, string Type, ReconcileOutcome Outcome, string Detail, ImmutableArray<string> Steps);

/// <summary>A comparison as it was kept.</summary>
/// <param name="At">When it was made, UTC.</param>
/// <param name="Totals">How many have each outcome.</param>
/// <param name="Lines">What does not agree.</param>
public sealed record ReconcileRecord(
    DateTimeOffset At,
    ImmutableArray<(ReconcileOutcome Outcome, int Number)> Totals,
    ImmutableArray<ReconcileLine> Lines
);
