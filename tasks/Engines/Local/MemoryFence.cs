using System.Globalization;
using System.IO.Abstractions;

namespace Outsource.Engines.Local;

/// <summary>
/// How the memory of a job is bounded: by a control group of its own (cgroup v2) where we may make one, else by a limit of the address
/// space of each process. In either case its memory is measured, and it is held when that is above the request.
/// </summary>
internal sealed class MemoryFence
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>
    /// Address space is more than memory: threads and libraries map much that they never use. So this limit only protects the machine from
    /// what a job takes between two measurements.
    /// </summary>
    private const int Generous = 4;

    private const long AtLeastKb = 4L << 20;

    private readonly IFileSystem _disk;
    private string? _parent;

    private MemoryFence(IFileSystem disk, string? parent, string description) =>
        (_disk, _parent, Description) = (disk, parent, description);

    /// <summary>What is done, for the operator. No full stop.</summary>
    public string Description { get; }

    /// <summary>Tries to make a control group for the jobs.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="process">Our process.</param>
    public static MemoryFence Of(IFileSystem disk, int process)
    {
        if (!disk.File.Exists($"{Root}/cgroup.controllers"))
        {
            return ByLimit(disk, "there is no cgroup v2");
        }

        // A group with processes can have no groups with limits, so beside our own is more often allowed than in it.
        return Candidates(disk).Select(above => Made(disk, above, process)).FirstOrDefault(made => made is not null) is { } parent
            ? new MemoryFence(disk, parent, "the memory of each job is bounded by a control group of its own (cgroup v2)")
            : ByLimit(disk, "no cgroup v2 may be made here");
    }

    /// <summary>The control groups cannot be used after all.</summary>
    public void GiveUp() => _parent = null;

    private static string[] Candidates(IFileSystem disk)
    {
        const string Unified = "0::/";
        var own = disk.File.ReadLines("/proc/self/cgroup").FirstOrDefault(l => l.StartsWith(Unified, StringComparison.Ordinal));
        return own is null ? []
            : own == Unified ? [Root]
            : [Root + Path.GetDirectoryName(own[(Unified.Length - 1)..])!.TrimEnd('/'), Root + own[(Unified.Length - 1)..]];
    }

    private static string? Made(IFileSystem disk, string above, int process)
    {
        var made = $"{above}/outsource-{process.ToString(CultureInfo.InvariantCulture)}";
        try
        {
            // Who moves a process needs this right in the group above both.
            using (disk.FileStream.New($"{above}/cgroup.procs", FileMode.Open, FileAccess.Write)) { }

            disk.Directory.CreateDirectory(made);
            disk.File.WriteAllText($"{made}/cgroup.subtree_control", "+memory");
            return made;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Remove(disk, made);
            return null;
        }
    }

    /// <summary>Makes the group of a job, or null.</summary>
    public string? GroupOf(string node, long? memoryMb)
    {
        if (_parent is null || memoryMb is not { } mb)
        {
            return null;
        }

        var group = $"{_parent}/{node}";
        try
        {
            _disk.Directory.CreateDirectory(group);
            _disk.File.WriteAllText($"{group}/memory.max", (mb << 20).ToString(CultureInfo.InvariantCulture));
            return group;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The limit of the address space of each process, KB, or null.</summary>
    public long? AddressSpaceKb(long? memoryMb) =>
        _parent is not null || memoryMb is not { } mb ? null : Math.Max(mb * 1024 * Generous, (mb * 1024) + AtLeastKb);

    /// <summary>Whether the kernel killed something in the group because its memory was used up. Then the group is removed.</summary>
    public bool WasExceeded(string? group)
    {
        if (group is null)
        {
            return false;
        }

        try
        {
            const string Killed = "oom_kill ";
            var events = _disk.File.ReadLines($"{group}/memory.events");
            return events.Any(l => l.StartsWith(Killed, StringComparison.Ordinal) && l != Killed + "0");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            Remove(_disk, group);
        }
    }

    /// <summary>Removes the groups.</summary>
    public void End() => Remove(_disk, _parent);

    private static MemoryFence ByLimit(IFileSystem disk, string why) =>
        new(disk, null, $"the memory of each job is measured, and the address space of its processes is limited (rlimit), since {why}");

    private static void Remove(IFileSystem disk, string? group)
    {
        try
        {
            if (group is not null && disk.Directory.Exists(group))
            {
                disk.Directory.Delete(group);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A process is ending in it; an empty group is harmless.
        }
    }
}
