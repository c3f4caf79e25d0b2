using System.Collections.Immutable;

namespace Outsource.Model.Reconciling;

/// <summary>A replica of a file.</summary>
/// <param name="State">As Rucio says it: <c>AVAILABLE</c>, <c>COPYING</c>, <c>UNAVAILABLE</c>, <c>BAD</c>, …</param>
public readonly record struct StoredReplica(string State)
{
    /// <summary>The only state in which a file can be read.</summary>
    public const string Available = "AVAILABLE";
}

/// <summary>A file of a dataset.</summary>
/// <param name="Bytes">Its size in the catalogue; null: it has none.</param>
/// <param name="Adler32">Its checksum there, eight hex digits; null: it has none.</param>
public sealed record StoredFile(long? Bytes, string? Adler32)
{
    /// <summary>RSE → its replica.</summary>
    public IReadOnlyDictionary<string, StoredReplica> Replicas { get; init; } = ImmutableDictionary<string, StoredReplica>.Empty;

    /// <summary>Its size as the replicas have it; null: they do not say.</summary>
    public long? ReplicaBytes { get; init; }

    /// <summary>Its checksum as the replicas have it; null: they do not say.</summary>
    public string? ReplicaAdler32 { get; init; }

    /// <summary>Addresses from which its available replicas can be copied, by RSE; kept for metadata alone.</summary>
    public ImmutableArray<(string Rse, string Address)> Addresses { get; init; } = [];

    /// <summary>Whether it can be read at an RSE.</summary>
    public bool IsAt(string rse) => Replicas.TryGetValue(rse, out var replica) && replica.State == StoredReplica.Available;
}

/// <summary>State of a rule.</summary>
public enum RuleState
{
    /// <summary>All it asks for is there.</summary>
    Ok,

    /// <summary>It is being copied.</summary>
    Replicating,

    /// <summary>A copy failed, and Rucio has given up for now.</summary>
    Stuck,

    /// <summary>Any other: suspended, waiting for approval.</summary>
    Other,
}

/// <summary>A rule that keeps a dataset at an RSE.</summary>
/// <param name="Rse">The RSE.</param>
/// <param name="State">Its state.</param>
/// <param name="Id">Its identifier in Rucio.</param>
public sealed record StoredRule(string Rse, RuleState State, string Id);

/// <summary>A dataset as Rucio has it.</summary>
public sealed record StoredDataset
{
    /// <summary>Rucio does not know it, or it has no files.</summary>
    public static StoredDataset Nothing { get; } = new();

    /// <summary>Name without scope → file.</summary>
    public IReadOnlyDictionary<string, StoredFile> Files { get; init; } = ImmutableDictionary<string, StoredFile>.Empty;

    /// <summary>Its rules; null: the source does not tell them.</summary>
    public IReadOnlyList<StoredRule>? Rules { get; init; } = [];

    /// <summary>A file that cannot be of this dataset, in a main clause; null: there is none.</summary>
    public string? Foreign { get; init; }

    /// <summary>Why Rucio did not answer, a main clause; null: it did.</summary>
    public string? Fault { get; init; }

    /// <summary>RSEs with any replica, in order.</summary>
    public IEnumerable<string> Rses =>
        Files.Values.SelectMany(f => f.Replicas.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Whether all files can be read at an RSE.</summary>
    public bool IsWholeAt(string rse) => Files.Count > 0 && Files.Values.All(f => f.IsAt(rse));

    /// <summary>Whether a rule for an RSE is in a state.</summary>
    public bool HasRule(string rse, RuleState state) => Rules?.Any(r => r.Rse == rse && r.State == state) == true;
}
