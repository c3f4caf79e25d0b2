using System.Collections.Immutable;

namespace Outsource.Model.ClassAds;

/// <summary>
/// Evaluates ClassAd expressions as HTCondor does (its <c>src/classad</c>, release 25): of an ad, MY, which may be matched with another,
/// TARGET. A name that MY lacks is looked for in TARGET, as HTCondor's daemons do.
/// </summary>
/// <remarks>
/// Expressions may come from outside: what nests deeper, or takes more steps, than a person's expressions is an error, and so is a regular
/// expression that takes long. An attribute that depends on itself is an error too; so it was in HTCondor until release 24, and 25
/// makes it undefined.
/// </remarks>
public sealed class ClassAdEvaluator
{
    // HTCondor's MAX_CLASSAD_RECURSION; its steps are 10 million, ours end within a second.
    private const int Deepest = 400;
    private const int MostSteps = 1_000_000;

    private readonly ClassAdScope _my;
    private readonly DateTimeOffset _now;
    private readonly HashSet<(ClassAdNode, ClassAdScope)> _underWay = [];
    private ClassAdScope _scope;
    private int _depth;
    private int _steps;
    private bool _gaveUp;

    /// <summary>Prepares to evaluate.</summary>
    /// <param name="my">The ad whose expressions these are: a job's.</param>
    /// <param name="target">The ad that it is matched with, a machine's; null: none, so TARGET is undefined.</param>
    /// <param name="now">The time of <c>time()</c> and CurrentTime.</param>
    public ClassAdEvaluator(ClassAdAttributes my, ClassAdAttributes? target, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(my);
        _my = new(my, null);
        _scope = _my;
        _now = now;
        if (target is not null)
        {
            _my.Target = new(target, null) { Target = _my };
        }
    }

    /// <summary>The value of an expression. Not thread safe.</summary>
    /// <exception cref="FormatException">It does not parse.</exception>
    /// <exception cref="NotSupportedException">It calls a function that HTCondor has and that is not known here.</exception>
    public ClassAdValue Evaluate(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var whole = new ClassAdParser(expression).Whole();
        (_scope, _depth, _steps, _gaveUp) = (_my, 0, 0, false);
        _underWay.Clear();
        var value = Value(whole);
        return _gaveUp ? ClassAdValue.Error : value;
    }

    /// <summary>Seconds since 1970.</summary>
    internal long Now => _now.ToUnixTimeSeconds();

    /// <summary>The value of a part.</summary>
    internal ClassAdValue Value(ClassAdNode node)
    {
        if (_gaveUp || ++_steps > MostSteps || _depth >= Deepest)
        {
            _gaveUp = true;
            return ClassAdValue.Error;
        }

        _depth++;
        var value = node switch
        {
            ClassAdNode.Literal literal => literal.Value,
            ClassAdNode.Attribute { Of: { } of } attribute => AttributeOf(Value(of), attribute.Name),
            ClassAdNode.Attribute attribute => Named(_scope, attribute.Name)
                ?? (_scope.Target is { } target ? Named(target, attribute.Name) : null)
                ?? ClassAdValue.Undefined,
            ClassAdNode.OfRoot attribute => Named(_scope.Root, attribute.Name) ?? ClassAdValue.Undefined,
            ClassAdNode.Prefix prefix => ClassAdOperators.Apply(prefix.By, Value(prefix.Operand)),
            ClassAdNode.Infix infix => Infix(infix),
            ClassAdNode.Choice choice => Choose(Value(choice.Condition), choice.WhenTrue, choice.WhenFalse),
            ClassAdNode.Element element => Element(Value(element.Of), Value(element.Index)),
            ClassAdNode.Call call => ClassAdFunctions.Call(this, call),
            ClassAdNode.Series series => Series(series),
            ClassAdNode.Nested nested => new ClassAdValue.Ad(new ClassAdScope(nested.Attributes, _scope)),
            _ => throw new InvalidOperationException($"A ClassAd expression of type {node.GetType().Name} is not evaluated."),
        };
        _depth--;
        return value;
    }

    /// <summary>One of two values; only that one is evaluated.</summary>
    internal ClassAdValue Choose(ClassAdValue condition, ClassAdNode whenTrue, ClassAdNode whenFalse) =>
        condition.AsCondition is { } decided ? Value(decided ? whenTrue : whenFalse)
        : condition is ClassAdValue.UndefinedValue ? ClassAdValue.Undefined
        : ClassAdValue.Error;

    private ClassAdValue Infix(ClassAdNode.Infix infix)
    {
        var left = Value(infix.Left);
        return infix.By switch
        {
            ClassAdOperator.OrElse => left is ClassAdValue.UndefinedValue ? Value(infix.Right) : left,
            ClassAdOperator.Or or ClassAdOperator.And => (infix.By, left.AsCondition) switch
            {
                (ClassAdOperator.Or, true) => ClassAdValue.Of(true),
                (ClassAdOperator.And, false) => ClassAdValue.Of(false),
                _ when left is ClassAdValue.ErrorValue => left,
                _ => ClassAdOperators.Logical(infix.By, left, Value(infix.Right)),
            },
            _ => ClassAdOperators.Apply(infix.By, left, Value(infix.Right)),
        };
    }

    private ClassAdValue.List Series(ClassAdNode.Series series)
    {
        var items = ImmutableArray.CreateBuilder<ClassAdValue>(series.Items.Length);
        foreach (var item in series.Items)
        {
            items.Add(Value(item));
        }

        return new(items.MoveToImmutable());
    }

    private ClassAdValue Element(ClassAdValue of, ClassAdValue index) =>
        (of, index) switch
        {
            (ClassAdValue.ErrorValue, _) or (_, ClassAdValue.ErrorValue) => ClassAdValue.Error,
            (ClassAdValue.UndefinedValue, _) or (_, ClassAdValue.UndefinedValue) => ClassAdValue.Undefined,
            (ClassAdValue.List list, ClassAdValue.Whole at) => at.Value >= 0 && at.Value < list.Items.Length
                ? list.Items[(int)at.Value]
                : ClassAdValue.Error,
            (ClassAdValue.Ad ad, ClassAdValue.Text name) => ad.Scope.Attributes[name.Value] is { } expression
                ? Within(ad.Scope, expression)
                : ClassAdValue.Undefined,
            _ => ClassAdValue.Error,
        };

    private ClassAdValue AttributeOf(ClassAdValue of, string name) =>
        of switch
        {
            ClassAdValue.Ad ad => Named(ad.Scope, name) ?? ClassAdValue.Undefined,
            ClassAdValue.List list => new ClassAdValue.List([.. list.Items.Select(i => AttributeOf(i, name))]),
            ClassAdValue.UndefinedValue => of,
            _ => ClassAdValue.Error,
        };

    // Null: nothing has that name.
    private ClassAdValue? Named(ClassAdScope scope, string name) =>
        scope.Attributes[name] is { } own ? Within(scope, own)
        : Special(scope, name) is { } special ? special
        : scope.Find(name) is { } found ? Within(found.Of, found.Expression)
        : null;

    private ClassAdValue? Special(ClassAdScope scope, string name) =>
        name.ToUpperInvariant() switch
        {
            "MY" or "SELF" => new ClassAdValue.Ad(scope),
            "TARGET" => scope.Root.Target is { } target ? new ClassAdValue.Ad(target) : ClassAdValue.Undefined,
            "PARENT" => scope.Parent is { } parent ? new ClassAdValue.Ad(parent) : ClassAdValue.Undefined,
            "ROOT" or "TOPLEVEL" => new ClassAdValue.Ad(scope.Root),
            "CURRENTTIME" => ClassAdValue.Of(Now),
            _ => null,
        };

    private ClassAdValue Within(ClassAdScope scope, ClassAdNode expression)
    {
        if (!_underWay.Add((expression, scope)))
        {
            return ClassAdValue.Error;
        }

        var outer = _scope;
        _scope = scope;
        var value = Value(expression);
        _scope = outer;
        _underWay.Remove((expression, scope));
        return value;
    }
}
