using System.Collections.Immutable;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>What is left to do of a run and detector.</summary>
public enum RelayNeed
{
    /// <summary>Its upper level is stored; without one, its lower level.</summary>
    Nothing,

    /// <summary>Its lower level is stored, merged.</summary>
    UpperOnly,

    /// <summary>All its parts are stored.</summary>
    CombineAndUpper,

    /// <summary>Parts are missing.</summary>
    MissingParts,
}

/// <summary>Decides what is left of a workflow that ran on the grid, from what of it is stored here.</summary>
/// <param name="data">What is stored here as folders.</param>
public sealed class RelayDecision(DoneData data)
{
    /// <summary>Decides.</summary>
    /// <param name="run">What was planned.</param>
    /// <param name="lower">The types that the lower level stores, with their plain hashes; empty: there is none.</param>
    /// <param name="upper">Those of the upper level.</param>
    /// <returns>What is left, and the groups whose parts are missing.</returns>
    public (RelayNeed Need, ImmutableArray<(int Start, int Stop)> Missing) Of(
        RelayRun run,
        IReadOnlyDictionary<string, string> lower,
        IReadOnlyDictionary<string, string> upper
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(lower);
        ArgumentNullException.ThrowIfNull(upper);
        if (IsStored(run, upper))
        {
            return (RelayNeed.Nothing, []);
        }

        if (lower.Count == 0 || IsStored(run, lower))
        {
            return (upper.Count == 0 ? RelayNeed.Nothing : RelayNeed.UpperOnly, []);
        }

        ImmutableArray<(int, int)> missing =
        [
            .. run.Groups.Where(g => lower.Any(t => data.Part(run.Run, t.Key, t.Value, g) is null)),
        ];
        return (missing.IsEmpty && !run.Groups.IsEmpty ? RelayNeed.CombineAndUpper : RelayNeed.MissingParts, missing);
    }

    private bool IsStored(RelayRun run, IReadOnlyDictionary<string, string> types) =>
        types.Count > 0 && types.All(t => data.Product(run.Run, t.Key, t.Value) is not null);
}
