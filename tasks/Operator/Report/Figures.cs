using System.Globalization;

namespace Outsource.Operator.Report;

/// <summary>Numbers and times as the report writes them.</summary>
internal static class Figures
{
    /// <summary>A whole number.</summary>
    public static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with two decimal places.</summary>
    public static string Share(double number) => number.ToString("N2", CultureInfo.InvariantCulture);

    /// <summary>A time, UTC.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
