using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>What PlanChunks could not plan, of what a ledger selects.</summary>
/// <param name="Ledger">Seal of the ledger that it was made from.</param>
/// <param name="Seal">Seal of the file itself.</param>
/// <param name="Verdicts">Run and data type, with the reason.</param>
public sealed record Unplanned(string Ledger, string Seal, ImmutableSortedDictionary<(int Run, string Type), Verdict> Verdicts);

/// <summary>
/// <c>unplanned.jsonl</c>: the runs and data types that FilterModes selected and PlanChunks could not plan, one per line, ascending. Mostly
/// only the header: Rucio lists what the run database promised.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">Folder of the workflow. Absolute.</param>
public sealed class UnplannedFile(IFileSystem disk, string folder)
{
    public const string FileName = "unplanned.jsonl",
        Schema = "outsource/unplanned/1";

    private static readonly JsonWriterOptions Options = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    private readonly string _path = Path.Combine(folder, FileName);

    /// <summary>Reads the file; null where PlanChunks has not run yet.</summary>
    /// <exception cref="OutsourceException">The file is damaged, was changed since it was written, or is of another version.</exception>
    public Unplanned? Read()
    {
        if (!disk.File.Exists(_path))
        {
            return null;
        }

        if (!Seal.Holds(disk, _path))
        {
            throw Broken.Artifact(_path, nameof(Target.PlanChunks));
        }

        try
        {
            (string Ledger, string Seal)? header = null;
            var verdicts = ImmutableSortedDictionary.CreateBuilder<(int, string), Verdict>();
            foreach (var piece in new JsonLines(disk, _path, "artifact").Documents())
            {
                using var json = JsonDocument.Parse(piece.Json);
                var root = json.RootElement;
                if (header is not null)
                {
                    var key = (root.GetProperty("run").GetInt32(), root.GetProperty("type").GetString()!);
                    verdicts.Add(key, LedgerFile.ReadVerdict(root));
                }
                else if (root.GetProperty("schema").GetString() == Schema)
                {
                    header = (root.GetProperty("ledger").GetString()!, root.GetProperty(Seal.Key).GetString()!);
                }
                else
                {
                    break;
                }
            }

            if (header is var (ledger, seal))
            {
                return new Unplanned(ledger, seal, verdicts.ToImmutable());
            }
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            // The message below fits whatever is wrong with the file.
        }

        throw new OutsourceException(
            $"'{_path}' is not an artifact of this version ({Schema}). Run --target=PlanChunks again.",
            ExitCodes.Usage
        );
    }

    /// <summary>Writes the file.</summary>
    /// <param name="ledger">Seal of the ledger.</param>
    /// <param name="verdicts">Run and data type, with the reason.</param>
    /// <returns>What was written.</returns>
    public Unplanned Write(string ledger, IReadOnlyDictionary<(int Run, string Type), Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        using (var file = AtomicFile.Create(disk, _path))
        {
            WriteLines(file.Stream, ledger, verdicts);
            Seal.Close(file.Stream);
            file.Commit();
        }

        return Read()!;
    }

    private static void WriteLines(Stream stream, string ledger, IReadOnlyDictionary<(int Run, string Type), Verdict> verdicts)
    {
        using var writer = new JsonLineWriter(stream, Options);
        var json = writer.Json;
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString(Seal.Key, Seal.Blank);
        json.WriteString("ledger", ledger);
        json.WriteNumber("lines", verdicts.Count);
        json.WriteEndObject();
        writer.EndLine();
        foreach (var ((run, type), verdict) in verdicts.OrderBy(v => v.Key.Run).ThenBy(v => v.Key.Type, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteNumber("run", run);
            json.WriteString("type", type);
            LedgerFile.WriteVerdict(json, verdict);
            json.WriteEndObject();
            writer.EndLine();
        }

        writer.Complete();
    }
}
