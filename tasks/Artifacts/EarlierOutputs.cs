using System.Collections.Immutable;

namespace Outsource.Artifacts;

/// <summary>
/// Outputs of chunk jobs that an earlier run of the same name brought back (docs/domain.md §8). The name of such a file tells run, type and
/// number, but not which chunks are in it, with which lineage hashes it was made, or whether a stand-in made it. So only what the workflow
/// that stands there proves is taken over.
/// </summary>
/// <param name="Usable">Names of files that hold what the new jobs would make, in the order of the plan.</param>
/// <param name="NotUsed">Files with names of the new jobs' outputs that are empty or may hold something else; their jobs run.</param>
public sealed record EarlierOutputs(ImmutableArray<string> Usable, int NotUsed)
{
    /// <summary>There are none.</summary>
    public static EarlierOutputs None { get; } = new([], 0);
}
