using System.Globalization;

namespace Outsource.Model.ClassAds;

/// <summary>The parts of a ClassAd expression: symbols, names, numbers, texts in quotes.</summary>
/// <param name="text">The expression.</param>
internal sealed class ClassAdScanner(string text)
{
    private int _at;

    /// <summary>The character after blanks; <c>\0</c> at the end.</summary>
    public char Next
    {
        get
        {
            Blanks();
            return At(0);
        }
    }

    /// <summary>Whether only blanks follow.</summary>
    public bool IsAtEnd
    {
        get
        {
            Blanks();
            return _at >= text.Length;
        }
    }

    /// <summary>Whether a number begins here; where a value is expected, a minus may be part of it.</summary>
    public bool IsAtNumber => IsDigits(At(0) == '-' ? 1 : 0);

    /// <summary>Goes on behind a character.</summary>
    public void Skip() => _at++;

    /// <summary>Goes on behind one of these operators, if it is one and not the beginning of a longer one.</summary>
    public ClassAdOperator? TakeOperator((string Symbol, ClassAdOperator Operator)[] operators)
    {
        Blanks();
        foreach (var (symbol, by) in operators)
        {
            if (string.Compare(text, _at, symbol, 0, symbol.Length, StringComparison.OrdinalIgnoreCase) != 0)
            {
                continue;
            }

            var next = At(symbol.Length);
            var longer = symbol switch
            {
                "is" or "isnt" => char.IsAsciiLetterOrDigit(next) || next == '_',
                "|" or "&" => next == symbol[0],
                "<" or ">" => next == symbol[0] || next == '=',
                _ => false,
            };
            if (!longer)
            {
                _at += symbol.Length;
                return by;
            }
        }

        return null;
    }

    /// <summary>Goes on behind <c>?:</c>, if it is the next; blanks may stand within.</summary>
    public bool TakeOrElse()
    {
        var start = _at;
        if (Take("?") && Take(":"))
        {
            return true;
        }

        _at = start;
        return false;
    }

    /// <summary>Goes on behind a symbol, if it is the next.</summary>
    public bool Take(string symbol)
    {
        Blanks();
        if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0)
        {
            return false;
        }

        _at += symbol.Length;
        return true;
    }

    /// <summary>Goes on behind a symbol, which must be the next.</summary>
    public void Need(string symbol)
    {
        if (!Take(symbol))
        {
            throw Error(_at < text.Length ? $"'{symbol}' is expected, not '{text[_at]}'" : $"'{symbol}' is missing at its end");
        }
    }

    /// <summary>The name that begins here; goes on behind it.</summary>
    public string Name()
    {
        Blanks();
        var start = _at;
        if (At(0) == '\'')
        {
            return Quoted('\'', "name");
        }

        while (IsOfName(At(0)))
        {
            _at++;
        }

        return _at == start || char.IsAsciiDigit(text[start]) ? throw Error("a name is expected") : text[start.._at];
    }

    /// <summary>What the text in quotes that begins here means; goes on behind it.</summary>
    /// <param name="quote">The quote.</param>
    /// <param name="what">What it is called in errors.</param>
    public string Quoted(char quote, string what)
    {
        var start = _at++;
        while (_at < text.Length && text[_at] != quote)
        {
            if (text[_at] is '\n' or '\r')
            {
                break;
            }

            _at += text[_at] == '\\' ? 2 : 1;
        }

        if (_at >= text.Length || text[_at] != quote)
        {
            _at = start;
            throw Error($"the {what} that begins there has no end");
        }

        return ClassAdEscapes.Resolve(text.AsSpan(start + 1, _at++ - start - 1));
    }

    /// <summary>The number that begins here: 10, 0x1f, 1.5e-3, 4K (of 1024); goes on behind it.</summary>
    public ClassAdValue Number()
    {
        var start = _at;
        var value = At(0) == '0' && At(1) is 'x' or 'X' ? Hexadecimal() : Decimal();
        if (value is null || IsOfName(At(0)))
        {
            _at = start;
            throw Error("what begins there is neither number nor name");
        }

        return value;
    }

    private ClassAdValue.Whole? Hexadecimal()
    {
        var start = _at + 2;
        for (_at = start; char.IsAsciiHexDigit(At(0)); _at++) { }

        return long.TryParse(text.AsSpan(start, _at - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new ClassAdValue.Whole(value)
            : null;
    }

    private ClassAdValue? Decimal()
    {
        var start = _at;
        var isWhole = true;
        _at += At(0) == '-' ? 1 : 0;
        var isWritten = SkipDigits() || At(0) == '.';
        if (At(0) == '.')
        {
            _at++;
            isWhole = false;
            isWritten &= SkipDigits();
        }

        if (At(0) is 'e' or 'E')
        {
            _at += At(1) is '+' or '-' ? 2 : 1;
            isWhole = false;
            isWritten &= SkipDigits();
        }

        var digits = text.AsSpan(start, _at - start);
        var unit = "BKMGT".IndexOf(char.ToUpperInvariant(At(0)), StringComparison.Ordinal);
        if (!isWritten)
        {
            return null;
        }

        if (unit >= 0)
        {
            // Versions of HTCondor that know these units make a real number of them.
            _at++;
            return ClassAdValue.Of(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture) * Math.Pow(1024, unit));
        }

        return isWhole
            ? long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? ClassAdValue.Of(whole)
                : null
            : ClassAdValue.Of(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private bool SkipDigits()
    {
        var start = _at;
        while (char.IsAsciiDigit(At(0)))
        {
            _at++;
        }

        return _at > start;
    }

    private void Blanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    /// <summary>An error that names the place.</summary>
    public FormatException Error(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what} (column {Math.Min(_at, text.Length) + 1})"));

    private char At(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private bool IsDigits(int ahead) => char.IsAsciiDigit(At(ahead)) || (At(ahead) == '.' && char.IsAsciiDigit(At(ahead + 1)));

    private static bool IsOfName(char c) => c == '_' || char.IsAsciiLetterOrDigit(c);
}
