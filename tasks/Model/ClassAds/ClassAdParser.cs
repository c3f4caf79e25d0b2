using System.Collections.Immutable;

namespace Outsource.Model.ClassAds;

/// <summary>The grammar of a ClassAd expression, by recursive descent. Each error is a <see cref="FormatException"/>.</summary>
/// <param name="text">The expression.</param>
internal sealed class ClassAdParser(string text)
{
    /// <summary>Deepest nesting: enough for people, and the stack holds it.</summary>
    private const int Deepest = 200;

    // Binary operators by how tightly they bind, loosest first; longer ones before those that they begin with.
    private static readonly (string Symbol, ClassAdOperator Operator)[][] Levels =
    [
        [("||", ClassAdOperator.Or)],
        [("&&", ClassAdOperator.And)],
        [("|", ClassAdOperator.BitOr)],
        [("^", ClassAdOperator.BitXor)],
        [("&", ClassAdOperator.BitAnd)],
        [
            ("=?=", ClassAdOperator.Is),
            ("=!=", ClassAdOperator.IsNot),
            ("==", ClassAdOperator.Equal),
            ("!=", ClassAdOperator.NotEqual),
            ("isnt", ClassAdOperator.IsNot),
            ("is", ClassAdOperator.Is),
        ],
        [
            ("<=", ClassAdOperator.LessOrEqual),
            (">=", ClassAdOperator.GreaterOrEqual),
            ("<", ClassAdOperator.Less),
            (">", ClassAdOperator.Greater),
        ],
        [(">>>", ClassAdOperator.ShiftRightUnsigned), (">>", ClassAdOperator.ShiftRight), ("<<", ClassAdOperator.ShiftLeft)],
        [("+", ClassAdOperator.Plus), ("-", ClassAdOperator.Minus)],
        [("*", ClassAdOperator.Times), ("/", ClassAdOperator.Divide), ("%", ClassAdOperator.Modulo)],
    ];

    private readonly ClassAdScanner _scanner = new(text);

    /// <summary>The whole text is one expression.</summary>
    public ClassAdNode Whole()
    {
        var whole = Expression(0);
        return _scanner.IsAtEnd ? whole : throw _scanner.Error($"'{_scanner.Next}' is not expected");
    }

    private ClassAdNode Expression(int depth)
    {
        CheckDepth(depth);
        var condition = Binary(0, depth + 1);
        if (!_scanner.Take("?"))
        {
            return condition;
        }

        var whenTrue = Expression(depth + 1);
        _scanner.Need(":");
        return new ClassAdNode.Choice(condition, whenTrue, Expression(depth + 1));
    }

    private ClassAdNode Binary(int level, int depth)
    {
        if (level == Levels.Length)
        {
            return Unary(depth);
        }

        var left = Binary(level + 1, depth);
        while (_scanner.TakeOperator(Levels[level]) is { } by)
        {
            left = new ClassAdNode.Infix(by, left, Binary(level + 1, depth));
        }

        return left;
    }

    private ClassAdNode Unary(int depth)
    {
        CheckDepth(depth);
        ClassAdOperator? prefix = _scanner.Next switch
        {
            '-' when !_scanner.IsAtNumber => ClassAdOperator.Minus,
            '+' => ClassAdOperator.Plus,
            '!' => ClassAdOperator.Not,
            '~' => ClassAdOperator.BitNot,
            _ => null,
        };
        if (prefix is { } by)
        {
            _scanner.Skip();
            return new ClassAdNode.Prefix(by, Unary(depth + 1));
        }

        return Postfix(depth);
    }

    // ?: without anything between binds as tightly as [] and '.' do.
    private ClassAdNode Postfix(int depth)
    {
        CheckDepth(depth);
        var of = Primary(depth);
        while (true)
        {
            if (_scanner.Take("["))
            {
                of = new ClassAdNode.Element(of, Expression(depth + 1));
                _scanner.Need("]");
            }
            else if (_scanner.Take("."))
            {
                of = new ClassAdNode.Attribute(of, _scanner.Name());
            }
            else if (_scanner.TakeOrElse())
            {
                of = new ClassAdNode.Infix(ClassAdOperator.OrElse, of, Postfix(depth + 1));
            }
            else
            {
                return of;
            }
        }
    }

    private ClassAdNode Primary(int depth)
    {
        var c = _scanner.Next;
        if (c == '(')
        {
            _scanner.Skip();
            var inner = Expression(depth + 1);
            _scanner.Need(")");
            return inner;
        }

        if (c == '{')
        {
            _scanner.Skip();
            return new ClassAdNode.Series(Series("}", depth));
        }

        if (c == '[')
        {
            _scanner.Skip();
            return new ClassAdNode.Nested(new ClassAdAttributes(Attributes(depth)));
        }

        return Simple(c, depth);
    }

    private ClassAdNode Simple(char c, int depth)
    {
        if (c == '"')
        {
            return new ClassAdNode.Literal(ClassAdValue.Of(_scanner.Quoted('"', "string")));
        }

        if (_scanner.IsAtNumber)
        {
            return new ClassAdNode.Literal(_scanner.Number());
        }

        if (c == '.')
        {
            _scanner.Skip();
            return new ClassAdNode.OfRoot(_scanner.Name());
        }

        if (c != '\'' && c != '_' && !char.IsAsciiLetter(c))
        {
            throw _scanner.Error(c == '\0' ? "it ends where a value is expected" : $"a value is expected, not '{c}'");
        }

        var name = _scanner.Name();
        if (c != '\'' && Word(name) is { } value)
        {
            return new ClassAdNode.Literal(value);
        }

        return c != '\'' && _scanner.Take("(")
            ? new ClassAdNode.Call(name, Series(")", depth))
            : new ClassAdNode.Attribute(null, name);
    }

    private static ClassAdValue? Word(string name) =>
        name.ToUpperInvariant() switch
        {
            "TRUE" => ClassAdValue.Of(true),
            "FALSE" => ClassAdValue.Of(false),
            "UNDEFINED" => ClassAdValue.Undefined,
            "ERROR" => ClassAdValue.Error,
            _ => null,
        };

    private ImmutableArray<ClassAdNode> Series(string end, int depth)
    {
        if (_scanner.Take(end))
        {
            return [];
        }

        var items = ImmutableArray.CreateBuilder<ClassAdNode>();
        do
        {
            items.Add(Expression(depth + 1));
        } while (_scanner.Take(","));
        _scanner.Need(end);
        return items.ToImmutable();
    }

    private List<(string Name, ClassAdNode Expression)> Attributes(int depth)
    {
        var attributes = new List<(string, ClassAdNode)>();
        while (!_scanner.Take("]"))
        {
            var name = _scanner.Name();
            _scanner.Need("=");
            attributes.Add((name, Expression(depth + 1)));
            if (!_scanner.Take(";"))
            {
                _scanner.Need("]");
                break;
            }
        }

        return attributes;
    }

    private void CheckDepth(int depth)
    {
        if (depth > Deepest)
        {
            throw _scanner.Error("it is nested too deeply");
        }
    }
}
