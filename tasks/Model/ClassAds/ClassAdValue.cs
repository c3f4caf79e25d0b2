using System.Collections.Immutable;
using System.Globalization;

namespace Outsource.Model.ClassAds;

/// <summary>The value of a ClassAd expression.</summary>
public abstract record ClassAdValue
{
    private ClassAdValue() { }

    /// <summary>An attribute that no ad has, and what follows from it.</summary>
    public static ClassAdValue Undefined { get; } = new UndefinedValue();

    /// <summary>What has no meaning: a wrong type, a division by zero, an unknown function.</summary>
    public static ClassAdValue Error { get; } = new ErrorValue();

    /// <summary>Whether HTCondor takes it for true: a number is true if it is not 0.</summary>
    public bool IsTrue => AsCondition == true;

    /// <summary>As a condition: a number is true if it is not 0; null for what is no condition.</summary>
    internal bool? AsCondition =>
        this switch
        {
            Flag flag => flag.Value,
            Whole whole => whole.Value != 0,
            Real real => real.Value != 0,
            _ => null,
        };

    /// <summary>Undefined or error.</summary>
    internal bool IsExceptional => this is UndefinedValue or ErrorValue;

    internal static ClassAdValue Of(bool value) => new Flag(value);

    internal static ClassAdValue Of(long value) => new Whole(value);

    internal static ClassAdValue Of(double value) => new Real(value);

    internal static ClassAdValue Of(string value) => new Text(value);

    /// <summary>As ClassAd text: <c>undefined</c>, <c>2.0</c>, <c>"a"</c>, <c>{ 1,2 }</c>.</summary>
    public sealed override string ToString() =>
        this switch
        {
            UndefinedValue => "undefined",
            ErrorValue => "error",
            Flag flag => flag.Value ? "true" : "false",
            Whole whole => whole.Value.ToString(CultureInfo.InvariantCulture),
            Real real => Shown(real.Value),
            Text text => ClassAd.Quote(text.Value),
            List list => $"{{ {string.Join(",", list.Items)} }}",
            Ad ad => $"[ {string.Join("; ", ad.Scope.Attributes.Names)} ]",
            _ => throw new InvalidOperationException($"A ClassAd value of type {GetType().Name} is not shown."),
        };

    private static string Shown(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "real(\"NaN\")"
                : value > 0 ? "real(\"INF\")"
                : "real(\"-INF\")";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny(".E") < 0 ? text + ".0" : text;
    }

    internal sealed record UndefinedValue : ClassAdValue;

    internal sealed record ErrorValue : ClassAdValue;

    /// <summary>true or false.</summary>
    public sealed record Flag(bool Value) : ClassAdValue;

    /// <summary>An integer of 64 bits.</summary>
    public sealed record Whole(long Value) : ClassAdValue;

    /// <summary>A floating-point number of 64 bits.</summary>
    public sealed record Real(double Value) : ClassAdValue;

    /// <summary>A string.</summary>
    public sealed record Text(string Value) : ClassAdValue;

    /// <summary>A list.</summary>
    public sealed record List(ImmutableArray<ClassAdValue> Items) : ClassAdValue;

    /// <summary>An ad within an expression, or MY, or TARGET.</summary>
    internal sealed record Ad(ClassAdScope Scope) : ClassAdValue;
}
