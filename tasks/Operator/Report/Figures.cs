using System.Globalization;

namespace Outsource.Operator.Report;

/// <summary>Numbers as the report writes them.</summary>
internal static class Figures
{
    /// <summary>A whole number.</summary>
    public static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with two digits behind its point.</summary>
    public static string Share(double number) => number.ToString("N2", CultureInfo.InvariantCulture);
}
