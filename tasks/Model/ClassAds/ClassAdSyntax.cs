using System.Globalization;

namespace Outsource.Model.ClassAds;

/// <summary>
/// Checks that a text is one ClassAd expression, as HTCondor reads it: a requirement that does not parse is refused by <c>condor_submit</c>
/// only when DAGMan submits the job, hours into the workflow.
/// </summary>
public static class ClassAdSyntax
{
    /// <summary>What is wrong with an expression, or null.</summary>
    public static string? ErrorIn(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        try
        {
            var parser = new Parser(expression);
            parser.Expression(0);
            parser.End();
            return null;
        }
        catch (FormatException fault)
        {
            return fault.Message;
        }
    }

    private sealed class Parser(string text)
    {
        /// <summary>Deep enough for people; the stack holds it.</summary>
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

        private int _at;

        public void Expression(int depth)
        {
            if (depth > Deepest)
            {
                throw Fault("it is nested too deeply");
            }

            Binary(0, depth + 1);
            if (Take("?"))
            {
                if (!Take(":"))
                {
                    Expression(depth + 1);
                    Need(":");
                }

                Expression(depth + 1);
            }
        }

        public void End()
        {
            Blanks();
            if (_at < text.Length)
            {
                throw Fault($"'{text[_at]}' is not expected");
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
            while (TakeOperator(level))
            {
                Binary(level + 1, depth);
            }
        }

        private bool TakeOperator(int level)
        {
            Blanks();
            foreach (var symbol in Levels[level])
            {
                if (string.Compare(text, _at, symbol, 0, symbol.Length, StringComparison.OrdinalIgnoreCase) != 0)
                {
                    continue;
                }

                var next = _at + symbol.Length < text.Length ? text[_at + symbol.Length] : '\0';
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

        private void Unary(int depth)
        {
            if (depth > Deepest)
            {
                throw Fault("it is nested too deeply");
            }

            Blanks();
            if (_at < text.Length && "-+!~".Contains(text[_at], StringComparison.Ordinal))
            {
                _at++;
                Unary(depth + 1);
                return;
            }

            Primary(depth);
            while (true)
            {
                if (Take("["))
                {
                    Expression(depth + 1);
                    Need("]");
                }
                else if (Take("."))
                {
                    Name();
                }
                else
                {
                    return;
                }
            }
        }

        private void Primary(int depth)
        {
            Blanks();
            var c = _at < text.Length ? text[_at] : '\0';
            if (c == '(')
            {
                _at++;
                Expression(depth + 1);
                Need(")");
            }
            else if (c == '{')
            {
                _at++;
                Series("}", depth);
            }
            else if (c == '"')
            {
                Quoted('"', "string");
            }
            else if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
            {
                Number();
            }
            else if (c == '\'' || c == '_' || char.IsAsciiLetter(c))
            {
                Name();
                if (c != '\'' && Take("("))
                {
                    Series(")", depth);
                }
            }
            else
            {
                throw Fault(c == '\0' ? "it ends where a value is expected" : $"'{c}' stands where a value is expected");
            }
        }

        private void Series(string end, int depth)
        {
            if (Take(end))
            {
                return;
            }

            do
            {
                Expression(depth + 1);
            } while (Take(","));
            Need(end);
        }

        private void Name()
        {
            Blanks();
            var start = _at;
            if (_at < text.Length && text[_at] == '\'')
            {
                Quoted('\'', "name");
                return;
            }

            while (_at < text.Length && (text[_at] == '_' || char.IsAsciiLetterOrDigit(text[_at])))
            {
                _at++;
            }

            if (_at == start || char.IsAsciiDigit(text[start]))
            {
                throw Fault("a name is expected");
            }
        }

        private void Quoted(char quote, string what)
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
                throw Fault($"the {what} that begins there has no end");
            }

            _at++;
        }

        private void Number()
        {
            var start = _at;
            if (text[_at] == '0' && _at + 1 < text.Length && text[_at + 1] is 'x' or 'X')
            {
                for (_at += 2; _at < text.Length && char.IsAsciiHexDigit(text[_at]); _at++) { }
            }
            else
            {
                Digits();
                if (_at < text.Length && text[_at] == '.')
                {
                    _at++;
                    Digits();
                }

                if (_at < text.Length && text[_at] is 'e' or 'E')
                {
                    _at++;
                    _at += _at < text.Length && text[_at] is '+' or '-' ? 1 : 0;
                    Digits();
                }

                _at += _at < text.Length && text[_at] is 'B' or 'K' or 'M' or 'G' or 'T' or 'b' or 'k' or 'm' or 'g' or 't' ? 1 : 0;
            }

            if (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at = start;
                throw Fault("what begins there is neither number nor name");
            }
        }

        private void Digits()
        {
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }
        }

        private bool Take(string symbol)
        {
            Blanks();
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0)
            {
                return false;
            }

            _at += symbol.Length;
            return true;
        }

        private void Need(string symbol)
        {
            if (!Take(symbol))
            {
                throw Fault(_at < text.Length ? $"'{symbol}' is expected, not '{text[_at]}'" : $"'{symbol}' is missing at its end");
            }
        }

        private void Blanks()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }

        private FormatException Fault(string what) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{what} (column {Math.Min(_at, text.Length) + 1})"));
    }
}
