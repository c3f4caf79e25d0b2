namespace Outsource.Model.ClassAds;

/// <summary>The grammar of a ClassAd expression, by recursive descent. Each error is a <see cref="FormatException"/>.</summary>
/// <param name="text">The expression.</param>
internal sealed class ClassAdParser(string text)
{
    /// <summary>Deepest nesting: enough for people, and the stack holds it.</summary>
    private const int Deepest = 200;

    // Binary operators by how tightly they bind, loosest first; longer ones before those that they begin with.
    private static readonly string[][] Levels =
    [
        ["||"],
        ["&&"],
        ["|"],
        ["^"],
        ["&"],
        ["=?=", "=!=", "==", "!=", "isnt", "is"],
        ["<=", ">=", "<", ">"],
        [">>>", ">>", "<<"],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private readonly ClassAdScanner _scanner = new(text);

    /// <summary>The whole text is one expression.</summary>
    public void Whole()
    {
        Expression(0);
        if (!_scanner.IsAtEnd)
        {
            throw _scanner.Error($"'{_scanner.Next}' is not expected");
        }
    }

    private void Expression(int depth)
    {
        CheckDepth(depth);
        Binary(0, depth + 1);
        if (_scanner.Take("?"))
        {
            if (!_scanner.Take(":"))
            {
                Expression(depth + 1);
                _scanner.Need(":");
            }

            Expression(depth + 1);
        }
    }

    private void Binary(int level, int depth)
    {
        if (level == Levels.Length)
        {
            Unary(depth);
            return;
        }

        Binary(level + 1, depth);
        while (_scanner.TakeOperator(Levels[level]))
        {
            Binary(level + 1, depth);
        }
    }

    private void Unary(int depth)
    {
        CheckDepth(depth);
        if (_scanner.Next is '-' or '+' or '!' or '~')
        {
            _scanner.Skip();
            Unary(depth + 1);
            return;
        }

        Primary(depth);
        while (true)
        {
            if (_scanner.Take("["))
            {
                Expression(depth + 1);
                _scanner.Need("]");
            }
            else if (_scanner.Take("."))
            {
                _scanner.Name();
            }
            else
            {
                return;
            }
        }
    }

    private void Primary(int depth)
    {
        var c = _scanner.Next;
        if (c == '(')
        {
            _scanner.Skip();
            Expression(depth + 1);
            _scanner.Need(")");
        }
        else if (c == '{')
        {
            _scanner.Skip();
            Series("}", depth);
        }
        else if (c == '"')
        {
            _scanner.Quoted('"', "string");
        }
        else if (_scanner.IsAtNumber)
        {
            _scanner.Number();
        }
        else if (c == '\'' || c == '_' || char.IsAsciiLetter(c))
        {
            _scanner.Name();
            if (c != '\'' && _scanner.Take("("))
            {
                Series(")", depth);
            }
        }
        else
        {
            throw _scanner.Error(c == '\0' ? "it ends where a value is expected" : $"a value is expected, not '{c}'");
        }
    }

    private void Series(string end, int depth)
    {
        if (_scanner.Take(end))
        {
            return;
        }

        do
        {
            Expression(depth + 1);
        } while (_scanner.Take(","));
        _scanner.Need(end);
    }

    private void CheckDepth(int depth)
    {
        if (depth > Deepest)
        {
            throw _scanner.Error("it is nested too deeply");
        }
    }
}
