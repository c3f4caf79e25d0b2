using System.Collections.Immutable;

namespace Outsource.Settings.Keys;

/// <summary>Paths by name: the keys <c>user_install_path.NAME</c>.</summary>
public sealed class NamedPaths
{
    private readonly ImmutableSortedDictionary<string, string> _paths;

    private NamedPaths(ImmutableSortedDictionary<string, string> paths) => _paths = paths;

    public static NamedPaths None { get; } = new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>Name and path, as <c>settings.yml</c> has them: <c>cutax=/home/x/cutax</c>.</summary>
    public ImmutableArray<string> Texts => [.. _paths.Select(p => $"{p.Key}={p.Value}")];

    /// <summary>The path of a name, or null. Absolute.</summary>
    public string? Of(string name) => _paths.GetValueOrDefault(name);

    /// <summary>The same, with one more.</summary>
    public NamedPaths With(string name, string path) => new(_paths.SetItem(name, path));

    /// <summary>Reads <see cref="Texts"/>.</summary>
    /// <exception cref="FormatException">A text is not valid.</exception>
    public static NamedPaths Parse(ImmutableArray<string> texts) =>
        texts.Aggregate(
            None,
            (read, text) =>
                text.IndexOf('=', StringComparison.Ordinal) is > 0 and var end
                    ? read.With(text[..end], text[(end + 1)..])
                    : throw new FormatException($"'{text}' is not NAME=PATH")
        );

    /// <summary>For fingerprints: empty without paths.</summary>
    public override string ToString() => string.Join(',', Texts);
}
