using System.Runtime.InteropServices;

namespace Outsource.Engines.Records;

/// <summary>
/// What happened to a node, in little room; <see cref="NodeStatus"/> shows it. A cache holds it as it is in memory. Times are ticks of
/// UTC, 0 where there is none; durations are ticks.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct NodeCourse
{
    public long ExecutedAt;
    public long EndedAt;
    public long Wall;
    public long Lost;
    private long _memoryUsed;
    private long _memoryAsked;
    private long _diskUsed;
    private long _diskAsked;
    private int _failedCode;
    private int _cluster;
    private int _exitCode;
    private int _postCode;
    private int _holdCode;
    private int _holdSubcode;
    public int Attempts;
    public int FailedTries;

    /// <summary>Number of the reason plus one; 0: none.</summary>
    public int HoldReason;

    /// <summary>Number of the reason plus one; 0: none.</summary>
    public int RemovalReason;
    private ushort _has;
    private byte _state;
    private readonly byte _unused;

    private const ushort HasFailed = 1,
        HasCluster = 2,
        HasExit = 4,
        HasPost = 8,
        HasHold = 16,
        HasSubcode = 32,
        HasMemory = 64,
        HasDisk = 512;

    public NodeState State
    {
        readonly get => (NodeState)_state;
        set => _state = (byte)value;
    }

    public int? FailedCode
    {
        readonly get => Get(HasFailed, _failedCode);
        set => Set(HasFailed, out _failedCode, value);
    }

    public int? Cluster
    {
        readonly get => Get(HasCluster, _cluster);
        set => Set(HasCluster, out _cluster, value);
    }

    public int? ExitCode
    {
        readonly get => Get(HasExit, _exitCode);
        set => Set(HasExit, out _exitCode, value);
    }

    public int? PostCode
    {
        readonly get => Get(HasPost, _postCode);
        set => Set(HasPost, out _postCode, value);
    }

    public int? HoldCode
    {
        readonly get => Get(HasHold, _holdCode);
        set => Set(HasHold, out _holdCode, value);
    }

    public int? HoldSubcode
    {
        readonly get => Get(HasSubcode, _holdSubcode);
        set => Set(HasSubcode, out _holdSubcode, value);
    }

    /// <summary>MB.</summary>
    public Amount Memory
    {
        readonly get => Read(HasMemory, _memoryUsed, _memoryAsked);
        set => Keep(HasMemory, value, out _memoryUsed, out _memoryAsked);
    }

    /// <summary>KB.</summary>
    public Amount Disk
    {
        readonly get => Read(HasDisk, _diskUsed, _diskAsked);
        set => Keep(HasDisk, value, out _diskUsed, out _diskAsked);
    }

    private readonly int? Get(ushort flag, int value) => (_has & flag) != 0 ? value : null;

    private void Set(ushort flag, out int to, int? value)
    {
        to = value ?? 0;
        Mark(flag, value is not null);
    }

    private readonly Amount Read(int flag, long used, long asked) =>
        new((_has & flag) != 0, (_has & (flag << 1)) != 0 ? used : null, (_has & (flag << 2)) != 0 ? asked : null);

    private void Keep(int flag, Amount amount, out long used, out long asked)
    {
        (used, asked) = (amount.Used ?? 0, amount.Requested ?? 0);
        Mark(flag, amount.IsKnown);
        Mark(flag << 1, amount.Used is not null);
        Mark(flag << 2, amount.Requested is not null);
    }

    private void Mark(int flag, bool on) => _has = (ushort)(on ? _has | flag : _has & ~flag);
}

/// <summary>An amount that a job asked for and used, or nothing.</summary>
/// <param name="IsKnown">Whether the log has a line about it.</param>
/// <param name="Used">Used, or null.</param>
/// <param name="Requested">Asked for, or null.</param>
internal readonly record struct Amount(bool IsKnown, long? Used, long? Requested)
{
    /// <summary>As an object, or null.</summary>
    public Usage? Shown => IsKnown ? new Usage(Used, Requested) : null;
}
