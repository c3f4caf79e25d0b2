using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Outsource.Model.ClassAds;

/// <summary>Functions of ClassAd expressions that read text.</summary>
internal static class ClassAdTextFunctions
{
    /// <summary>What a regular expression may take: those of people take microseconds.</summary>
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    // Characters of a joined text: each attribute could double it.
    private const int LongestText = 1 << 20;

    /// <summary>Adds them to the table.</summary>
    public static void Into(Dictionary<string, ClassAdFunctions.Function> table)
    {
        table["string"] = new(1, 1, a => TextOf(a[0]));
        table["strcat"] = new(0, int.MaxValue, Join);
        table["toUpper"] = new(1, 1, a => Change(a[0], char.IsAsciiLetterLower));
        table["toLower"] = new(1, 1, a => Change(a[0], char.IsAsciiLetterUpper));
        table["substr"] = new(2, 3, Part);
        table["strcmp"] = new(2, 2, a => Order(a[0], a[1], string.CompareOrdinal));
        table["stricmp"] = new(2, 2, a => Order(a[0], a[1], ClassAdOperators.OrderWithoutCase));
        table["regexp"] = new(2, 3, Matches);
        table["regexpMember"] = new(2, 3, MatchesMember);
    }

    /// <summary>Whether a pattern matches somewhere in a text; null if the pattern is not valid, or takes long.</summary>
    /// <param name="pattern">In the language of PCRE, as far as .NET's is the same.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">Letters: i, m, s, x; others say nothing.</param>
    public static bool? IsMatch(string pattern, string text, string options)
    {
        var how = RegexOptions.CultureInvariant;
        how |= options.Contains('i', StringComparison.Ordinal) ? RegexOptions.IgnoreCase : 0;
        how |= options.Contains('m', StringComparison.Ordinal) ? RegexOptions.Multiline : 0;
        how |= options.Contains('s', StringComparison.Ordinal) ? RegexOptions.Singleline : 0;
        how |= options.Contains('x', StringComparison.Ordinal) ? RegexOptions.IgnorePatternWhitespace : 0;
        try
        {
            return Regex.IsMatch(text, pattern, how, MatchTime);
        }
        catch (Exception error) when (error is ArgumentException or RegexMatchTimeoutException)
        {
            return null;
        }
    }

    // A number within a text is written as in an expression; a real one with 16 digits.
    private static ClassAdValue TextOf(ClassAdValue value) =>
        value switch
        {
            _ when value.IsExceptional => value,
            ClassAdValue.Text => value,
            ClassAdValue.Real { Value: not 0 } real when double.IsFinite(real.Value) => ClassAdValue.Of(Scientific(real.Value)),
            ClassAdValue.Real { Value: 0 } zero => ClassAdValue.Of(double.IsNegative(zero.Value) ? "-0.0" : "0.0"),
            _ => ClassAdValue.Of(value.ToString()),
        };

    // As C's %1.15E: an exponent of two digits at least, where .NET writes three.
    private static string Scientific(double value)
    {
        var text = value.ToString("E15", CultureInfo.InvariantCulture);
        return text[^3] == '0' ? text.Remove(text.Length - 3, 1) : text;
    }

    private static ClassAdValue Join(ImmutableArray<ClassAdValue> arguments)
    {
        var joined = new StringBuilder();
        foreach (var argument in arguments)
        {
            if (TextOf(argument) is not ClassAdValue.Text text)
            {
                return TextOf(argument);
            }

            if (joined.Length + text.Value.Length > LongestText)
            {
                return ClassAdValue.Error;
            }

            joined.Append(text.Value);
        }

        return ClassAdValue.Of(joined.ToString());
    }

    private static ClassAdValue Change(ClassAdValue value, Func<char, bool> isOther) =>
        TextOf(value) is ClassAdValue.Text text
            ? ClassAdValue.Of(string.Create(text.Value.Length, text.Value, (to, from) => Changed(to, from, isOther)))
            : TextOf(value);

    private static void Changed(Span<char> to, string from, Func<char, bool> isOther)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = isOther(from[i]) ? (char)(from[i] ^ 0x20) : from[i];
        }
    }

    // Counted in bytes; a negative begin or length counts from the end. Both are cut to 32 bits, as in HTCondor.
    private static ClassAdValue Part(ImmutableArray<ClassAdValue> arguments)
    {
        if (arguments.Any(a => a is ClassAdValue.UndefinedValue))
        {
            return ClassAdValue.Undefined;
        }

        if (
            arguments[0] is not ClassAdValue.Text text
            || arguments[1] is not ClassAdValue.Whole begin
            || arguments.Skip(2).Any(a => a is not ClassAdValue.Whole)
        )
        {
            return ClassAdValue.Error;
        }

        var bytes = Encoding.UTF8.GetBytes(text.Value);
        var from = unchecked((int)begin.Value);
        from = from < 0 ? Math.Max(bytes.Length + from, 0) : Math.Min(from, bytes.Length);
        var left = bytes.Length - from;
        var length = arguments is [_, _, ClassAdValue.Whole asked] ? unchecked((int)asked.Value) : left;
        length = length < 0 ? Math.Max(left + length, 0) : Math.Min(length, left);
        return ClassAdValue.Of(Encoding.UTF8.GetString(bytes, from, length));
    }

    private static ClassAdValue Order(ClassAdValue left, ClassAdValue right, Func<string, string, int> by) =>
        left is ClassAdValue.UndefinedValue || right is ClassAdValue.UndefinedValue ? ClassAdValue.Undefined
        : TextOf(left) is ClassAdValue.Text l && TextOf(right) is ClassAdValue.Text r
            ? ClassAdValue.Of((long)Math.Sign(by(l.Value, r.Value)))
        : ClassAdValue.Error;

    private static ClassAdValue Matches(ImmutableArray<ClassAdValue> arguments) =>
        arguments.Any(a => a is ClassAdValue.ErrorValue) ? ClassAdValue.Error
        : arguments.Any(a => a is ClassAdValue.UndefinedValue) ? ClassAdValue.Undefined
        : arguments is [ClassAdValue.Text pattern, ClassAdValue.Text text, ..] && OptionsIn(arguments) is { } options
            ? Answer(IsMatch(pattern.Value, text.Value, options))
        : ClassAdValue.Error;

    private static ClassAdValue MatchesMember(ImmutableArray<ClassAdValue> arguments)
    {
        if (arguments.Any(a => a.IsExceptional))
        {
            return arguments.Any(a => a is ClassAdValue.ErrorValue) ? ClassAdValue.Error : ClassAdValue.Undefined;
        }

        if (arguments is not [ClassAdValue.Text pattern, ClassAdValue.List list, ..] || OptionsIn(arguments) is not { } options)
        {
            return ClassAdValue.Error;
        }

        foreach (var item in list.Items)
        {
            if (item is ClassAdValue.Text text && IsMatch(pattern.Value, text.Value, options) == true)
            {
                return ClassAdValue.Of(true);
            }

            if (item is not (ClassAdValue.Text or ClassAdValue.UndefinedValue))
            {
                return ClassAdValue.Error;
            }
        }

        return list.Items.Any(i => i is ClassAdValue.UndefinedValue) ? ClassAdValue.Undefined : ClassAdValue.Of(false);
    }

    private static string? OptionsIn(ImmutableArray<ClassAdValue> arguments) =>
        arguments.Length < 3 ? ""
        : arguments[2] is ClassAdValue.Text text ? text.Value
        : null;

    private static ClassAdValue Answer(bool? isMatch) => isMatch is { } answer ? ClassAdValue.Of(answer) : ClassAdValue.Error;
}
