using System.Collections.Immutable;
using Outsource.Engines.Pegasus.DagMan;

namespace Outsource.Operator.Outputs;

/// <summary>Where one result is.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Data type.</param>
/// <param name="State">Where its last job stands; null: no job of the DAG makes it.</param>
/// <param name="File">The file that came back, or null.</param>
/// <param name="Bytes">Its size, or null.</param>
/// <param name="Datasets">What the jobs upload it as; empty where nothing is uploaded or nobody tells.</param>
/// <param name="Awaited">Whether it is made, and Pegasus has not brought it back yet: one stage-out takes the files of several runs, and
/// waits for the slowest.</param>
public sealed record OutputPlace(
    int Run,
    string Type,
    NodeState? State,
    string? File,
    long? Bytes,
    ImmutableArray<string> Datasets,
    bool Awaited
)
{
    /// <summary>Whether it is made by a stand-in that uploads nothing, and does not come back: it is nowhere.</summary>
    public bool Nowhere { get; init; }

    /// <summary>Whether it is there.</summary>
    public bool Done => State == NodeState.Done || File is not null;
}
