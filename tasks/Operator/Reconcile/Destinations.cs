using System.Collections.Immutable;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Reconcile;

/// <summary>Where the payload uploads a data type to (docs/domain.md §10).</summary>
public static class Destinations
{
    private static readonly ImmutableHashSet<string> OfPeaklets = ["peaklets", "lone_hits", "merged_s2s", "hitlets_nv"];

    /// <summary>The RSE; null: none is set.</summary>
    public static string? Of(OutsourceSettings settings, string type)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(type);
        var rse =
            type.StartsWith("records", StringComparison.Ordinal) ? settings.RecordsRse
            : OfPeaklets.Contains(type) ? settings.PeakletsRse
            : settings.EventsRse;
        return string.IsNullOrEmpty(rse) ? null : rse;
    }
}
