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

    /// <summary>Whether a number begins here.</summary>
    public bool IsAtNumber => char.IsAsciiDigit(At(0)) || (At(0) == '.' && char.IsAsciiDigit(At(1)));

    /// <summary>Goes on behind a character.</summary>
    public void Skip() => _at++;

    /// <summary>Goes on behind one of these operators, if it is one and not the beginning of a longer one.</summary>
    public bool TakeOperator(string[] operators)
    {
        Blanks();
        foreach (var symbol in operators)
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
                return true;
            }
        }

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

    /// <summary>Goes on behind a name.</summary>
    public void Name()
    {
        Blanks();
        var start = _at;
        if (At(0) == '\'')
        {
            Quoted('\'', "name");
            return;
        }

        while (IsOfName(At(0)))
        {
            _at++;
        }

        if (_at == start || char.IsAsciiDigit(text[start]))
        {
            throw Error("a name is expected");
        }
    }

    /// <summary>Goes on behind a text in quotes.</summary>
    /// <param name="quote">The quote.</param>
    /// <param name="what">What it is called in errors.</param>
    public void Quoted(char quote, string what)
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

        _at++;
    }

    /// <summary>Goes on behind a number: 10, 0x1f, 1.5e-3, 4K.</summary>
    public void Number()
    {
        var start = _at;
        if (At(0) == '0' && At(1) is 'x' or 'X')
        {
            for (_at += 2; char.IsAsciiHexDigit(At(0)); _at++) { }
        }
        else
        {
            Decimal();
        }

        if (IsOfName(At(0)))
        {
            _at = start;
            throw Error("what begins there is neither number nor name");
        }
    }

    private void Decimal()
    {
        Digits();
        if (At(0) == '.')
        {
            _at++;
            Digits();
        }

        if (At(0) is 'e' or 'E')
        {
            _at += At(1) is '+' or '-' ? 2 : 1;
            Digits();
        }

        _at += "BKMGTbkmgt".Contains(At(0), StringComparison.Ordinal) ? 1 : 0;
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(At(0)))
        {
            _at++;
        }
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

    private static bool IsOfName(char c) => c == '_' || char.IsAsciiLetterOrDigit(c);
}
