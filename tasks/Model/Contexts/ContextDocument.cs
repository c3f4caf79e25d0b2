using System.Collections.Immutable;

namespace Outsource.Model.Contexts;

/// <summary>A strax context as a release of the analysis software defines it (docs/domain.md §3, collection <c>contexts</c>).</summary>
public sealed record ContextDocument
{
    /// <summary><c>xenonnt_v14</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Release tag of the base environment, the same string as the image tag; null when the document has none.</summary>
    public string? Tag { get; init; }

    public required string StraxenVersion { get; init; }

    public string? StraxVersion { get; init; }

    public string? CutaxVersion { get; init; }

    /// <summary>
    /// The global version of the corrections that it was made with, <c>global_v14</c>; null when it does not say: then it is the context's
    /// own.
    /// </summary>
    public string? XedocsVersion { get; init; }

    /// <summary>Data type → lineage hash, 10 characters.</summary>
    public required ImmutableSortedDictionary<string, string> Hashes { get; init; }

    /// <summary>When it was put into the RunDB, or null when it does not say.</summary>
    public DateTimeOffset? DateAdded { get; init; }

    /// <summary>Where it came from: a file's path, or a source's name.</summary>
    public required string Origin { get; init; }

    /// <summary>
    /// Whether its source has one document per straxen version and name, however many releases have that straxen (REST): one of another
    /// release says nothing against an image. Not kept.
    /// </summary>
    public bool OnePerStraxen { get; init; }

    /// <summary>What of it was not taken, and why.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];
}

/// <summary>A place that holds context documents: a file, the RunDB, the environment itself.</summary>
public interface IContextCatalogue
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>All documents of that context name, over all releases, in stable order; documents of other names are left out.</summary>
    Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel);

    /// <summary>The names of the contexts it knows, for "did you mean"; empty when that cannot be said cheaply.</summary>
    Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>>([]);
}
