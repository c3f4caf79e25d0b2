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
    public static long? Parse(string text, string unit, long least)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (
            Written().Match(text.Trim()) is not { Success: true } match
            || !decimal.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        )
        {
            return null;
        }

        var power = match.Groups[2].Success ? Units.IndexOf(match.Groups[2].Value.ToUpperInvariant()) - Units.IndexOf(unit) : 0;
        for (; power > 0; power--)
        {
            number *= 1000;
        }

        for (; power < 0; power++)
        {
            number /= 1000;
        }

        return number >= least && number <= Greatest && decimal.Truncate(number) == number ? (long)number : null;
    }

    /// <summary>What is allowed, for an error message.</summary>
    public static string Allowed(string unit, long least, string example) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"a whole number of {unit} from {least}, or a number with a unit (KB, MB, GB or TB), such as {example}"
        );

    [GeneratedRegex(@"^([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(KB|MB|GB|TB)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Written();
}
