using System.Collections.Immutable;

namespace Outsource.Model.ClassAds;

/// <summary>Functions of ClassAd expressions that take a text for a list: <c>"a, b, c"</c>.</summary>
internal static class ClassAdStringLists
{
    /// <summary>Adds them to the table.</summary>
    public static void Into(Dictionary<string, ClassAdFunctions.Function> table)
    {
        table["stringListSize"] = new(1, 2, a => Of(a, list => ClassAdValue.Of((long)list.Count)));
        table["stringListSum"] = new(1, 2, a => Of(a, list => Summary(list, 0, (sum, n) => sum + n, Empty)));
        table["stringListAvg"] = new(1, 2, a => Of(a, list => Summary(list, 0, (sum, n) => sum + n, Empty, list.Count)));
        table["stringListMin"] = new(1, 2, a => Of(a, list => Summary(list, float.MaxValue, Math.Min, ClassAdValue.Undefined)));
        // HTCondor begins with C's FLT_MIN, the least number above 0: of negative numbers it makes 0, and so is done here.
        table["stringListMax"] = new(1, 2, a => Of(a, list => Summary(list, 1.17549435E-38, Math.Max, ClassAdValue.Undefined)));
        table["stringListMember"] = new(2, 3, a => Member(a, StringComparison.Ordinal));
        table["stringListIMember"] = new(2, 3, a => Member(a, StringComparison.OrdinalIgnoreCase));
        table["stringList_regexpMember"] = new(2, 4, MatchingMember);
    }

    private static readonly System.Buffers.SearchValues<char> OfWholes = System.Buffers.SearchValues.Create("+-0123456789");

    private static ClassAdValue Empty => ClassAdValue.Of(0.0);

    private static ClassAdValue Of(ImmutableArray<ClassAdValue> arguments, Func<List<string>, ClassAdValue> by) =>
        arguments[0] is ClassAdValue.Text list && arguments.All(a => a is ClassAdValue.Text)
            ? by(Split(list.Value, arguments is [_, ClassAdValue.Text separators] ? separators.Value : ", "))
            : ClassAdValue.Error;

    // A real number if one of them is written as one.
    private static ClassAdValue Summary(List<string> list, double begin, Func<double, double, double> by, ClassAdValue ofNone, int per = 1)
    {
        if (list.Count == 0)
        {
            return ofNone;
        }

        var value = begin;
        foreach (var item in list)
        {
            if (ClassAdNumberFunctions.Leading(item) is not { } number)
            {
                return ClassAdValue.Error;
            }

            value = by(value, number);
        }

        value /= per;
        return list.TrueForAll(i => i.AsSpan().IndexOfAnyExcept(OfWholes) < 0) ? ClassAdValue.Of((long)value) : ClassAdValue.Of(value);
    }

    // One of the two may be undefined, and is then empty.
    private static ClassAdValue Member(ImmutableArray<ClassAdValue> arguments, StringComparison comparison)
    {
        if (arguments.Any(a => a is not (ClassAdValue.Text or ClassAdValue.UndefinedValue)))
        {
            return ClassAdValue.Error;
        }

        if (arguments[0] is ClassAdValue.UndefinedValue && arguments[1] is ClassAdValue.UndefinedValue)
        {
            return ClassAdValue.Undefined;
        }

        var separators = arguments is [_, _, ClassAdValue.Text given] ? given.Value : ", \t\r\n";
        var item = TextOrEmpty(arguments[0]);
        return ClassAdValue.Of(Split(TextOrEmpty(arguments[1]), separators).Exists(i => i.Equals(item, comparison)));
    }

    private static ClassAdValue MatchingMember(ImmutableArray<ClassAdValue> arguments)
    {
        if (arguments.Any(a => a is not ClassAdValue.Text))
        {
            return ClassAdValue.Error;
        }

        var texts = arguments.Select(TextOrEmpty).ToList();
        // Here, and only here, capital letters are options too.
        var options = texts.Count > 3 ? string.Concat(texts[3].Select(char.ToLowerInvariant)) : "";
        var list = Split(texts[1], texts.Count > 2 ? texts[2] : ", ");
        var answers = list.ConvertAll(i => ClassAdTextFunctions.IsMatch(texts[0], i, options));
        return answers.Contains(null) || ClassAdTextFunctions.IsMatch(texts[0], "", options) is null ? ClassAdValue.Error
            : list.Count == 0 ? ClassAdValue.Undefined
            : ClassAdValue.Of(answers.Contains(true));
    }

    private static string TextOrEmpty(ClassAdValue value) => value is ClassAdValue.Text text ? text.Value : "";

    // Blanks around an item do not count, and nothing between two separators is no item.
    private static List<string> Split(string list, string separators) =>
        separators.Length == 0
            ? [.. new[] { list.Trim() }.Where(i => i.Length > 0)]
            : [.. list.Split(separators.ToCharArray(), StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
