using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>
/// <c>settings.yml</c>: every setting with its origin, the context document, and whether image and document match. For people, and for
/// stages that run alone. Contains no secret.
/// </summary>
public static class SettingsArtifact
{
    public const string FileName = "settings.yml",
        Schema = "outsource/settings/1";

    /// <summary>Writes <c>settings.yml</c> into the folder of the artifacts and returns its path.</summary>
    public static string Write(HostEnvironment host, LoadedConfiguration loaded, string? folder = null)
    {
        var path = Path.Combine(folder ?? loaded.Settings.GeneratedFolder, FileName);
        LevelContextFile.Write(host, loaded, Path.GetDirectoryName(path)!);
        AtomicFile.WriteText(host.Disk, path, Seal.OfYaml(Render(loaded)));
        return path;
    }

    /// <summary>
    /// Writes <c>settings.yml</c>, unless the folder has a workflow that was made from the same settings: then it stays unchanged.
    /// </summary>
    /// <exception cref="UsageException">The workflow there was made from other settings (possible with <c>--reuse</c>), and
    /// <c>--replace</c> is not given.</exception>
    public static void Keep(HostEnvironment host, LoadedConfiguration loaded, string folder, Invocation invocation)
    {
        var path = Path.Combine(folder, FileName);
        var stands = host.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow));
        if (!stands || invocation.Replaces || !host.Disk.File.Exists(path))
        {
            Write(host, loaded, folder);
        }
        else if (Read(host, path) is var made && SettingsFingerprint.Of(made) != SettingsFingerprint.Of(loaded))
        {
            throw new UsageException(
                $"workflow '{loaded.Settings.Name}' was made from other settings ({path}), so it cannot be reused: "
                    + $"{string.Join("; ", Differences(made, loaded))}. Change {(Differences(made, loaded).Count == 1 ? "it" : "them")} "
                    + "back, choose another --name, or pass --replace without --reuse to replace it."
            );
        }
    }

    /// <summary>The settings in which two configurations differ: <c>mode was tpc_bkg, now (none)</c>.</summary>
    /// <param name="made">The earlier one.</param>
    /// <param name="now">The current one.</param>
    public static IReadOnlyList<string> Differences(LoadedConfiguration made, LoadedConfiguration now) =>
        Differences(made, now, _ => true) is { Count: > 0 } differing
            ? differing
            : ["the context document, the tables or the image's proof differ"];

    /// <summary>The same, for some settings only.</summary>
    /// <param name="made">The earlier one.</param>
    /// <param name="now">The current one.</param>
    /// <param name="which">Whether a setting is compared, by name.</param>
    public static IReadOnlyList<string> Differences(LoadedConfiguration made, LoadedConfiguration now, Func<string, bool> which)
    {
        ArgumentNullException.ThrowIfNull(made);
        ArgumentNullException.ThrowIfNull(now);
        static string Shown(object? value) =>
            value switch
            {
                null => "(none)",
                ImmutableArray<string> list => list.IsDefaultOrEmpty
                    ? "(none)"
                    : string.Join(", ", list.Take(10)) + (list.Length > 10 ? $" and {list.Length - 10} more" : ""),
                _ => value.ToString() is { Length: > 0 } text ? text : "(none)",
            };
        return
        [
            .. SettingCatalog
                .All.Where(s => s.Matters && which(s.Name))
                .Select(s => (s.Name, Was: Shown(s.Of(made.Settings)), Now: Shown(s.Of(now.Settings))))
                .Where(s => s.Was != s.Now)
                .Select(s => $"{s.Name} was {s.Was}, now {s.Now}"),
        ];
    }

    /// <summary>The text of the file: stable order, byte-identical for equal configurations.</summary>
    public static string Render(LoadedConfiguration loaded)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"schema: {Schema}\n");
        text.Append(CultureInfo.InvariantCulture, $"fingerprint: {SettingsFingerprint.Of(loaded)}\n");
        text.Append("# Each setting with its value and the origin of the value.\nsettings:\n");
        foreach (var setting in SettingCatalog.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {setting.Name}:\n    value: {Value(setting.Of(loaded.Settings))}\n");
            text.Append(
                CultureInfo.InvariantCulture,
                $"    origin: {YamlText.Quote(loaded.Settings.Origins.GetValueOrDefault(setting.Name, "default"))}\n"
            );
        }

        text.Append("# Whether image and context document are of the same release: proven, unproven or mismatch-accepted.\n");
        text.Append(CultureInfo.InvariantCulture, $"image_proof: {loaded.ProofWord}\n");
        text.Append(CultureInfo.InvariantCulture, $"tables_fingerprint: {loaded.Tables.Fingerprint}\n");
        if (loaded.Levels is { } levels)
        {
            text.Append("# The tree of the context: described, or assumed to be that of a release of straxen.\n");
            text.Append(CultureInfo.InvariantCulture, $"tree: {(levels.Description.Assumed ? "assumed" : "described")}\n");
            text.Append(CultureInfo.InvariantCulture, $"context_description: {Value(levels.Description.Digest)}\n");
            text.Append(CultureInfo.InvariantCulture, $"levels_fingerprint: {levels.Table.Fingerprint}\n");
        }

        var context = loaded.Context;
        text.Append("context_document:\n");
        foreach (
            var (key, value) in new[]
            {
                ("name", context.Name),
                ("tag", context.Tag),
                ("straxen_version", context.StraxenVersion),
                ("strax_version", context.StraxVersion),
                ("cutax_version", context.CutaxVersion),
                ("xedocs_version", context.XedocsVersion),
                ("date_added", context.DateAdded?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)),
                ("origin", context.Origin),
            }
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"  {key}: {Value(value)}\n");
        }

        text.Append("  hashes:").Append(context.Hashes.Count == 0 ? " {}\n" : "\n");
        foreach (var (type, hash) in context.Hashes)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {YamlText.Quote(type)}: {YamlText.Quote(hash)}\n");
        }

        Lines(text, "  remarks", context.Remarks);
        Lines(text, "notes", loaded.Notes);
        Lines(text, "warnings", loaded.Warnings);
        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote. The tables are read again and must be unchanged.</summary>
    /// <exception cref="UsageException">The file cannot be read, is of another version, or its tables have changed.</exception>
    public static LoadedConfiguration Read(HostEnvironment host, string path)
    {
        var name = Path.GetFileName(Path.GetDirectoryName(path));
        UsageException Bad(string what) => new([new Fault($"{what}. Make it again with --target=LoadConfig --name={name}.", path)]);
        try
        {
            var root = YamlReader.Root(host.Disk, path);
            var schema = root.TextOrNull("schema");
            if (schema != Schema)
            {
                throw Bad($"its schema is '{schema}', expected '{Schema}'");
            }

            var loaded = Build(host, root, Path.GetDirectoryName(path)!);
            if (loaded.Tables.Fingerprint != root.TextOrNull("tables_fingerprint"))
            {
                throw Bad("the tables of data types, RSEs and modes have changed since it was written");
            }

            if (loaded.Levels?.Table.Fingerprint != root.TextOrNull("levels_fingerprint"))
            {
                throw Bad($"the table of levels ({LevelTable.FileName}) has changed since it was written");
            }

            return SettingsFingerprint.Of(loaded) == root.TextOrNull("fingerprint")
                ? loaded
                : throw Bad("its fingerprint does not match its values: it was edited");
        }
        catch (DamagedYamlException error)
        {
            throw Bad(
                "it is not valid: "
                    + $"{(error.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"line {line}: ") : "")}{error.Why}"
            );
        }
        catch (Exception error)
            when (error
                    is FormatException
                        or OverflowException
                        or KeyNotFoundException
                        or InvalidCastException
                        or InvalidOperationException
                        or ArgumentException
                        or NullReferenceException
            )
        {
            throw Bad($"it is not valid ({error.Message.TrimEnd('.')})");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad($"it cannot be read ({DiskFault.Why(error, path)})");
        }
    }

    private static LoadedConfiguration Build(HostEnvironment host, YamlMap root, string folder)
    {
        var settings = Part(root, "settings");
        var document = Part(root, "context_document");
        var resolved = SettingCatalog.Make(setting => Parse(setting, Recorded(Part(settings, setting.Name)["value"]))) with
        {
            Origins = SettingCatalog.All.ToImmutableSortedDictionary(
                s => s.Name,
                s => Part(settings, s.Name).TextOrNull("origin") ?? "default",
                StringComparer.Ordinal
            ),
        };
        var tables = TablesReader.Read(host.Disk, Path.Combine(host.DataFolder, "tables"), resolved.TablesFolder);
        var context = new ContextDocument
        {
            Name = Needed(document, "name"),
            Tag = document.TextOrNull("tag"),
            StraxenVersion = Needed(document, "straxen_version"),
            StraxVersion = document.TextOrNull("strax_version"),
            CutaxVersion = document.TextOrNull("cutax_version"),
            XedocsVersion = document.TextOrNull("xedocs_version"),
            DateAdded = document.TextOrNull("date_added") is { } date ? DateTimeOffset.Parse(date, CultureInfo.InvariantCulture) : null,
            Origin = Needed(document, "origin"),
            Hashes = Part(document, "hashes").Entries.ToImmutableSortedDictionary(
                h => h.Name,
                h => h.Value.ToString(),
                StringComparer.Ordinal
            ),
            Remarks = [.. Texts(document, "remarks")],
        };
        var proof = root.TextOrNull("image_proof") switch
        {
            "proven" => ImageProof.Proven,
            "unproven" => ImageProof.Unproven,
            "mismatch-accepted" => ImageProof.MismatchAccepted,
            var other => throw new FormatException($"image_proof is '{other}'"),
        };
        return new LoadedConfiguration(resolved, context, proof, tables.For(context), Texts(root, "notes"), Texts(root, "warnings"))
        {
            Levels = LevelContextFile.Read(host, resolved, context, folder),
        };
    }

    private static object? Parse(Setting setting, object? recorded) =>
        setting.Type != typeof(ImageReference) ? setting.Parse(recorded)
        : recorded is string { Length: > 0 } image
            ? ImageReferences.Parse(image, out var fault) ?? throw new FormatException($"{setting.Name}: {fault}")
        : ImageReference.None;

    /// <summary>A value as written: a text, a list of texts, or null.</summary>
    private static object? Recorded(YamlValue? value) =>
        value switch
        {
            YamlScalar { IsNull: true } => null,
            YamlScalar scalar => scalar.Text,
            YamlList list => list.Texts.ToImmutableArray(),
            _ => throw new FormatException("a setting has a value of another kind"),
        };

    private static YamlMap Part(YamlMap node, string key) => node.Map(key) ?? throw new FormatException($"{key} is missing");

    private static string Needed(YamlMap node, string key) => node.TextOrNull(key) ?? throw new FormatException($"{key} has no value");

    private static IReadOnlyList<string> Texts(YamlMap node, string key) =>
        node[key] is YamlList list ? [.. list.Texts] : throw new FormatException($"{key} is not a list");

    private static string Value(object? value) =>
        value switch
        {
            ImmutableArray<string> list => $"[{string.Join(", ", list.Select(YamlText.Quote))}]",
            string text => YamlText.Quote(text),
            _ => "null",
        };

    private static void Lines(StringBuilder text, string key, IReadOnlyCollection<string> lines)
    {
        text.Append(key).Append(lines.Count == 0 ? ": []\n" : ":\n");
        var indent = new string(' ', key.Length - key.TrimStart().Length + 2);
        foreach (var line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}- {YamlText.Quote(line)}\n");
        }
    }
}
