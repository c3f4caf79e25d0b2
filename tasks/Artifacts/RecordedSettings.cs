using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>
/// <c>settings.yml</c> as it is, without a check whether it can still be used: artifacts may be older than the tables here.
/// </summary>
/// <param name="Values">Setting → value and origin.</param>
/// <param name="Facts">Data that are not settings: proof of the image, tables, versions of the context document.</param>
/// <param name="Hashes">Type → lineage hash.</param>
public sealed record RecordedSettings(
    ImmutableSortedDictionary<string, (string Value, string Origin)> Values,
    ImmutableSortedDictionary<string, string> Facts,
    ImmutableSortedDictionary<string, string> Hashes
)
{
    /// <summary>What differs between any two plans, and affects no result.</summary>
    private static readonly ImmutableHashSet<string> Incidental = ["name", "name_from_date", "clock"];

    /// <exception cref="OutsourceException">It cannot be read.</exception>
    public static RecordedSettings Read(IFileSystem disk, string folder)
    {
        var path = Path.Combine(folder, SettingsArtifact.FileName);
        var root = YamlReader.Root(disk, path);
        if (root.Map("settings") is { } settings && root.Map("context_document") is { } context)
        {
            return new RecordedSettings(
                settings
                    .Entries.Where(s => s.Value is YamlMap && !Incidental.Contains(s.Name))
                    .ToImmutableSortedDictionary(
                        s => s.Name,
                        s => (Text(s.Value.Child("value")), Text(s.Value.Child("origin"))),
                        StringComparer.Ordinal
                    ),
                root.Entries.Where(c => c.Value is YamlScalar && c.Name is "image_proof" or "tables_fingerprint")
                    .Select(c => (c.Name, Value: Text(c.Value)))
                    .Concat(
                        context
                            .Entries.Where(c => c.Value is YamlScalar && c.Name is not "origin")
                            .Select(c => (Name: $"context document, {c.Name}", Value: Text(c.Value)))
                    )
                    .ToImmutableSortedDictionary(c => c.Name, c => c.Value, StringComparer.Ordinal),
                context.Map("hashes") is { } hashes
                    ? hashes.Entries.ToImmutableSortedDictionary(h => h.Name, h => Text(h.Value), StringComparer.Ordinal)
                    : ImmutableSortedDictionary<string, string>.Empty
            );
        }

        throw new OutsourceException(
            $"'{path}' is not a settings artifact of this version. Make that plan again with --target=DryRun.",
            ExitCodes.Usage
        );
    }

    /// <summary>Whether canary programs run instead of the real ones; false if unknown.</summary>
    public static bool IsCanary(IFileSystem disk, string folder) => Is(disk, folder, "payload", "canary");

    /// <summary>Whether it was planned with --debug, so that Submit starts nothing; false if unknown.</summary>
    public static bool IsDebug(IFileSystem disk, string folder) => Is(disk, folder, "debug", "true");

    /// <summary>What runs its jobs; Pegasus if unknown.</summary>
    public static EngineKind Engine(IFileSystem disk, string folder) =>
        Enum.GetValues<EngineKind>().FirstOrDefault(e => Is(disk, folder, "engine", Spelling.Kebab(e.ToString())));

    /// <summary>Whether a setting lists a word; false if unknown.</summary>
    public static bool Lists(IFileSystem disk, string folder, string setting, string word)
    {
        try
        {
            return Read(disk, folder).Values.TryGetValue(setting, out var known) && known.Value.Split(", ").Contains(word);
        }
        catch (Exception unknown) when (unknown is OutsourceException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Is(IFileSystem disk, string folder, string setting, string value)
    {
        try
        {
            return Read(disk, folder).Values.TryGetValue(setting, out var known)
                && string.Equals(known.Value, value, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception unknown) when (unknown is OutsourceException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Text(YamlValue? node) =>
        node switch
        {
            YamlScalar { IsNull: true } => "(none)",
            YamlScalar scalar => scalar.Text,
            YamlList list => list.Items.Any() ? string.Join(", ", list.Items.Select(Text)) : "(none)",
            _ => "",
        };
}
