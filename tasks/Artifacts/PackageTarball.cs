using System.Collections.Immutable;

namespace Outsource.Artifacts;

/// <summary>A package of the operator that the jobs install.</summary>
/// <param name="Name">Name of the package: <c>straxen</c>.</param>
/// <param name="FileName">Its name for the jobs: <c>straxen.tar.gz</c>.</param>
/// <param name="Path">The tarball. Absolute.</param>
public sealed record PackageTarball(string Name, string FileName, string Path)
{
    /// <summary>Whether it is a shared release, which is not copied and whose checksum is not known.</summary>
    public bool Shared { get; init; }

    /// <summary>SHA-256 in lower-case hex; null: a shared release.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Its size in bytes; 0: a shared release.</summary>
    public long Bytes { get; init; }

    /// <summary>Sum of its files in bytes; 0: a shared release.</summary>
    public long Unpacked { get; init; }

    /// <summary>Number of its files.</summary>
    public int Files { get; init; }

    /// <summary>The version that the environment has; null: not known.</summary>
    public string? Version { get; init; }

    /// <summary>The commit of its work tree; null: a shared release, or no commit yet.</summary>
    public string? Commit { get; init; }

    /// <summary>Its work tree. Absolute, or null.</summary>
    public string? WorkTree { get; init; }

    /// <summary>Files that differ from the commit, relative to the work tree, in order.</summary>
    public ImmutableArray<string> Dirty { get; init; } = [];
}
