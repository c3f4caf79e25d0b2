using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Model.Levels;

/// <summary>Reads and checks <c>tables/levels.yml</c>. All faults are reported together, with their line.</summary>
/// <param name="disk">The disk.</param>
public sealed class LevelTableReader(IFileSystem disk)
{
    private const string Schema = "outsource/levels/1";

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
        YamlMap root;
        try
        {
            root = YamlReader.RootOf(BoundedText.ReadAll(disk, _path), _path, YamlAliases.Allowed);
        }
        catch (DamagedYamlException error)
        {
            throw new UsageException([new Fault($"{error.Why}.", _path, error.Line)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([new Fault($"the table cannot be read: {DiskFault.Why(error, _path)}.", _path)]);
        }

        if (root.Text("schema") != Schema)
        {
            Wrong($"schema is '{root.Text("schema")}', expected '{Schema}'. The table is of another version of this program.", 1);
        }

        RefuseUnknown(root, "the table", ["schema", "led_modes", "detectors"]);
        var detectors = root.Entries("detectors").Select(Detector).ToImmutableArray();
        if (detectors.IsEmpty)
        {
            Wrong("'detectors' is missing: it lists the levels of each detector.", 1);
        }

        var possible = detectors.SelectMany(d => d.Possible).ToHashSet(StringComparer.Ordinal);
        var modes = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var mode in root.Entries("led_modes"))
        {
            modes[mode.Name] = root.Map("led_modes").Texts(mode.Name);
            foreach (var type in modes[mode.Name].Where(t => !possible.Contains(t)))
            {
                Wrong($"led_modes: {mode.Name} makes '{type}', which no detector lists{NearestName.Hint(type, possible)}.", mode.Line);
            }
        }

        return _faults.Count == 0 ? new LevelTable(detectors, modes.ToImmutable(), _path) : throw new UsageException(_faults);
    }

    private DetectorLevels Detector(YamlEntry entry)
    {
        var raw = entry.Map.Text("raw");
        if (raw is null or "")
        {
            Wrong($"detector '{entry.Name}': 'raw' is missing; it is the type of its raw data.", entry.Line);
        }

        RefuseUnknown(entry.Map, $"detector '{entry.Name}'", ["raw", "lower", "upper"]);
        var levels = new DetectorLevels(entry.Name, raw ?? "", entry.Map.Texts("lower"), entry.Map.Texts("upper"));
        foreach (var twice in levels.Possible.GroupBy(t => t, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Wrong($"detector '{entry.Name}': '{twice.Key}' is listed twice. A type belongs to one level.", entry.Line);
        }

        return levels;
    }

    private void RefuseUnknown(YamlMap map, string subject, string[] known)
    {
        foreach (var entry in map.Entries.Where(e => !known.Contains(e.Name)))
        {
            Wrong(
                $"{subject}: unknown '{entry.Name}'{NearestName.Hint(entry.Name, known)}. It has {string.Join(", ", known)}.",
                entry.Line
            );
        }
    }

    private void Wrong(string text, int? line) => _faults.Add(new Fault(text, _path, line));
}
