using System.Collections.Immutable;
using System.Globalization;

namespace Outsource.Settings.Keys;

/// <summary>Amounts of memory or disk of single data types, in the unit of the setting: the keys <c>memory.TYPE</c>.</summary>
public sealed class TypeAmounts
{
    private readonly ImmutableSortedDictionary<string, long> _amounts;

    private TypeAmounts(ImmutableSortedDictionary<string, long> amounts) => _amounts = amounts;

    public static TypeAmounts None { get; } = new(ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>Data type and amount, as <c>settings.yml</c> has them: <c>peaklets=9000</c>.</summary>
    public ImmutableArray<string> Texts =>
        [.. _amounts.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Key}={a.Value}"))];

    /// <summary>The amount of a data type, or null.</summary>
    public long? Of(string dataType) => _amounts.TryGetValue(dataType, out var amount) ? amount : null;

    /// <summary>The same, with one more.</summary>
    public TypeAmounts With(string dataType, long amount) => new(_amounts.SetItem(dataType, amount));

    /// <summary>Reads <see cref="Texts"/>.</summary>
    /// <exception cref="FormatException">A text is not valid.</exception>
    /// <exception cref="OverflowException">The number is too large.</exception>
    public static TypeAmounts Parse(ImmutableArray<string> texts) =>
        texts.Aggregate(
            None,
            (read, text) =>
                text.Split('=') is [{ Length: > 0 } type, var amount]
                    ? read.With(type, long.Parse(amount, NumberStyles.None, CultureInfo.InvariantCulture))
                    : throw new FormatException($"'{text}' is not TYPE=NUMBER")
        );

    /// <summary>For fingerprints: empty without amounts.</summary>
    public override string ToString() => string.Join(',', Texts);
}
