using System.Collections.Immutable;

namespace Outsource.Artifacts;

/// <summary>
/// Outputs of chunk jobs that an earlier run of the same name left (docs/domain.md §8). The name of such a file contains run, type and
/// number, but not the chunks in it, the lineage hashes, or whether a canary made it. So a file is used only if the existing workflow
/// proves these.
/// </summary>
/// <param name="Usable">Names of files with the content that the new jobs would make, in the order of the plan.</param>
/// <param name="NotUsed">Files with the names of the new jobs' outputs that are empty or may have other content; their jobs run.</param>
public sealed record EarlierOutputs(ImmutableArray<string> Usable, int NotUsed)
{
    /// <summary>No files.</summary>
    public static EarlierOutputs None { get; } = new([], 0);
}
