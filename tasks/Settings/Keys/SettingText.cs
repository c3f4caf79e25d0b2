using System.Collections.Immutable;
using System.Globalization;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>How values of settings are written in <c>settings.yml</c> and read back, by their type.</summary>
internal static class SettingText
{
    /// <summary>The kind of the key of a setting with that type.</summary>
    public static KeyKind KindOf(Type type) =>
        type == typeof(bool) ? KeyKind.Boolean
        : IsNumber(type) ? KeyKind.Number
        : type == typeof(ImmutableArray<string>) || type == typeof(ImmutableArray<string>?) || type == typeof(ImmutableArray<StageOutLevel>)
            ? KeyKind.List
        : type == typeof(TypeAmounts) || type == typeof(NamedPaths) ? KeyKind.PerType
        : KeyKind.Text;

    /// <summary>Whether values of a type are numbers, or a number or nothing.</summary>
    public static bool IsNumber(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var number
        && (number == typeof(int) || number == typeof(long) || number == typeof(double));

    /// <summary>The type of the words of a setting: an enumeration, or that of the entries of a list; null: it has none.</summary>
    public static Type? WordType(Type type) =>
        type.IsEnum ? type
        : type == typeof(ImmutableArray<StageOutLevel>) ? typeof(StageOutLevel)
        : null;

    /// <summary>The words of an enumeration: <c>by-type</c>.</summary>
    public static ImmutableArray<string> Words(Type words) => [.. Enum.GetNames(words).Select(Spelling.Kebab)];

    /// <summary>The value of a word; null: it is not one of them.</summary>
    public static object? OfWord(Type words, string text) =>
        Enum.GetNames(words).FirstOrDefault(n => string.Equals(Spelling.Kebab(n), text, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse(words, name)
            : null;

    /// <summary>A default as <c>--help</c> and Init show it, in Python's spelling; null: nothing to show.</summary>
    public static string? OfDefault(object? value) =>
        value switch
        {
            bool flag => flag ? "True" : "False",
            SourceChoice source => source.ToString(),
            ImmutableArray<string> { IsDefaultOrEmpty: false } list => string.Join(", ", list),
            Enum word => Spelling.Kebab(word.ToString()),
            string { Length: > 0 } or int or long or double => Convert.ToString(value, CultureInfo.InvariantCulture),
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
            ImmutableArray<StageOutLevel> levels =>
                levels.IsDefault ? ImmutableArray<string>.Empty : levels.Select(l => Spelling.Kebab(l.ToString())).ToImmutableArray(),
            TypeAmounts amounts => amounts.Texts,
            NamedPaths paths => paths.Texts,
            ImmutableArray<int> runs => runs.Select(r => r.ToString(CultureInfo.InvariantCulture)).ToImmutableArray(),
            ImageReference image => image.Path,
            SourceChoice source => source.ToString(),
            TimeBound time => time.Text,
            Enum word => Spelling.Kebab(word.ToString()),
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

        if (type == typeof(ImmutableArray<StageOutLevel>))
        {
            return List(name, recorded).Select(word => (StageOutLevel)Word(name, typeof(StageOutLevel), word)).ToImmutableArray();
        }

        if (type == typeof(TypeAmounts))
        {
            return TypeAmounts.Parse(List(name, recorded));
        }

        if (type == typeof(NamedPaths))
        {
            return NamedPaths.Parse(List(name, recorded));
        }

        return OfText(name, type, recorded as string ?? throw new FormatException($"{name} is a list"));
    }

    private static object OfText(string name, Type type, string text)
    {
        if (type == typeof(bool))
        {
            return bool.Parse(text);
        }

        if (IsNumber(type))
        {
            return Convert.ChangeType(text, Nullable.GetUnderlyingType(type) ?? type, CultureInfo.InvariantCulture);
        }

        return type.IsEnum ? Word(name, type, text) : ReadOurs(name, type, text);
    }

    private static object Word(string name, Type words, string text) =>
        OfWord(words, text) ?? throw new FormatException($"{name} is '{text}'");

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
            : text;
    }

    private static ImmutableArray<string> List(string name, object recorded) =>
        recorded as ImmutableArray<string>? ?? throw new FormatException($"{name} is not a list");
}
