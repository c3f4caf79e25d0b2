using System.Collections.Immutable;
using Outsource.Artifacts;

namespace Outsource.WriteWorkflow;

/// <summary>The files that are sent with the jobs of a plan by level.</summary>
internal static class LevelFiles
{
    /// <summary>The names of the packages that a job installs: cutax, and those of the operator.</summary>
    /// <param name="packages">The operator's packages.</param>
    public static IEnumerable<string> Names(ImmutableArray<PackageTarball> packages) =>
        packages.Select(p => p.Name).Prepend("cutax").Distinct(StringComparer.Ordinal);

    /// <summary>The input files of a job, besides data.</summary>
    /// <param name="packages">The operator's packages.</param>
    /// <param name="program">The program that it runs.</param>
    public static IEnumerable<string> InputsOf(ImmutableArray<PackageTarball> packages, string program) =>
        [
            PayloadFiles.Config,
            PayloadFiles.Token,
            PayloadFiles.Cutax,
            .. packages.Select(p => p.FileName).Where(f => f != PayloadFiles.Cutax),
            PayloadFiles.Module,
            program,
        ];
}
