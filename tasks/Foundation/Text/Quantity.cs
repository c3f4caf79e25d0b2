using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Outsource.Foundation.Text;

/// <summary>An amount of memory or disk as people write it: a number, or a number with a decimal unit.</summary>
public static partial class Quantity
{
    /// <summary>The greatest amount, so that sums and conversions of many jobs fit a <see cref="long"/>.</summary>
    public const long Greatest = long.MaxValue / 1000;

    private static readonly ImmutableArray<string> Units = ["KB", "MB", "GB", "TB"];

    /// <summary>Reads <c>9000</c>, <c>9000 MB</c> or <c>9 GB</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unit">The unit of the result, and of a number without one.</param>
    /// <param name="least">The least amount, in that unit.</param>
    /// <returns>Whole units; null: it is not an amount, not a whole number of units, or out of bounds.</returns>
    public static long? Parse(string text, string unit, long least) =>
        Split(text, out var named) is { } read && read * Factor(named ?? unit, unit) is var number
        && number >= least && number <= Greatest && decimal.Truncate(number) == number
            ? (long)number
            : null;

    /// <summary>Splits an amount into number and unit; the number may be an expression (<see cref="NumberExpression"/>).</summary>
    /// <param name="text">The text.</param>
    /// <param name="unit">Its unit, in capitals; null: it has none.</param>
    /// <returns>The number; null: it is not an amount, or too large for any unit.</returns>
    public static decimal? Split(string text, out string? unit)
    {
        ArgumentNullException.ThrowIfNull(text);
        var match = Unit().Match(text.Trim());
        unit = match.Success ? match.Value.ToUpperInvariant() : null;
        var number = match.Success ? text.Trim()[..match.Index] : text;
        return NumberExpression.Parse(number) is { } read && read <= Greatest ? read : null;
    }

    /// <summary>What a number of one unit is multiplied by to become one of another.</summary>
    public static decimal Factor(string from, string to)
    {
        var factor = 1m;
        for (var power = Units.IndexOf(from) - Units.IndexOf(to); power != 0; power -= Math.Sign(power))
        {
            factor = power > 0 ? factor * 1000 : factor / 1000;
        }

        return factor;
    }

    /// <summary>What is allowed, for an error message.</summary>
    public static string Allowed(string unit, long least, string example) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"a whole number of {unit} from {least}, or a number with a unit (KB, MB, GB or TB), such as {example}"
        );

    [GeneratedRegex(@"(KB|MB|GB|TB)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Unit();
}
