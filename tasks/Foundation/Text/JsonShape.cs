using System.Text;
using System.Text.Json;

namespace Outsource.Foundation.Text;

/// <summary>What a JSON value is, for error messages. Nothing of it is quoted: it may contain what was sent.</summary>
public static class JsonShape
{
    /// <summary>Deepest nesting of a document.</summary>
    public const int Deepest = 1000;

    /// <summary>What a value is, for error messages.</summary>
    public static string Kind(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            JsonTokenType.Null => "null",
            _ => "nothing",
        };

    /// <summary>What a value is, for error messages, by its first bytes.</summary>
    public static string KindOf(ReadOnlySpan<byte> json) =>
        json switch
        {
            [(byte)'{', ..] => "an object",
            [(byte)'[', ..] => "a list",
            [(byte)'"', ..] => "a string",
            [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..] => "a number",
            _ when json.StartsWith("true"u8) || json.StartsWith("false"u8) => "a boolean",
            _ when json.StartsWith("null"u8) => "null",
            _ => "nothing",
        };

    /// <summary>What came instead of a JSON object, by its first bytes. Nothing of it is quoted: it may contain what was sent.</summary>
    /// <param name="body">The body's beginning.</param>
    /// <param name="expected">What was expected.</param>
    public static string Otherwise(ReadOnlySpan<byte> body, string expected) =>
        KindOf(body) is "nothing"
            ? Garbage(body, new JsonException(null, null, 0, 0), expected)
            : $"found {KindOf(body)}, expected {expected}";

    /// <summary>What came instead of JSON. Nothing of it is quoted: it may contain what was sent.</summary>
    public static string Garbage(ReadOnlySpan<byte> body, JsonException error, string expected)
    {
        var text = body.TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8);
        if (text.Length > 0 && text[0] == (byte)'<')
        {
            var start = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 200)]);
            var html = start.Contains("html", StringComparison.OrdinalIgnoreCase);
            return $"found {(html ? "an HTML page" : "XML")}, expected {expected}; it may come from a proxy or a login page in between";
        }

        return $"this is not JSON (at byte {error.BytePositionInLine ?? 0} of line {(error.LineNumber ?? 0) + 1}), expected {expected}";
    }
}
