using System.Collections.Immutable;

namespace Outsource.Model.Contexts;

/// <summary>When strax stores a data type (<c>strax.SaveWhen</c>), weakest first.</summary>
public enum SaveWhen
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Only if a caller asks strax to save it.</summary>
    Explicit,

    /// <summary>If it is what strax was called for.</summary>
    Target,

    /// <summary>Whenever it is made, also on the way to another type.</summary>
    Always,
}

/// <summary>A data type of a context.</summary>
/// <param name="Name"><c>peaklets</c>.</param>
/// <param name="SaveWhen">When strax stores it.</param>
/// <param name="DataKind">Types of one kind have the same rows.</param>
/// <param name="ItemSize">Bytes of a row; null: the context could not say.</param>
/// <param name="Hash">Lineage hash, 10 characters; null in a built-in tree.</param>
public sealed record ContextType(string Name, SaveWhen SaveWhen, string DataKind, int? ItemSize, string? Hash);

/// <summary>A plugin: it makes all its types together.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Provides">What it makes, in its own order.</param>
/// <param name="DependsOn">What it reads.</param>
/// <param name="PerChunkAllowed">Whether it may run on a part of the chunks.</param>
public sealed record ContextPlugin(
    string Class,
    ImmutableArray<string> Provides,
    ImmutableArray<string> DependsOn,
    bool PerChunkAllowed
);

/// <summary>
/// A strax context with its plugins: what each data type is made from, and when it is stored. The exporter
/// <c>payload/context_description.py</c> writes it where the context can be imported.
/// </summary>
public sealed record ContextDescription
{
    /// <summary>The schema of the document.</summary>
    public const string Schema = "outsource/context-description/1";

    /// <summary>Largest document, in bytes; a real one has 67 kB.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary><c>xenonnt_offline</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Global version of the corrections, <c>global_v16</c>; null: the context takes none.</summary>
    public string? XedocsVersion { get; init; }

    /// <summary>Release tag, or null.</summary>
    public string? Tag { get; init; }

    /// <summary>Package → version.</summary>
    public required ImmutableSortedDictionary<string, string> Versions { get; init; }

    /// <summary>Its plugins with their dependencies.</summary>
    public required DependencyTree Tree { get; init; }

    /// <summary>
    /// Seconds at the begin of a run in which the neutron veto's recorder keeps everything (straxen's keep_n_seconds_for_monitoring, since
    /// 3.0.3); null: it does not say.
    /// </summary>
    public double? FirstSeconds { get; init; }

    /// <summary>What the exporter could not find out, a sentence each.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>SHA-256 of its content, lower-case hexadecimal; null: a built-in tree.</summary>
    public string? Digest { get; init; }

    /// <summary>Where it came from: a file's path, or a source's name.</summary>
    public required string Origin { get; init; }

    /// <summary>The JSON document that it was read from.</summary>
    public string Text { get; init; } = "";

    /// <summary>Root → type → the JSON text whose hash is that of a part, with <c>@CHUNKS@</c> for its chunks.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, string>> PartTexts { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;

    /// <summary>
    /// Lineage hash of the part of a type that is made from some chunks of raw data, as strax names it; null: the description does not say.
    /// </summary>
    /// <param name="root">The raw type.</param>
    /// <param name="type">The type.</param>
    /// <param name="start">First chunk.</param>
    /// <param name="stop">The chunk after the last one.</param>
    public string? PartHash(string root, string type, int start, int stop) =>
        PartTexts.TryGetValue(root, out var texts) && texts.TryGetValue(type, out var text)
            ? LineageHash.Of(text.Replace("@CHUNKS@", Chunks(start, stop), StringComparison.Ordinal))
            : null;

    private static string Chunks(int start, int stop) => $"[{string.Join(", ", Enumerable.Range(start, stop - start))}]";

    /// <summary>Whether it was made with <c>save_peak_correlation</c>.</summary>
    public bool SavesPeakCorrelation { get; init; }

    /// <summary>Whether it was made with <c>saltax</c>.</summary>
    public bool IsSalted { get; init; }

    /// <summary>The same as a document of a context: with hashes, without plugins.</summary>
    public ContextDocument Document =>
        new()
        {
            Name = Name,
            Tag = Tag,
            XedocsVersion = XedocsVersion,
            StraxenVersion = Versions.GetValueOrDefault("straxen", "0.0.0"),
            StraxVersion = Versions.GetValueOrDefault("strax"),
            CutaxVersion = Versions.GetValueOrDefault("cutax"),
            Origin = Origin,
            Remarks = Remarks,
            Hashes = Tree
                .Order.Where(t => Tree[t].Hash is not null)
                .ToImmutableSortedDictionary(t => t, t => Tree[t].Hash!, StringComparer.Ordinal),
        };

    /// <summary>Whether it is the built-in tree of some release, and not an export of this context: then it has no hashes.</summary>
    public bool Assumed { get; init; }
}
