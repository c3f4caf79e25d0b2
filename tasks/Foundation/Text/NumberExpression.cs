using System.Globalization;

namespace Outsource.Foundation.Text;

/// <summary>
/// A number as operators of XENONnT write it: a number, or products and sums of numbers, with parentheses: <c>24 * 4</c>. Nothing else is
/// read, so a configuration cannot run code.
/// </summary>
public static class NumberExpression
{
    private const int LongestText = 200,
        MostDigits = 18,
        Deepest = 20;

    /// <summary>The value; null: it is not such an expression, or too large.</summary>
    public static decimal? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestText)
        {
            return null;
        }

        try
        {
            var reader = new Reader(text);
            return reader.Sum(0) is { } value && reader.AtEnd ? value : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Whether a text has a sign of arithmetic, so that a message explains which are read.</summary>
    public static bool LooksLikeOne(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(c => c is '+' or '*' or '/' or '%' or '(' or ')') || text.IndexOf('-', StringComparison.Ordinal) > 0;
    }

    private sealed class Reader(string text)
    {
        private int _at;

        public bool AtEnd
        {
            get
            {
                Skip();
                return _at == text.Length;
            }
        }

        public decimal? Sum(int depth)
        {
            var sum = Product(depth);
            while (sum is not null && Take('+'))
            {
                sum += Product(depth);
            }

            return sum;
        }

        private decimal? Product(int depth)
        {
            var product = Factor(depth);
            while (product is not null && Take('*'))
            {
                product *= Factor(depth);
            }

            return product;
        }

        private decimal? Factor(int depth)
        {
            if (!Take('('))
            {
                return Number();
            }

            return depth < Deepest && Sum(depth + 1) is { } inner && Take(')') ? inner : null;
        }

        private decimal? Number()
        {
            Skip();
            var start = _at;
            while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
            {
                _at++;
            }

            var digits = text.AsSpan(start, _at - start);
            return digits.Length is > 0 and <= MostDigits && digits.IndexOfAnyInRange('0', '9') >= 0
                && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        }

        private bool Take(char sign)
        {
            Skip();
            if (_at == text.Length || text[_at] != sign)
            {
                return false;
            }

            _at++;
            return true;
        }

        private void Skip()
        {
            while (_at < text.Length && (text[_at] is ' ' or '\t'))
            {
                _at++;
            }
        }
    }
}
