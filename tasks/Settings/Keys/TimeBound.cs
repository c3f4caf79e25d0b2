using System.Globalization;

namespace Outsource.Settings.Keys;

/// <summary>A bound of the times in which runs started, as <c>--since</c> and <c>--until</c> have it. All times are UTC.</summary>
/// <param name="Text"><c>2025-06-12</c> or <c>2025-06-12T14:00:00Z</c>.</param>
/// <param name="First">The first moment that it means: of a date, midnight.</param>
/// <param name="Last">The last moment that it means: of a date, the end of the day.</param>
public sealed record TimeBound(string Text, DateTimeOffset First, DateTimeOffset Last)
{
    private const string Date = "yyyy-MM-dd";

    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];

    /// <summary>Reads a date, or a date with a time; without an offset it is UTC. Null: it is neither.</summary>
    public static TimeBound? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, Date, CultureInfo.InvariantCulture, Utc, out var day))
        {
            return new TimeBound(text, day, day.AddTicks(TimeSpan.TicksPerDay - 1));
        }

        return DateTimeOffset.TryParseExact(
            text.ToUpperInvariant().Replace(' ', 'T'),
            Times,
            CultureInfo.InvariantCulture,
            Utc,
            out var time
        )
            ? new TimeBound(time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), time, time)
            : null;
    }

    public override string ToString() => Text;
}
