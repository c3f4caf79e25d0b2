using System.Collections.Immutable;
using System.Globalization;

namespace Outsource.Settings.Keys;

/// <summary>How values of settings are written in <c>settings.yml</c> and read back, by their type.</summary>
internal static class SettingText
{
    /// <summary>The kind of the key of a setting with that type.</summary>
    public static KeyKind KindOf(Type type) =>
        type == typeof(bool) ? KeyKind.Boolean
        : type == typeof(int) || type == typeof(int?) || type == typeof(long) ? KeyKind.Number
        : type == typeof(ImmutableArray<string>) || type == typeof(ImmutableArray<string>?) ? KeyKind.List
        : type == typeof(TypeAmounts) ? KeyKind.PerType
        : KeyKind.Text;

    /// <summary>A default as <c>--help</c> and Init show it, in Python's spelling; null: nothing to show.</summary>
    public static string? OfDefault(object? value) =>
        value switch
        {
            bool flag => flag ? "True" : "False",
            SourceChoice source => source.ToString(),
            string { Length: > 0 } or int or long => Convert.ToString(value, CultureInfo.InvariantCulture),
            _ => null,
        };

    /// <summary>A text, a list of texts, or null.</summary>
    public static object? Write(object? value) =>
        value switch
        {
            null or string => value,
            bool flag => flag.ToString().ToLowerInvariant(),
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
            ImmutableArray<string> list => list.IsDefault ? ImmutableArray<string>.Empty : list,
            TypeAmounts amounts => amounts.Texts,
            ImmutableArray<int> runs => runs.Select(r => r.ToString(CultureInfo.InvariantCulture)).ToImmutableArray(),
            ImageReference image => image.Path,
            SourceChoice source => source.ToString(),
            TimeBound time => time.Text,
            JobPayload payload => payload.ToString().ToLowerInvariant(),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"Settings of type {value.GetType()} have no text.", nameof(value)),
        };

    /// <summary>The value again. An image is read elsewhere, because its tag needs a rule (Model, ImageReferences).</summary>
    /// <exception cref="FormatException">The text is of another kind.</exception>
    /// <exception cref="OverflowException">The number is too large.</exception>
    public static object? Read(string name, Type type, object? recorded)
    {
        if (recorded is null)
        {
            return null;
        }

        if (type == typeof(ImmutableArray<string>) || type == typeof(ImmutableArray<string>?))
        {
            return List(name, recorded);
        }

        if (type == typeof(ImmutableArray<int>?))
        {
            return (ImmutableArray<int>?)[.. List(name, recorded).Select(r => int.Parse(r, CultureInfo.InvariantCulture))];
        }

        if (type == typeof(TypeAmounts))
        {
            return TypeAmounts.Parse(List(name, recorded));
        }

        return OfText(name, type, recorded as string ?? throw new FormatException($"{name} is a list"));
    }

    private static object OfText(string name, Type type, string text)
    {
        if (type == typeof(bool))
        {
            return bool.Parse(text);
        }

        if (type == typeof(int) || type == typeof(int?))
        {
            return int.Parse(text, CultureInfo.InvariantCulture);
        }

        if (type == typeof(long))
        {
            return long.Parse(text, CultureInfo.InvariantCulture);
        }

        return ReadOurs(name, type, text);
    }

    /// <summary>A value of a type that is ours, or a time.</summary>
    private static object ReadOurs(string name, Type type, string text)
    {
        if (type == typeof(SourceChoice))
        {
            return SourceChoice.Parse(text) ?? throw new FormatException($"{name} is '{text}'");
        }

        if (type == typeof(TimeBound))
        {
            return TimeBound.Parse(text) ?? throw new FormatException($"{name} is '{text}'");
        }

        return type == typeof(DateTimeOffset)
                ? DateTimeOffset.Parse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
                )
            : type == typeof(JobPayload)
                ? Enum.TryParse<JobPayload>(text, ignoreCase: true, out var payload) ? payload
                    : throw new FormatException($"{name} is '{text}'")
            : text;
    }

    private static ImmutableArray<string> List(string name, object recorded) =>
        recorded as ImmutableArray<string>? ?? throw new FormatException($"{name} is not a list");
}
