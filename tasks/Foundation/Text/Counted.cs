using System.Globalization;

namespace Outsource.Foundation.Text;

/// <summary>Numbers of things in a sentence: <c>1 run</c>, <c>0 runs</c>, <c>1,234 runs</c>.</summary>
public static class Counted
{
    /// <summary>The number and its noun.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The noun for one, with its adjectives: <c>chunk job</c>.</param>
    /// <param name="many">The noun for all other numbers; null: an <c>s</c> is added.</param>
    public static string Of(long number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {Word(number, one, many)}");

    /// <summary>The noun or verb alone, when something is between it and the number.</summary>
    public static string Word(long number, string one, string? many = null) => number == 1 ? one : many ?? one + "s";
}
