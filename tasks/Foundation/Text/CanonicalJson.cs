using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Outsource.Foundation.Text;

/// <summary>
/// JSON in one form, byte for byte that of Python's <c>json.dumps(…, sort_keys=True, separators=(",", ":"))</c>: so that a digest made by
/// a Python program can be checked. Numbers are taken as they are written.
/// </summary>
public static class CanonicalJson
{
    /// <summary>SHA-256 of an object without some of its own fields, lower-case hexadecimal.</summary>
    /// <param name="root">The object.</param>
    /// <param name="without">The fields.</param>
    public static string Digest(JsonElement root, params IReadOnlyCollection<string> without)
    {
        var text = new StringBuilder();
        WriteObject(text, root.EnumerateObject().Where(p => !without.Contains(p.Name)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text.ToString())));
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, value.EnumerateObject());
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var (at, item) in value.EnumerateArray().Index())
                {
                    _ = at > 0 ? text.Append(',') : text;
                    Write(text, item);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                WriteText(text, value.GetString()!);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void WriteObject(StringBuilder text, IEnumerable<JsonProperty> properties)
    {
        text.Append('{');
        foreach (var (at, property) in properties.OrderBy(p => p.Name, StringComparer.Ordinal).Index())
        {
            _ = at > 0 ? text.Append(',') : text;
            WriteText(text, property.Name);
            text.Append(':');
            Write(text, property.Value);
        }

        text.Append('}');
    }

    private static void WriteText(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                >= ' ' and <= '~' => text.Append(c),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }

        text.Append('"');
    }
}
