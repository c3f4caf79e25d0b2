using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Machine;

/// <summary>What stages need of the operating system besides files. Only the host implements it for real.</summary>
public interface IMachine
{
    /// <summary>The clock, UTC. What is recorded carries it; what is planned carries <see cref="HostEnvironment.Now"/>.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>Our process.</summary>
    int Process { get; }

    /// <summary>
    /// Takes a lock that the system gives up with the last process that holds it. Programs started while we hold it hold it as well, until
    /// they end: when we are killed, what we started keeps others out for as long as it works.
    /// </summary>
    /// <param name="path">The file; it is made when it is not there, and must never be deleted. Absolute.</param>
    /// <returns>To be disposed, or null when another process holds it.</returns>
    /// <exception cref="UsageException">The file system keeps no locks.</exception>
    IDisposable? TryLock(string path);

    /// <summary>Whether a process of this machine runs.</summary>
    bool Runs(int process);

    /// <summary>What is left where a path lies, or null when that cannot be told.</summary>
    /// <param name="path">Need not exist itself. Absolute.</param>
    FreeSpace? FreeAt(string path);

    /// <summary>Our user's number, or null when that cannot be told.</summary>
    long? User { get; }

    /// <summary>Whose a path is: its own, not that of what it links to.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>Null when nothing is there, or it cannot be told.</returns>
    Ownership? OwnershipOf(string path);

    /// <summary>Waits.</summary>
    void Wait(TimeSpan time, CancellationToken cancel);
}

/// <summary>Whose a path is, and who may do what with it.</summary>
/// <param name="User">Number of its owner.</param>
/// <param name="Group">Number of its group.</param>
/// <param name="Mode">The bits of permission.</param>
/// <param name="Kind">What it is.</param>
public sealed record Ownership(long User, long Group, UnixFileMode Mode, PathKind Kind);

/// <summary>What a path is.</summary>
public enum PathKind
{
    /// <summary>A plain file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link, wherever it leads.</summary>
    Link,

    /// <summary>A pipe, a device, a socket.</summary>
    Other,
}

/// <summary>Free space of a file system, for us.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="Files">Inodes; null where the file system counts none.</param>
public sealed record FreeSpace(long Bytes, long? Files);
