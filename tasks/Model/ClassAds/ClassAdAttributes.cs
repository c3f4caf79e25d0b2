namespace Outsource.Model.ClassAds;

/// <summary>An ad: attributes by name, whatever their case, each an expression.</summary>
public sealed class ClassAdAttributes
{
    private readonly Dictionary<string, ClassAdNode> _expressions = new(StringComparer.OrdinalIgnoreCase);

    internal ClassAdAttributes(IEnumerable<(string Name, ClassAdNode Expression)> attributes)
    {
        foreach (var (name, expression) in attributes)
        {
            _expressions[name] = expression;
        }
    }

    /// <summary>An ad without attributes.</summary>
    public static ClassAdAttributes None { get; } = new([]);

    /// <summary>The ad of these attributes: <c>["JobStatus"] = "2"</c>, <c>["Owner"] = "\"me\""</c>.</summary>
    /// <exception cref="FormatException">An expression does not parse; the message names its attribute.</exception>
    public static ClassAdAttributes Of(IReadOnlyDictionary<string, string> expressions)
    {
        ArgumentNullException.ThrowIfNull(expressions);
        return new(expressions.Select(e => (e.Key, Parsed(e.Key, e.Value))));
    }

    internal IEnumerable<string> Names => _expressions.Keys;

    internal int Count => _expressions.Count;

    internal ClassAdNode? this[string name] => _expressions.GetValueOrDefault(name);

    private static ClassAdNode Parsed(string name, string expression)
    {
        try
        {
            return new ClassAdParser(expression).Whole();
        }
        catch (FormatException error)
        {
            throw new FormatException($"Attribute {name} is not a ClassAd expression: {error.Message}.", error);
        }
    }
}
