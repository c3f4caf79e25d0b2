using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Outsource.Model.ClassAds;

/// <summary>Functions of ClassAd expressions, by HTCondor's <c>fnCall.cpp</c> and <c>compat_classad.cpp</c> (release 25).</summary>
internal static class ClassAdFunctions
{
    private static readonly FrozenDictionary<string, Function> Known = Table();

    // HTCondor would evaluate these: to call them unknown, which is an error, would be wrong.
    private static readonly FrozenSet<string> Elsewhere = new[]
    {
        "absTime relTime interval dayTime timeZoneOffset currentTime splitTime formatTime getYear getMonth getDayOfYear getDayOfMonth",
        "getDayOfWeek getDays getHours getMinutes getSeconds join versioncmp versionLE versionLT versionGE versionGT versionEQ",
        "version_in_range regexps replace replaceAll unparse unresolved random eval debug stringListsIntersect stringListSubsetMatch",
        "stringListISubsetMatch split splitUserName splitSlotName userHome userMap envV1ToV2 mergeEnvironment listToArgs argsToList",
        "unquote quote evalInEachContext countMatches",
    }
        .SelectMany(line => line.Split(' '))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Calls a function; an unknown one is an error, and so is a wrong number of arguments.</summary>
    /// <exception cref="NotSupportedException">HTCondor has the function, and it is not known here.</exception>
    public static ClassAdValue Call(ClassAdEvaluator evaluator, ClassAdNode.Call call)
    {
        if (call.Name.Equals("ifThenElse", StringComparison.OrdinalIgnoreCase))
        {
            return call.Arguments.Length == 3
                ? evaluator.Choose(evaluator.Value(call.Arguments[0]), call.Arguments[1], call.Arguments[2])
                : ClassAdValue.Error;
        }

        if (call.Name.Equals("time", StringComparison.OrdinalIgnoreCase))
        {
            return call.Arguments.IsEmpty ? ClassAdValue.Of(evaluator.Now) : ClassAdValue.Error;
        }

        if (!Known.TryGetValue(call.Name, out var function))
        {
            return Elsewhere.Contains(call.Name)
                ? throw new NotSupportedException($"The ClassAd function '{call.Name}' is HTCondor's, and is not evaluated here.")
                : ClassAdValue.Error;
        }

        return call.Arguments.Length < function.Least || call.Arguments.Length > function.Most
            ? ClassAdValue.Error
            : function.Of([.. call.Arguments.Select(evaluator.Value)]);
    }

    private static FrozenDictionary<string, Function> Table()
    {
        var table = new Dictionary<string, Function>(StringComparer.OrdinalIgnoreCase);
        ClassAdNumberFunctions.Into(table);
        ClassAdTextFunctions.Into(table);
        ClassAdStringLists.Into(table);
        table["isUndefined"] = Asks(v => v is ClassAdValue.UndefinedValue);
        table["isError"] = Asks(v => v is ClassAdValue.ErrorValue);
        table["isBoolean"] = Asks(v => v is ClassAdValue.Flag);
        table["isInteger"] = Asks(v => v is ClassAdValue.Whole);
        table["isReal"] = Asks(v => v is ClassAdValue.Real);
        table["isString"] = Asks(v => v is ClassAdValue.Text);
        table["isList"] = Asks(v => v is ClassAdValue.List);
        table["isClassAd"] = Asks(v => v is ClassAdValue.Ad);
        table["size"] = new(1, 1, a => Size(a[0]));
        table["member"] = new(2, 2, a => Member(a[0], a[1], ClassAdOperator.Equal));
        table["identicalMember"] = new(2, 2, a => Member(a[0], a[1], ClassAdOperator.Is));
        table["anyCompare"] = new(3, 3, a => Compare(a, decides: true));
        table["allCompare"] = new(3, 3, a => Compare(a, decides: false));
        return table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static Function Asks(Func<ClassAdValue, bool> question) => new(1, 1, a => ClassAdValue.Of(question(a[0])));

    private static ClassAdValue Size(ClassAdValue of) =>
        of switch
        {
            ClassAdValue.UndefinedValue => of,
            ClassAdValue.List list => ClassAdValue.Of((long)list.Items.Length),
            ClassAdValue.Ad ad => ClassAdValue.Of((long)ad.Scope.Attributes.Count),
            ClassAdValue.Text text => ClassAdValue.Of((long)System.Text.Encoding.UTF8.GetByteCount(text.Value)),
            _ => ClassAdValue.Error,
        };

    private static ClassAdValue Member(ClassAdValue item, ClassAdValue of, ClassAdOperator by)
    {
        if (of is ClassAdValue.UndefinedValue || (by == ClassAdOperator.Equal && item is ClassAdValue.UndefinedValue))
        {
            return ClassAdValue.Undefined;
        }

        return of is not ClassAdValue.List list
            || item is ClassAdValue.List or ClassAdValue.Ad
            || (by == ClassAdOperator.Equal && item is ClassAdValue.ErrorValue)
            ? ClassAdValue.Error
            : ClassAdValue.Of(list.Items.Any(i => ClassAdOperators.Apply(by, i, item) is ClassAdValue.Flag { Value: true }));
    }

    private static ClassAdOperator? Comparison(string symbol) =>
        symbol switch
        {
            "<" => ClassAdOperator.Less,
            "<=" => ClassAdOperator.LessOrEqual,
            "!=" => ClassAdOperator.NotEqual,
            "==" => ClassAdOperator.Equal,
            ">" => ClassAdOperator.Greater,
            ">=" => ClassAdOperator.GreaterOrEqual,
            "is" => ClassAdOperator.Is,
            "isnt" => ClassAdOperator.IsNot,
            _ => null,
        };

    // anyCompare ends at the first element for which the comparison is true, allCompare at the first for which it is false.
    private static ClassAdValue Compare(ImmutableArray<ClassAdValue> arguments, bool decides)
    {
        if (arguments[0] is not ClassAdValue.Text symbol || Comparison(symbol.Value) is not { } by)
        {
            return arguments[0] is ClassAdValue.UndefinedValue ? ClassAdValue.Undefined : ClassAdValue.Error;
        }

        if (arguments[1] is not ClassAdValue.List list)
        {
            return arguments[1] is ClassAdValue.UndefinedValue ? ClassAdValue.Undefined : ClassAdValue.Error;
        }

        foreach (var item in list.Items)
        {
            switch (ClassAdOperators.Apply(by, item, arguments[2]))
            {
                case ClassAdValue.UndefinedValue:
                    return ClassAdValue.Of(false);
                case ClassAdValue.Flag flag when flag.Value == decides:
                    return flag;
                case ClassAdValue.Flag:
                    break;
                default:
                    return ClassAdValue.Error;
            }
        }

        return ClassAdValue.Of(!decides);
    }

    /// <summary>A function of values.</summary>
    /// <param name="Least">Fewest arguments.</param>
    /// <param name="Most">Most arguments.</param>
    /// <param name="Of">Its value.</param>
    internal sealed record Function(int Least, int Most, Func<ImmutableArray<ClassAdValue>, ClassAdValue> Of);
}
