using System.Runtime.InteropServices;

namespace Outsource.Engines.Records;

/// <summary>What the DAG says of a node. A cache holds it as it is in memory.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct NodePlan
{
    private const byte HasFinal = 1,
        Post = 2,
        Alone = 4;

    /// <summary>Number of its submit file in the words of the DAG, where <see cref="Named"/>: of that file's folder.</summary>
    public int File;

    /// <summary>Number of its job name in the words of the DAG.</summary>
    public int Job;

    /// <summary>Run number; -1: none.</summary>
    public int Run;

    /// <summary>How often DAGMan retries it.</summary>
    public int Retries;
    private int _final;
    private byte _flags;

    /// <summary>Whether its submit file has the node's name.</summary>
    public byte Named;

    /// <summary>The return value after which DAGMan does not retry, or null.</summary>
    public int? FinalValue
    {
        readonly get => (_flags & HasFinal) != 0 ? _final : null;
        set => (_final, _flags) = (value ?? 0, With(HasFinal, value is not null));
    }

    /// <summary>Whether a script runs after the job.</summary>
    public bool HasPost
    {
        readonly get => (_flags & Post) != 0;
        set => _flags = With(Post, value);
    }

    /// <summary>Whether Resubmit skipped it.</summary>
    public bool LeftAlone
    {
        readonly get => (_flags & Alone) != 0;
        set => _flags = With(Alone, value);
    }

    private readonly byte With(byte flag, bool on) => (byte)(on ? _flags | flag : _flags & ~flag);
}
