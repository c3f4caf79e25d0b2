using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Machine;

/// <summary>What stages need of the operating system besides files. The host implements it.</summary>
public interface IMachine
{
    /// <summary>The clock, UTC, for records; plans use <see cref="HostEnvironment.Now"/>.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>Our process.</summary>
    int Process { get; }

    /// <summary>
    /// Takes a lock, which the system releases when the last process that holds it has ended. Programs that are started while we hold it
    /// hold
    /// it too: when we are killed, it stays locked until they have ended.
    /// </summary>
    /// <param name="path">The file; it is created when it is not there, and must never be deleted. Absolute.</param>
    /// <returns>To be disposed, or null when another process holds it.</returns>
    /// <exception cref="UsageException">The file system has no locks.</exception>
    IDisposable? TryLock(string path);

    /// <summary>Whether a process of this machine runs.</summary>
    bool Runs(int process);

    /// <summary>The free space where a path is, or null when it is not known.</summary>
    /// <param name="path">Need not exist itself. Absolute.</param>
    FreeSpace? FreeAt(string path);

    /// <summary>Our user's number, or null when it is not known.</summary>
    long? User { get; }

    /// <summary>The owner of a path; of a link itself, not of its target.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>Null when nothing is there, or it is not known.</returns>
    Ownership? OwnershipOf(string path);

    /// <summary>Waits.</summary>
    void Wait(TimeSpan time, CancellationToken cancel);
}

/// <summary>Owner and permissions of a path.</summary>
/// <param name="User">Number of its owner.</param>
/// <param name="Group">Number of its group.</param>
/// <param name="Mode">The permission bits.</param>
/// <param name="Kind">What it is.</param>
public sealed record Ownership(long User, long Group, UnixFileMode Mode, PathKind Kind);

/// <summary>What a path is.</summary>
public enum PathKind
{
    /// <summary>A plain file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A pipe, a device, a socket.</summary>
    Other,
}

/// <summary>Free space of a file system, for us.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="Files">Inodes; null where the file system counts none.</param>
public sealed record FreeSpace(long Bytes, long? Files);
