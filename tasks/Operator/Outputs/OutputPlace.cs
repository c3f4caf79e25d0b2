using System.Collections.Immutable;
using Outsource.Engines.Records;

namespace Outsource.Operator.Outputs;

/// <summary>Where one result is.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Data type.</param>
/// <param name="State">State of its last job; null: no job of the DAG makes it.</param>
/// <param name="File">The file in the outputs folder, or the folder into which it was unpacked; or null.</param>
/// <param name="Bytes">Its size, or null; unpacked, that of all data of its tarball.</param>
/// <param name="Datasets">The datasets of its upload; empty if nothing is uploaded, or if unknown.</param>
/// <param name="Awaited">Whether it is made but not yet transferred: one stage-out transfers the files of several runs, and waits for the
/// slowest.</param>
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
    /// <summary>Whether a canary made it that uploads nothing and stages nothing out: then it does not exist.</summary>
    public bool Nowhere { get; init; }

    /// <summary>Whether it exists.</summary>
    public bool Done => State == NodeState.Done || File is not null;
}
