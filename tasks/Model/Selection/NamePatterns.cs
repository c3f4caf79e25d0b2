using System.Collections.Immutable;

namespace Outsource.Model.Selection;

/// <summary>
/// A list of names, as the configuration has them: compared exactly and with case, where <c>*</c> matches any text and <c>?</c> one
/// character.
/// </summary>
public sealed class NamePatterns
{
    private readonly HashSet<string> _plain;
    private readonly ImmutableArray<string> _patterns;

    public NamePatterns(ImmutableArray<string> names)
    {
        Names = names;
        _plain = names.Where(n => !IsPattern(n)).ToHashSet(StringComparer.Ordinal);
        _patterns = [.. names.Where(IsPattern)];
    }

    /// <summary>As written.</summary>
    public ImmutableArray<string> Names { get; }

    public bool IsEmpty => Names.IsEmpty;

    /// <summary>Whether one of them matches the name.</summary>
    public bool Match(string name)
    {
        if (_plain.Contains(name))
        {
            return true;
        }

        foreach (var pattern in _patterns)
        {
            if (Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => string.Join(", ", Names);

    /// <summary>Whether a name holds a wildcard.</summary>
    public static bool IsPattern(string name) => name.AsSpan().ContainsAny('*', '?');

    /// <summary>Whether a pattern matches a name. Takes no longer than the product of both lengths.</summary>
    public static bool Matches(string pattern, string name)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(name);
        int p = 0,
            n = 0,
            star = -1,
            from = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, from) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++from);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
