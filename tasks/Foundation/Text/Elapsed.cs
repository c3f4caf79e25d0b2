using System.Globalization;

namespace Outsource.Foundation.Text;

/// <summary>How long something takes, for people.</summary>
public static class Elapsed
{
    /// <summary><c>4.2 s</c>, <c>3 min 20 s</c>, <c>2 h 05 min</c>.</summary>
    public static string Text(TimeSpan time) =>
        time.TotalSeconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0.#} s")
        : time.TotalMinutes < 60 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes:00} min");
}
