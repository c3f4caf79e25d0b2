using System.Globalization;
using Outsource.Foundation.Errors;

namespace Outsource.Operator.Clean;

/// <summary>How long a workflow must be unchanged: <c>12h</c>, <c>30d</c>, <c>4w</c>.</summary>
public static class OlderThan
{
    private const string Usual = "30d";
    private static readonly TimeSpan Most = TimeSpan.FromDays(520 * 7);

    /// <summary>Reads the option.</summary>
    /// <param name="typed">As typed; null: it was not given.</param>
    /// <exception cref="UsageException">It is not a valid age, or out of bounds.</exception>
    public static TimeSpan Read(string? typed)
    {
        var text = typed ?? Usual;
        TimeSpan? unit =
            text.Length < 2
                ? null
                : text[^1] switch
                {
                    'h' => TimeSpan.FromHours(1),
                    'd' => TimeSpan.FromDays(1),
                    'w' => TimeSpan.FromDays(7),
                    _ => null,
                };
        return
            unit is { } one
            && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            && number <= Most / one
            ? number * one
            : throw new UsageException(
                $"--older-than={text} is not a valid age: write a whole number followed by h, d or w, such as 12h, 30d or 4w, from "
                    + "1h to 520w."
            );
    }

    /// <summary>An age as text: <c>5 h</c>, <c>31 d</c>.</summary>
    public static string Describe(TimeSpan age) =>
        age < TimeSpan.FromDays(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Floor(age.TotalHours)):0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(age.TotalDays):N0} d");
}
