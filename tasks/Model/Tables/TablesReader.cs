using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Model.Tables;

/// <summary>Reads and validates <c>tables/*.yml</c>. All faults of the three files are reported together, with file and line.</summary>
public sealed class TablesReader
{
    /// <summary>The files, by what they hold.</summary>
    public const string DataTypesFile = "data-types.yml",
        RsesFile = "rses.yml",
        ModesFile = "modes.yml";

    /// <summary>What was read last without a fault: each earlier plan that is compared reads the same tables again.</summary>
    private static Known? _last;

    private readonly IFileSystem _disk;
    private readonly List<Fault> _faults = [];
    private readonly SHA256 _hash = SHA256.Create();

    private TablesReader(IFileSystem disk) => _disk = disk;

    /// <summary>Reads the three tables.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="shipped">The folder that ships with the program.</param>
    /// <param name="own">The operator's folder, whose files replace ours one by one; or null.</param>
    /// <exception cref="UsageException">A file is missing, is not YAML, or says something that cannot be; all faults together.</exception>
    public static DataTables Read(IFileSystem disk, string shipped, string? own)
    {
        var reader = new TablesReader(disk);
        if (own is not null && !disk.Directory.Exists(own))
        {
            throw new UsageException(
                $"tables_folder: there is no folder '{own}'. Name one that holds {DataTypesFile}, {RsesFile} or {ModesFile}, or leave "
                    + "the setting out."
            );
        }

        ImmutableArray<TableText?> texts =
        [
            reader.Load(shipped, own, DataTypesFile),
            reader.Load(shipped, own, RsesFile),
            reader.Load(shipped, own, ModesFile),
        ];
        if (_last is { } last && last.Texts.SequenceEqual(texts))
        {
            return last.Tables;
        }

        var dataTypes = reader.Parse(texts[0], "outsource/data-types/1");
        var rses = reader.Parse(texts[1], "outsource/rses/1");
        var modes = reader.Parse(texts[2], "outsource/modes/1");
        var tables = reader.Build(dataTypes, rses, modes);
        if (reader._faults.Count > 0)
        {
            throw new UsageException(reader._faults);
        }

        _last = new Known(texts, tables!);
        return tables!;
    }

    private TableText? Load(string shipped, string? own, string name)
    {
        var path = own is not null && _disk.File.Exists(Path.Combine(own, name)) ? Path.Combine(own, name) : Path.Combine(shipped, name);
        try
        {
            return new TableText(path, BoundedText.ReadAll(_disk, path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _faults.Add(new Fault($"the table cannot be read: {DiskFault.Why(error, path)}.", path));
            return null;
        }
    }

    private TableDocument? Parse(TableText? table, string schema)
    {
        if (table is not var (path, text))
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        _hash.TransformBlock(bytes, 0, bytes.Length, null, 0);
        try
        {
            var root = YamlReader.RootOf(text, path, YamlAliases.Allowed);
            if (root.Text("schema") != schema)
            {
                _faults.Add(
                    new Fault(
                        $"schema is '{root.Text("schema")}', expected '{schema}'. The table is of another version of this program.",
                        path,
                        1
                    )
                );
            }

            return new TableDocument(path, root);
        }
        catch (DamagedYamlException error)
        {
            _faults.Add(new Fault($"{error.Why}.", path, error.Line));
            return null;
        }
    }

    private DataTables? Build(TableDocument? types, TableDocument? rses, TableDocument? modes)
    {
        if (types is null || rses is null || modes is null)
        {
            return null;
        }

        var dataTypes = new DataTypesReader(types, _faults).Read();
        var content = new TableContent(
            types.Root.Texts("detectors"),
            types.Root.Texts("raw_types"),
            dataTypes,
            ReadRses(rses),
            rses.Root.Map("not_for_reading").Texts("names"),
            rses.Root.Map("not_for_reading").Texts("containing"),
            ReadLedModes(modes, dataTypes),
            modes.Root.Texts("excluding_tags")
        );
        _hash.TransformFinalBlock([], 0, 0);
        return new DataTables(content, Convert.ToHexStringLower(_hash.Hash!));
    }

    private ImmutableSortedDictionary<string, ImmutableArray<string>> ReadLedModes(TableDocument modes, ImmutableArray<DataType> dataTypes)
    {
        var led = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var entry in modes.Root.Entries("led_modes"))
        {
            var mode = entry.Name;
            led[mode] = modes.Root.Map("led_modes").Texts(mode);
            foreach (var type in led[mode].Where(t => dataTypes.All(d => d.Name != t)))
            {
                _faults.Add(
                    new Fault(
                        $"led_modes: {mode} makes '{type}', which {DataTypesFile} does not "
                            + $"define{NearestName.Hint(type, dataTypes.Select(d => d.Name))}.",
                        modes.Path,
                        entry.Line
                    )
                );
            }
        }

        return led.ToImmutable();
    }

    private ImmutableDictionary<string, Rse> ReadRses(TableDocument rses)
    {
        var table = ImmutableDictionary.CreateBuilder<string, Rse>(StringComparer.Ordinal);
        foreach (var entry in rses.Root.Entries("rses"))
        {
            table[entry.Name] = ReadRse(rses, entry);
        }

        return table.ToImmutable();
    }

    private Rse ReadRse(TableDocument rses, YamlEntry entry)
    {
        var (name, node, line) = (entry.Name, entry.Map, entry.Line);
        void Wrong(string text) => _faults.Add(new Fault($"RSE '{name}': {text}", rses.Path, line));
        bool Flag(string key, bool otherwise)
        {
            if (node.Child(key) is null)
            {
                return otherwise;
            }

            if (node.Text(key) is not ("true" or "false"))
            {
                Wrong($"{key} '{node.Text(key)}' is neither true nor false.");
            }

            return node.Text(key) == "true";
        }

        TableDocument.CheckKeys(node, RseKeys, Wrong);
        return new Rse(
            name,
            node.Text("site_expression"),
            node.Text("desired_site"),
            Flag("tape", otherwise: false),
            Flag("chosen", otherwise: true)
        )
        {
            Group = Group(node.Text("group"), Wrong),
            LevelSite = node.Text("level_site"),
        };
    }

    private static RseGroup Group(string? text, Action<string> wrong)
    {
        switch (text)
        {
            case null:
                return RseGroup.None;
            case "US":
                return RseGroup.Us;
            case "EU":
                return RseGroup.Eu;
            default:
                wrong($"group '{text}' is neither US nor EU.");
                return RseGroup.None;
        }
    }

    private static readonly string[] RseKeys = ["site_expression", "desired_site", "tape", "chosen", "group", "level_site"];

    private sealed record TableText(string Path, string Text);

    private sealed record Known(ImmutableArray<TableText?> Texts, DataTables Tables);
}
