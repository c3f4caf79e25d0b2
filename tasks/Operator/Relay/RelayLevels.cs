using System.Collections.Immutable;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Operator.Unpack;

namespace Outsource.Operator.Relay;

/// <summary>Of which levels a relay may run jobs: <c>--levels</c>, or the key <c>rcc_upper_only</c>.</summary>
/// <param name="May">The levels.</param>
public sealed record RelayLevels(ImmutableHashSet<TarballLevel> May)
{
    /// <summary>What must be here to decide: parts are not asked for where only uppers run.</summary>
    public ImmutableHashSet<TarballLevel> Fetched =>
        May.SetEquals([TarballLevel.Upper]) ? [TarballLevel.Combine, TarballLevel.Upper] : [.. Enum.GetValues<TarballLevel>()];

    /// <summary>As typed, else as the key says.</summary>
    /// <param name="typed">The values of <c>--levels</c>.</param>
    /// <param name="upperOnly">The key <c>rcc_upper_only</c>.</param>
    /// <exception cref="UsageException">A level is unknown, or the upper one is left out.</exception>
    public static RelayLevels Of(ImmutableArray<string> typed, bool upperOnly)
    {
        var may = typed.IsEmpty && upperOnly ? [TarballLevel.Upper] : StagedTarballs.Levels(typed);
        return may.Contains(TarballLevel.Upper) && !(may.Contains(TarballLevel.Lower) && !may.Contains(TarballLevel.Combine))
            ? new RelayLevels(may)
            : throw new UsageException(
                $"--levels={string.Join(',', typed)} is not possible: what a level makes is for those above it. Write upper; "
                    + "combine,upper; or combine,upper,lower."
            );
    }

    /// <summary>Whether all that a run needs may run.</summary>
    public bool Allows(RelayNeed need) =>
        need switch
        {
            RelayNeed.Nothing or RelayNeed.UpperOnly => true,
            RelayNeed.CombineAndUpper => May.Contains(TarballLevel.Combine),
            RelayNeed.MissingParts => May.Contains(TarballLevel.Lower),
        };
}
