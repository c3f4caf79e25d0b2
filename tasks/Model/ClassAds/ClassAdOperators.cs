using System.Numerics;

namespace Outsource.Model.ClassAds;

/// <summary>What operators make of values, as HTCondor's <c>operators.cpp</c> (release 25) defines it.</summary>
internal static class ClassAdOperators
{
    /// <summary>An operator before its operand.</summary>
    public static ClassAdValue Apply(ClassAdOperator by, ClassAdValue operand) =>
        operand.IsExceptional
            ? operand
            : by switch
            {
                ClassAdOperator.Plus => operand is ClassAdValue.Whole or ClassAdValue.Real ? operand : ClassAdValue.Error,
                ClassAdOperator.Minus => operand switch
                {
                    ClassAdValue.Whole whole => ClassAdValue.Of(unchecked(-whole.Value)),
                    ClassAdValue.Real real => ClassAdValue.Of(-real.Value),
                    _ => ClassAdValue.Error,
                },
                ClassAdOperator.Not => operand.AsCondition is { } value ? ClassAdValue.Of(!value) : ClassAdValue.Error,
                ClassAdOperator.BitNot => operand is ClassAdValue.Whole bits ? ClassAdValue.Of(~bits.Value) : ClassAdValue.Error,
                _ => throw new ArgumentOutOfRangeException(nameof(by), by, "It stands between two operands."),
            };

    /// <summary>An operator between two operands that needs both.</summary>
    public static ClassAdValue Apply(ClassAdOperator by, ClassAdValue left, ClassAdValue right) =>
        by switch
        {
            ClassAdOperator.Is => Same(left, right) is { } same ? ClassAdValue.Of(same) : ClassAdValue.Error,
            ClassAdOperator.IsNot => Same(left, right) is { } same ? ClassAdValue.Of(!same) : ClassAdValue.Error,
            _ when left is ClassAdValue.ErrorValue || right is ClassAdValue.ErrorValue => ClassAdValue.Error,
            _ when left.IsExceptional || right.IsExceptional => ClassAdValue.Undefined,
            >= ClassAdOperator.Equal and <= ClassAdOperator.Greater => Compare(by, left, right),
            >= ClassAdOperator.Plus and <= ClassAdOperator.Modulo => Calculate(by, left, right),
            _ => left is ClassAdValue.Whole l && right is ClassAdValue.Whole r ? Bits(by, l.Value, r.Value) : ClassAdValue.Error,
        };

    /// <summary><c>&amp;&amp;</c> and <c>||</c>, of a left side that does not decide alone.</summary>
    /// <param name="by">Which.</param>
    /// <param name="left">True for &amp;&amp;, false for ||, undefined, or no condition at all.</param>
    /// <param name="right">The right side.</param>
    public static ClassAdValue Logical(ClassAdOperator by, ClassAdValue left, ClassAdValue right)
    {
        if (left is not ClassAdValue.UndefinedValue && left.AsCondition is null)
        {
            return ClassAdValue.Error;
        }

        if (right.AsCondition is not { } condition)
        {
            return right.IsExceptional ? right : ClassAdValue.Error;
        }

        var decides = by == ClassAdOperator.Or;
        return left is ClassAdValue.UndefinedValue && condition != decides ? ClassAdValue.Undefined : ClassAdValue.Of(condition);
    }

    /// <summary>The order of two texts as C's strcasecmp has it: letters of ASCII without case.</summary>
    public static int OrderWithoutCase(string left, string right)
    {
        var common = Math.Min(left.Length, right.Length);
        for (var i = 0; i < common; i++)
        {
            var order = Lower(left[i]) - Lower(right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length - right.Length;
    }

    private static char Lower(char c) => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;

    // Null: lists and ads cannot be compared.
    private static bool? Same(ClassAdValue left, ClassAdValue right) =>
        (left, right) switch
        {
            (ClassAdValue.List, ClassAdValue.List) or (ClassAdValue.Ad, ClassAdValue.Ad) => null,
            (ClassAdValue.Real l, ClassAdValue.Real r) => l.Value == r.Value,
            _ => left == right,
        };

    private static ClassAdValue Compare(ClassAdOperator by, ClassAdValue left, ClassAdValue right)
    {
        if (left is ClassAdValue.Text text && right is ClassAdValue.Text other)
        {
            return ClassAdValue.Of(Holds(by, OrderWithoutCase(text.Value, other.Value), 0));
        }

        return (WholeOf(left), WholeOf(right)) switch
        {
            ({ } l, { } r) => ClassAdValue.Of(Holds(by, l, r)),
            _ when RealOf(left) is { } l && RealOf(right) is { } r => ClassAdValue.Of(Holds(by, l, r)),
            _ => ClassAdValue.Error,
        };
    }

    private static bool Holds<T>(ClassAdOperator by, T left, T right)
        where T : IComparisonOperators<T, T, bool> =>
        by switch
        {
            ClassAdOperator.Equal => left == right,
            ClassAdOperator.NotEqual => left != right,
            ClassAdOperator.Less => left < right,
            ClassAdOperator.LessOrEqual => left <= right,
            ClassAdOperator.Greater => left > right,
            _ => left >= right,
        };

    private static ClassAdValue Calculate(ClassAdOperator by, ClassAdValue left, ClassAdValue right)
    {
        if (WholeOf(left) is { } l && WholeOf(right) is { } r)
        {
            return CalculateWholes(by, l, r);
        }

        if (RealOf(left) is not { } x || RealOf(right) is not { } y)
        {
            return ClassAdValue.Error;
        }

        var result = by switch
        {
            ClassAdOperator.Plus => x + y,
            ClassAdOperator.Minus => x - y,
            ClassAdOperator.Times => x * y,
            ClassAdOperator.Divide => x / y,
            _ => double.PositiveInfinity, // % is for integers.
        };
        return double.IsPositiveInfinity(result) ? ClassAdValue.Error : ClassAdValue.Of(result);
    }

    // It wraps around on overflow, as C's integers of 64 bits do on every machine that HTCondor runs on.
    private static ClassAdValue CalculateWholes(ClassAdOperator by, long left, long right)
    {
        unchecked
        {
            return by switch
            {
                ClassAdOperator.Plus => ClassAdValue.Of(left + right),
                ClassAdOperator.Minus => ClassAdValue.Of(left - right),
                ClassAdOperator.Times => ClassAdValue.Of(left * right),
                _ when right == 0 => ClassAdValue.Error,
                ClassAdOperator.Divide => ClassAdValue.Of(right == -1 && left == long.MinValue ? long.MaxValue : left / right),
                _ => ClassAdValue.Of(right == -1 ? 0 : left % right),
            };
        }
    }

    private static ClassAdValue Bits(ClassAdOperator by, long left, long right) =>
        ClassAdValue.Of(
            by switch
            {
                ClassAdOperator.BitOr => left | right,
                ClassAdOperator.BitXor => left ^ right,
                ClassAdOperator.BitAnd => left & right,
                ClassAdOperator.ShiftLeft => left << (int)(right & 63),
                ClassAdOperator.ShiftRight when left < 0 => left >> (int)Math.Clamp(right, 0, 63),
                ClassAdOperator.ShiftRightUnsigned when left < 0 => (left >>> 1) >> (int)((right - 1) & 63),
                ClassAdOperator.ShiftRight or ClassAdOperator.ShiftRightUnsigned => left >> (int)(right & 63),
                _ => throw new ArgumentOutOfRangeException(nameof(by), by, "It is no operator of bits."),
            }
        );

    // true and false count as 1 and 0 beside a number.
    private static long? WholeOf(ClassAdValue value) =>
        value switch
        {
            ClassAdValue.Whole whole => whole.Value,
            ClassAdValue.Flag flag => flag.Value ? 1 : 0,
            _ => null,
        };

    private static double? RealOf(ClassAdValue value) => value is ClassAdValue.Real real ? real.Value : WholeOf(value);
}
