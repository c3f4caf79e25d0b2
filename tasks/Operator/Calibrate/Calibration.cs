using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Model.Calibrating;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Calibrate;

/// <summary>An amount of a family of jobs, fitted.</summary>
/// <param name="Fit">By input: what the need is like.</param>
/// <param name="Flat">Without input: what a request that is one number can do.</param>
/// <param name="FollowsInput">Whether requests of this family follow the input, so that <paramref name="Fit"/> counts.</param>
public sealed record CalibratedFamily(FamilyFit Fit, FamilyFit Flat, bool FollowsInput)
{
    /// <summary>What a request of this family could be.</summary>
    public FamilyFit Possible => FollowsInput ? Fit : Flat;
}

/// <summary>Fits what finished jobs used.</summary>
/// <param name="loaded">The settings of the workflow.</param>
public sealed class Calibration(LoadedConfiguration loaded)
{
    /// <summary>Per family and amount, in their order.</summary>
    public ImmutableArray<CalibratedFamily> Fit(IEnumerable<JobUse> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var ladder = PlannedAttempts.LadderOf(loaded.Settings);
        var factors = new Ladder([.. Enumerable.Range(0, ladder.Attempts).Select(t => ladder.At(1, t))]);
        return
        [
            .. jobs
                .GroupBy(j => j.Family, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .SelectMany(g =>
                    Enum.GetValues<Amount>()
                        .Select(a => Of(g.Key, a, [.. g], factors))
                        .OfType<CalibratedFamily>()
                ),
        ];
    }

    private CalibratedFamily? Of(string family, Amount amount, List<JobUse> jobs, Ladder ladder) =>
        FamilyFit.Of(family, amount, jobs, ladder) is { } fit
        && FamilyFit.Of(family, amount, jobs.Select(j => j with { InputMb = 0 }), ladder) is { } flat
            ? new CalibratedFamily(fit, flat, amount == Amount.Memory && FollowsInput(family))
            : null;

    /// <summary>In plans by level memory is predicted from the input, unless the configuration has a number.</summary>
    private bool FollowsInput(string family) =>
        loaded.Settings.Plan == PlanKind.ByLevel
        && (
            JobUses.IsCombine(family) ? loaded.Settings.CombineMemory
            : family.StartsWith("lower", StringComparison.Ordinal) ? loaded.Settings.LowerMemory
            : loaded.Settings.UpperMemory
        )
            is null;
}
