using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Model.Runs;

namespace Outsource.WriteWorkflow;

/// <summary>
/// <c>summary.json</c>: what the runs' levels make, in the form of the Python program (XENONnT/outsource 2b37fc9), so that the
/// collaboration's scripts go on. There, "missing" and "processed" are the wrong way round; here missing is what is not stored.
/// </summary>
/// <param name="levels">The levels.</param>
public sealed class SummaryFile(LevelContext levels)
{
    public const string FileName = "summary.json";

    private static readonly JsonWriterOptions Options = new() { Indented = true, IndentSize = 1, Encoder = VisibleJson.Encoder };

    private readonly Dictionary<string, ImmutableArray<string>> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> _dependsOn = new(StringComparer.Ordinal);

    /// <summary>Writes it.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">Folder of the artifacts.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="ledger">The ledger, which says which detectors a run has.</param>
    public void Write(IFileSystem disk, string folder, JobPlan plan, LedgerView ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var groups = plan.Groups.ToLookup(g => g.Run);
        var detectors = DetectorsOf(ledger, groups);
        using var file = AtomicFile.Create(disk, Path.Combine(folder, FileName));
        using (var json = new Utf8JsonWriter(file.Stream, Options))
        {
            json.WriteStartObject();
            foreach (var (run, names) in detectors)
            {
                WriteRun(json, run, names, groups[run].ToDictionary(g => g.Type, StringComparer.Ordinal));
                json.Flush();
            }

            json.WriteTexts("include_data_types", levels.Tree.Ordered(levels.Asked.Values.SelectMany(t => t).Where(levels.Tree.Knows)));
            json.WriteTexts("save_data_types", levels.Tree.Ordered(Saved()).Select(t => $"{t}-{levels.Hashes[t]}"));
            json.WriteEndObject();
        }

        file.Stream.WriteByte((byte)'\n');
        file.Commit();
    }

    private IEnumerable<string> Saved() =>
        levels
            .Detectors.SelectMany(d => levels.Table.LedModes.Keys.Append(null).Select(mode => levels.PlanOf(d, mode)))
            .SelectMany(p => p.Lower.StoredNames.Concat(p.Upper.StoredNames))
            .Distinct(StringComparer.Ordinal)
            // Of a detector that is left out (--detector) hashes may be missing.
            .Where(levels.Hashes.ContainsKey);

    /// <summary>Planned run → its detectors, in the order of the table.</summary>
    private SortedDictionary<int, List<DetectorLevels>> DetectorsOf(LedgerView ledger, ILookup<int, JobGroup> groups)
    {
        // Where a run lacks a detector all units of it say so: one line of each will do.
        var owner = levels.Detectors.ToDictionary(d => levels.UnitsOf(d).First(), StringComparer.Ordinal);
        var found = new SortedDictionary<int, List<DetectorLevels>>();
        foreach (var line in ledger.Read(owner.Keys.ToHashSet(StringComparer.Ordinal)))
        {
            if (
                line.Run is { } run
                && groups.Contains(run)
                && line.Verdict.Reason is not (Reason.DetectorAbsent or Reason.TypeOfOtherDetector)
                && owner.TryGetValue(line.Type, out var detector)
            )
            {
                if (!found.TryGetValue(run, out var its))
                {
                    found[run] = its = [];
                }

                its.Add(detector);
            }
        }

        return found;
    }

    private void WriteRun(Utf8JsonWriter json, int run, List<DetectorLevels> detectors, Dictionary<string, JobGroup> groups)
    {
        json.WriteStartObject(RunDocument.Padded(run));
        json.WriteTexts("submitted", levels.Tree.Ordered(groups.Values.SelectMany(g => g.Level!.Types)));
        foreach (var detector in detectors)
        {
            json.WriteStartObject(detector.Name);
            foreach (var kind in new[] { LevelKind.Lower, LevelKind.Upper })
            {
                var unit = LevelContext.UnitOf(kind, detector.Name);
                json.WriteStartObject(unit);
                WriteLevel(json, detector, groups.GetValueOrDefault(unit));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteLevel(Utf8JsonWriter json, DetectorLevels detector, JobGroup? group)
    {
        json.WriteStartObject("data_types");
        foreach (var type in group?.Level!.Types ?? [])
        {
            var stored = StoredWith(type).Where(group!.Hashes.ContainsKey).ToList();
            json.WriteStartObject(type);
            json.WriteTexts("missing", stored.Where(group.Level!.Missing.Contains));
            json.WriteTexts("processed", stored.Where(t => !group.Level!.Missing.Contains(t)));
            json.WriteTexts("rses", group.Input.Rses);
            json.WriteTexts("depends_on", DependsOn(detector, type));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (group?.Level is not { } level)
        {
            return;
        }

        json.WriteNumber("cores", level.Cores);
        if (level.Kind == LevelKind.Upper)
        {
            json.WriteNumber("memory", level.PerJob[0].MemoryMb);
            json.WriteNumber("disk", level.PerJob[0].DiskKb / 1000.0);
            return;
        }

        json.WriteNumber("combine_cores", level.CombineCores);
        LevelJobsLine.WriteChunks(json, "chunks", group);
        WriteNumbers(json, "memory", level.PerJob.Select(r => (double)r.MemoryMb));
        WriteNumbers(json, "disk", level.PerJob.Select(r => r.DiskKb / 1000.0));
        json.WriteNumber("combine_memory", group.CombineResources!.MemoryMb);
        json.WriteNumber("combine_disk", group.CombineResources.DiskKb / 1000.0);
    }

    /// <summary>Raw data, and what per-chunk plugins make, that a type is made from.</summary>
    private ImmutableArray<string> DependsOn(DetectorLevels detector, string type)
    {
        if (_dependsOn.TryGetValue(type, out var known))
        {
            return known;
        }

        var perChunk = detector
            .Lower.Where(levels.Tree.Knows)
            .SelectMany(t => levels.Tree.PluginOf(t).Provides)
            .ToHashSet(StringComparer.Ordinal);
        var isLower = perChunk.Contains(type);
        return _dependsOn[type] =
        [
            .. levels
                .Tree.Ancestors(type)
                .Where(t => levels.Tree.IsRoot(t) || (!isLower && perChunk.Contains(t)))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>What is stored on the way to a type, and itself, ascending.</summary>
    private ImmutableArray<string> StoredWith(string type) =>
        _stored.TryGetValue(type, out var known)
            ? known
            : _stored[type] = [.. levels.Tree.Stored([type]).Add(type).Order(StringComparer.Ordinal)];

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
