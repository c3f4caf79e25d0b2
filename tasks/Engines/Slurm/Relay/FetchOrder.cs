using System.Collections.Immutable;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>What is to be fetched.</summary>
/// <param name="Files">The files at the site.</param>
/// <param name="Target">Where to. Absolute.</param>
public sealed record FetchOrder(IReadOnlyList<StoredFile> Files, string Target)
{
    /// <summary>Most copies at the same time.</summary>
    public int AtOnce { get; init; } = 2;

    /// <summary>Names of files that were unpacked before: nothing of them is copied again.</summary>
    public IReadOnlySet<string> Unpacked { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Files whose copy was compared with the site before: name → bytes and Adler-32.</summary>
    public IReadOnlyDictionary<string, (long Bytes, string Adler32)> Compared { get; init; } =
        ImmutableDictionary<string, (long, string)>.Empty;
}
