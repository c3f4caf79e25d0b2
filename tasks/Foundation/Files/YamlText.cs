using System.Buffers;
using System.Text;

namespace Outsource.Foundation.Files;

/// <summary>YAML scalars that every reader reads as strings.</summary>
public static class YamlText
{
    /// <summary>Characters that never need escaping, which nearly all texts consist of.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        string.Concat(Enumerable.Range(' ', 0x7f - ' ').Select(c => (char)c).Where(c => c is not ('"' or '\\')))
    );

    /// <summary>A double-quoted scalar: <c>"</c>, <c>\</c> and control characters escaped.</summary>
    public static string Quote(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!value.AsSpan().ContainsAnyExcept(Plain))
        {
            return $"\"{value}\"";
        }

        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"' or '\\':
                    text.Append('\\').Append((char)rune.Value);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case < 0x20 or (>= 0x7f and < 0xa0) or 0x2028 or 0x2029 or 0xfeff or 0xfffe or 0xffff:
                    text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                    break;
                case <= char.MaxValue:
                    text.Append((char)rune.Value);
                    break;
                default:
                    text.Append(rune.ToString());
                    break;
            }
        }

        return text.Append('"').ToString();
    }
}
