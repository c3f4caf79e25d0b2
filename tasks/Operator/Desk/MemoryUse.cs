using System.Globalization;

namespace Outsource.Operator.Desk;

/// <summary>Memory that a job was seen to use, and what it requests.</summary>
/// <param name="Seen">MB.</param>
/// <param name="Requested">MB of the first try.</param>
public sealed record MemoryUse(long Seen, long Requested)
{
    /// <summary>The greatest factor that Resubmit takes.</summary>
    public const decimal GreatestFactor = 20;

    /// <summary>A job that was stopped for its memory needs more than was seen, so it gets at least half as much again.</summary>
    private const decimal LeastFactor = 1.5m;

    public bool Over => Seen > Requested;

    /// <summary>The factor for <c>--memory-factor</c> that covers what was seen, in halves; null: it is greater than is allowed.</summary>
    public decimal? Factor =>
        Math.Max(LeastFactor, Math.Ceiling(2m * Seen / Math.Max(1, Requested)) / 2) is var factor && factor <= GreatestFactor
            ? factor
            : null;

    /// <summary>The option, as the operator would type it; null: see <see cref="Factor"/>.</summary>
    public string? Option => Factor is { } factor ? string.Create(CultureInfo.InvariantCulture, $"--memory-factor={factor:0.#}") : null;
}
