using System.Collections.Immutable;

namespace Outsource.Model.Calibrating;

/// <summary>How requests grow with retries: factors on that of the first try, ascending; the first is 1.</summary>
/// <param name="Factors">One for each try.</param>
public sealed record Ladder(ImmutableArray<double> Factors)
{
    /// <summary>One try.</summary>
    public static Ladder None { get; } = new([1.0]);
}
