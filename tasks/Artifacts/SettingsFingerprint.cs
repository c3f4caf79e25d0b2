using System.Collections.Immutable;
using Outsource.Foundation.Files;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>Fingerprints of settings: equal ones make equal artifacts.</summary>
public static class SettingsFingerprint
{
    /// <summary>Names for inputs that are not settings.</summary>
    public const string Tables = "tables",
        ContextDocument = "context_document",
        Image = "image_proof";

    /// <summary>Over the named settings, or over everything that matters if none is named.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="names">Names of <see cref="SettingCatalog"/>, and <see cref="Tables"/>, <see cref="ContextDocument"/>,
    /// <see cref="Image"/>.</param>
    /// <returns>SHA-256 in lower-case hex.</returns>
    /// <exception cref="ArgumentException">A name is unknown: a programming error.</exception>
    public static string Of(LoadedConfiguration loaded, params string[] names)
    {
        if (names.Length == 0)
        {
            names = [.. SettingCatalog.All.Where(s => s.Matters).Select(s => s.Name), Tables, ContextDocument, Image];
        }

        var parts = new List<string?>();
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            parts.Add(name);
            parts.AddRange(
                name switch
                {
                    Tables => [loaded.Tables.Fingerprint],
                    Image => [loaded.ProofWord],
                    ContextDocument => [.. Document(loaded.Context), loaded.Levels?.Fingerprint],
                    _ => Value(
                        SettingCatalog.ByName.TryGetValue(name, out var setting)
                            ? setting.Of(loaded.Settings)
                            : throw new ArgumentException($"There is no setting '{name}'.", nameof(names))
                    ),
                }
            );
        }

        return Fingerprint.Of(parts);
    }

    private static IEnumerable<string?> Document(ContextDocument document) =>
        [
            document.Name,
            document.Tag,
            document.StraxenVersion,
            document.StraxVersion,
            document.CutaxVersion,
            document.XedocsVersion,
            .. document.Hashes.SelectMany(h => new[] { h.Key, h.Value }),
        ];

    private static IEnumerable<string?> Value(object? value) =>
        value switch
        {
            ImmutableArray<string> list => [.. list, $"{list.Length} entries"],
            string text => [text],
            _ => [null],
        };

    /// <summary>The include and exclude lists.</summary>
    public static string Lists(OutsourceSettings s) =>
        Fingerprint.Of(
            Fingerprint.List(s.IncludeModes),
            Fingerprint.List(s.IncludeSources),
            Fingerprint.List(s.ExcludeSources),
            Fingerprint.List(s.IncludeTags),
            s.ExcludeTags is { } tags ? Fingerprint.List(tags) : null
        );

    /// <summary>What the requests and limits of a plan by level follow from, besides the tables.</summary>
    public static string LevelRequests(OutsourceSettings s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Fingerprint.Of(
            $"{s.MaxMemory} {s.MinDisk} {s.RoughDisk} {s.AssumeCompression} {s.Saltax}",
            $"{s.LowerMemory} {s.CombineMemory} {s.UpperMemory}",
            $"{s.LowerDiskMb} {s.CombineDiskMb} {s.UpperDiskMb}",
            $"{s.LowerCpus} {s.CombineCpus} {s.UpperCpus}"
        );
    }

    /// <summary>How requests grow with retries, and when jobs are held.</summary>
    public static string Retries(OutsourceSettings s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Fingerprint.Of(
            $"{s.DagmanRetry} {s.DagmanStaticRetry} {s.ResourcesIncrement} {s.StreamOutput}",
            $"{s.PegasusMaxHoursIdle} {s.PegasusMaxHoursLower} {s.PegasusMaxHoursCombine} {s.PegasusMaxHoursUpper}"
        );
    }
}
