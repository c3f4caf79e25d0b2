using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Model.Levels;

/// <summary>Reads and checks <c>tables/levels.yml</c>. All faults are reported together, with their line.</summary>
/// <param name="disk">The disk.</param>
public sealed partial class LevelTableReader(IFileSystem disk)
{
    private const string Schema = "outsource/levels/1";

    private static readonly string[] UploadKeyNames = ["records_rse", "peaklets_rse", "events_rse"];

    private readonly List<Fault> _faults = [];
    private string _path = "";

    /// <summary>Reads the table.</summary>
    /// <param name="shipped">The folder that ships with the program.</param>
    /// <param name="own">The operator's folder, whose file replaces ours; or null.</param>
    /// <exception cref="UsageException">It cannot be read, or is not valid.</exception>
    public LevelTable Read(string shipped, string? own)
    {
        var mine = own is null ? null : Path.Combine(own, LevelTable.FileName);
        _path = mine is not null && disk.File.Exists(mine) ? mine : Path.Combine(shipped, LevelTable.FileName);
        string text;
        YamlMap root;
        try
        {
            text = BoundedText.ReadAll(disk, _path);
            root = YamlReader.RootOf(text, _path, YamlAliases.Allowed);
        }
        catch (DamagedYamlException error)
        {
            throw new UsageException([new Fault($"{error.Why}.", _path, error.Line)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([new Fault($"the table cannot be read: {DiskFault.Why(error, _path)}.", _path)]);
        }

        var table = Table(root) with { Fingerprint = Fingerprint.Of(text) };
        return _faults.Count == 0 ? table : throw new UsageException(_faults);
    }

    private LevelTable Table(YamlMap root)
    {
        if (root.Text("schema") != Schema)
        {
            Wrong($"schema is '{root.Text("schema")}', expected '{Schema}'. The table is of another version of this program.", 1);
        }

        var numbers = new LevelNumbers(Wrong);
        numbers.RefuseUnknown(
            root,
            "the table",
            [
                "schema",
                "redundancy",
                "saltax",
                "part_chunk_target_mb",
                "led_modes",
                "upload_rse",
                "uncounted_raw",
                "local_data",
                "detectors",
            ]
        );
        var detectors = root.Entries("detectors").Select(d => Detector(d, numbers)).ToImmutableArray();
        if (detectors.IsEmpty)
        {
            Wrong("'detectors' is missing: it lists the levels of each detector.", 1);
        }

        RefuseShared(root);
        var possible = detectors.SelectMany(d => d.Possible).ToHashSet(StringComparer.Ordinal);
        var modes = root.Entries("led_modes").Select(m => (m.Name, Mode: Mode(m, possible, numbers)));
        return new LevelTable(detectors, modes.ToImmutableSortedDictionary(m => m.Name, m => m.Mode, StringComparer.Ordinal), _path)
        {
            Factors = numbers.Factors(root),
            PartChunkTargets = root.Entries("part_chunk_target_mb")
                .ToImmutableSortedDictionary(e => e.Name, e => numbers.Megabytes(e), StringComparer.Ordinal),
            Uncounted = [.. root.Texts("uncounted_raw")],
            LocalData = LocalData(root),
            UploadKeys = root.Entries("upload_rse").ToImmutableSortedDictionary(e => e.Name, UploadKey, StringComparer.Ordinal),
        };
    }

    /// <summary>Types and levels are found by their name alone, whatever the detector.</summary>
    private void RefuseShared(YamlMap root)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in root.Entries("detectors"))
        {
            foreach (var type in entry.Map.Texts("lower").Concat(entry.Map.Texts("upper")).Distinct(StringComparer.Ordinal))
            {
                if (!owners.TryAdd(type, entry.Name))
                {
                    Wrong(
                        $"detector '{UntrustedText.Shown(entry.Name)}': '{UntrustedText.Shown(type)}' is a type of "
                            + $"'{UntrustedText.Shown(owners[type])}' too. A type belongs to one detector.",
                        entry.Line
                    );
                }
            }
        }
    }

    private ImmutableArray<string> LocalData(YamlMap root)
    {
        ImmutableArray<string> folders = [.. root.Texts("local_data")];
        foreach (var relative in folders.Where(f => !f.StartsWith('/')))
        {
            Wrong($"local_data: '{UntrustedText.Shown(relative)}' is not an absolute path. Begin it with '/'.", 1);
        }

        return folders;
    }

    private string UploadKey(YamlEntry entry)
    {
        var key = entry.Value.ToString();
        if (!UploadKeyNames.Contains(key))
        {
            Wrong(
                $"upload_rse: '{UntrustedText.Shown(key)}' of {entry.Name} is not a key that names an RSE: "
                    + $"{string.Join(", ", UploadKeyNames)}.",
                entry.Line
            );
        }

        return key;
    }

    private LedMode Mode(YamlEntry entry, HashSet<string> possible, LevelNumbers numbers)
    {
        numbers.RefuseUnknown(entry.Map, $"led_modes: {entry.Name}", ["types", "memory"]);
        var types = entry.Map.Texts("types");
        if (types.IsEmpty)
        {
            Wrong($"led_modes: {entry.Name}: 'types' is missing; it lists what is made from runs of this mode.", entry.Line);
        }

        foreach (var type in types.Where(t => !possible.Contains(t)))
        {
            Wrong($"led_modes: {entry.Name} makes '{type}', which no detector lists{NearestName.Hint(type, possible)}.", entry.Line);
        }

        return new LedMode(types, numbers.Memory(entry.Map, $"led_modes: {entry.Name}"));
    }

    private DetectorLevels Detector(YamlEntry entry, LevelNumbers numbers)
    {
        var subject = $"detector '{UntrustedText.Shown(entry.Name)}'";
        if (!Plain().IsMatch(entry.Name))
        {
            Wrong($"{subject}: jobs and files are named after it. Allowed are up to 40 letters, digits and '_'.", entry.Line);
        }

        var raw = entry.Map.Text("raw");
        if (raw is null or "")
        {
            Wrong($"{subject}: 'raw' is missing; it is the type of its raw data.", entry.Line);
        }

        numbers.RefuseUnknown(entry.Map, subject, ["raw", "lower", "upper", "memory", "disk", "first_seconds"]);
        var levels = new DetectorLevels(entry.Name, raw ?? "", entry.Map.Texts("lower"), entry.Map.Texts("upper"))
        {
            Memory = numbers.Memory(entry.Map, subject),
            Disk = numbers.Disk(entry.Map, subject),
        };
        foreach (var twice in levels.Possible.GroupBy(t => t, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Wrong($"{subject}: '{twice.Key}' is listed twice. A type belongs to one level.", entry.Line);
        }

        var jobs = levels.Lower.IsEmpty ? [LevelJob.Upper] : Enum.GetValues<LevelJob>();
        foreach (var job in jobs.Where(j => !levels.Memory.ContainsKey(j)))
        {
            Wrong($"{subject}: 'memory' has no entry '{LevelNumbers.Spell(job)}'; it is [slope, constant] in MB.", entry.Line);
        }

        return levels;
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]{0,39}\z")]
    private static partial Regex Plain();

    private void Wrong(string text, int? line) => _faults.Add(new Fault(text, _path, line));
}
