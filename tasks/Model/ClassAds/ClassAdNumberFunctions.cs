using System.Globalization;
using System.Text.RegularExpressions;

namespace Outsource.Model.ClassAds;

/// <summary>Functions of ClassAd expressions that make numbers and conditions.</summary>
internal static partial class ClassAdNumberFunctions
{
    /// <summary>Adds them to the table.</summary>
    public static void Into(Dictionary<string, ClassAdFunctions.Function> table)
    {
        table["int"] = new(1, 1, a => Whole(a[0]));
        table["real"] = new(1, 1, a => Real(a[0]));
        table["bool"] = new(1, 1, a => Condition(a[0]));
        table["floor"] = new(1, 1, a => Round(a[0], Math.Floor));
        table["ceiling"] = table["ceil"] = new(1, 1, a => Round(a[0], Math.Ceiling));
        table["round"] = new(1, 1, a => Round(a[0], r => Math.Round(r, MidpointRounding.ToEven)));
        table["pow"] = new(2, 2, a => Power(a[0], a[1]));
        table["quantize"] = new(2, 2, a => Quantize(a[0], a[1]));
        table["sum"] = new(1, 1, a => OfNumbers(a[0], Sum));
        table["avg"] = new(1, 1, a => OfNumbers(a[0], Average));
        table["min"] = new(1, 1, a => OfNumbers(a[0], n => Extreme(n, ClassAdOperator.Less)));
        table["max"] = new(1, 1, a => OfNumbers(a[0], n => Extreme(n, ClassAdOperator.Greater)));
    }

    /// <summary>The number at the beginning of a text, as C's strtod reads it; null if there is none.</summary>
    public static double? Leading(string text)
    {
        var match = LeadingNumber().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var sign = match.Groups["minus"].Success ? -1 : 1;
        if (match.Groups["hex"] is { Success: true } hex)
        {
            return sign * (double)ulong.Parse(hex.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        return match.Groups["word"].Value.ToUpperInvariant() switch
        {
            "" => sign * double.Parse(match.Groups["digits"].Value, NumberStyles.Float, CultureInfo.InvariantCulture),
            "NAN" => double.NaN,
            _ => sign * double.PositiveInfinity,
        };
    }

    private static ClassAdValue Whole(ClassAdValue value) =>
        value switch
        {
            ClassAdValue.Whole or ClassAdValue.UndefinedValue => value,
            _ => Number(value) is { } number ? ClassAdValue.Of(Cut(number)) : ClassAdValue.Error,
        };

    private static ClassAdValue Real(ClassAdValue value) =>
        value is ClassAdValue.UndefinedValue ? value
        : Number(value) is { } number ? ClassAdValue.Of(number)
        : ClassAdValue.Error;

    private static ClassAdValue Condition(ClassAdValue value) =>
        value switch
        {
            ClassAdValue.UndefinedValue => value,
            ClassAdValue.Text text when text.Value.Equals("true", StringComparison.OrdinalIgnoreCase) => ClassAdValue.Of(true),
            ClassAdValue.Text text when text.Value.Equals("false", StringComparison.OrdinalIgnoreCase) => ClassAdValue.Of(false),
            ClassAdValue.Text => ClassAdValue.Undefined,
            _ => value.AsCondition is { } condition ? ClassAdValue.Of(condition) : ClassAdValue.Error,
        };

    private static double? Number(ClassAdValue value) =>
        value switch
        {
            ClassAdValue.Flag flag => flag.Value ? 1 : 0,
            ClassAdValue.Whole whole => whole.Value,
            ClassAdValue.Real real => real.Value,
            ClassAdValue.Text text => Leading(text.Value),
            _ => null,
        };

    // A real number without its fraction; one beyond 64 bits becomes the least integer, as C has it on the machines of the grid.
    private static long Cut(double value) => value is >= -9.2233720368547758E18 and < 9.2233720368547758E18 ? (long)value : long.MinValue;

    private static ClassAdValue Round(ClassAdValue value, Func<double, double> by) =>
        value is ClassAdValue.Whole ? value
        : Number(value) is { } number ? ClassAdValue.Of(Cut(by(number)))
        : ClassAdValue.Error;

    private static ClassAdValue Power(ClassAdValue of, ClassAdValue exponent) =>
        of is ClassAdValue.Whole whole && exponent is ClassAdValue.Whole { Value: >= 0 } times
            ? ClassAdValue.Of(Cut(Math.Pow(whole.Value, times.Value) + 0.5))
        : Number(of) is { } number && Number(exponent) is { } power ? ClassAdValue.Of(Math.Pow(number, power))
        : ClassAdValue.Error;

    // The next multiple of a number; of a list, its first number that is not less, or else the next multiple of its last.
    private static ClassAdValue Quantize(ClassAdValue value, ClassAdValue to)
    {
        if (Number(value) is not { } number)
        {
            return ClassAdValue.Error;
        }

        if (to is ClassAdValue.List list)
        {
            to = ClassAdValue.Of(0.0);
            foreach (var item in list.Items)
            {
                if (Number(item) is not { } step || step >= number)
                {
                    return Number(item) is null ? ClassAdValue.Error : item;
                }

                to = item;
            }
        }

        return (value, to) switch
        {
            (_, ClassAdValue.Whole { Value: 0 }) => value,
            (ClassAdValue.Whole v, ClassAdValue.Whole t) => ClassAdValue.Of(unchecked((v.Value + t.Value - 1) / t.Value * t.Value)),
            _ when Number(to) is { } step => Math.Abs(step) <= 1e-8 ? value : ClassAdValue.Of(Math.Ceiling(number / step) * step),
            _ => ClassAdValue.Error,
        };
    }

    // Undefined elements are left out.
    private static ClassAdValue OfNumbers(ClassAdValue value, Func<List<ClassAdValue>, ClassAdValue> by)
    {
        if (value is not ClassAdValue.List list)
        {
            return value is ClassAdValue.UndefinedValue ? value : ClassAdValue.Error;
        }

        var numbers = list.Items.Where(i => i is not ClassAdValue.UndefinedValue).ToList();
        return numbers.TrueForAll(n => n is not ClassAdValue.Text && Number(n) is not null) ? by(numbers) : ClassAdValue.Error;
    }

    private static ClassAdValue Sum(List<ClassAdValue> numbers) =>
        numbers.Count == 0 ? ClassAdValue.Of(0L) : numbers.Aggregate((sum, n) => ClassAdOperators.Apply(ClassAdOperator.Plus, sum, n));

    private static ClassAdValue Average(List<ClassAdValue> numbers) =>
        numbers.Count == 0
            ? ClassAdValue.Of(0L)
            : ClassAdOperators.Apply(ClassAdOperator.Divide, Sum(numbers), ClassAdValue.Of((double)numbers.Count));

    // HTCondor compares an element with the best so far, and both stay what the comparison made of them: of 3 and 1.5, max is 3.0.
    private static ClassAdValue Extreme(List<ClassAdValue> numbers, ClassAdOperator by)
    {
        if (numbers.Count == 0)
        {
            return ClassAdValue.Undefined;
        }

        var best = numbers[0];
        foreach (var number in numbers.Skip(1))
        {
            var areReal = best is ClassAdValue.Real || number is ClassAdValue.Real;
            var isBetter = ClassAdOperators.Apply(by, number, best) is ClassAdValue.Flag { Value: true };
            best = isBetter ? number : best;
            best = areReal ? Real(best) : Whole(best);
        }

        return best;
    }

    [GeneratedRegex(
        """
        \A [\ \t\n\v\f\r]* ((?<minus>-)|\+)?
        (0x(?<hex>[0-9a-f]{1,16}) | (?<digits>([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?) | (?<word>inf|nan))
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex LeadingNumber();
}
