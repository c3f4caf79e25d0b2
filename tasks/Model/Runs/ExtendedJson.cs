using System.Globalization;
using System.Text;
using System.Text.Json;
using Outsource.Foundation.Text;

namespace Outsource.Model.Runs;

/// <summary>Numbers and times, as JSON has them or as MongoDB's extended JSON has them.</summary>
internal static class ExtendedJson
{
    /// <summary>No run has so many MB (1 PB) or files: a greater number says nothing.</summary>
    private const double Absurd = 1e9;

    /// <summary>
    /// A number, or what MongoDB's extended JSON has for one: <c>{"$numberInt": "7157"}</c>, <c>$numberLong</c>, <c>$numberDouble</c>,
    /// <c>$numberDecimal</c>. The reader is behind the value then. Null: it is not a finite number.
    /// </summary>
    /// <param name="reader">On the value.</param>
    public static double? Real(ref Utf8JsonReader reader)
    {
        var value = double.NaN;
        if (reader.TokenType == JsonTokenType.Number)
        {
            _ = reader.TryGetDouble(out value);
            return double.IsFinite(value) ? value : null;
        }

        var extended = IsExtendedNumber(reader);
        if (extended)
        {
            reader.Read();
            reader.Read();
            value = OfExtended(reader);
        }

        reader.Skip();
        while (extended && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            reader.Skip();
        }

        return double.IsFinite(value) ? value : null;
    }

    /// <summary>What stands where <see cref="Real"/> found no number, or not the one that was expected, for errors.</summary>
    /// <param name="reader">On the value.</param>
    public static string Shown(Utf8JsonReader reader)
    {
        if (IsExtendedNumber(reader))
        {
            reader.Read();
            reader.Read();
        }

        return reader.TokenType is JsonTokenType.Number or JsonTokenType.String
            ? $"'{Shortened(Encoding.UTF8.GetString(reader.ValueSpan))}'"
            : JsonShape.Kind(reader.TokenType);
    }

    private static double OfExtended(in Utf8JsonReader reader)
    {
        var value = double.NaN;
        if (reader.TokenType == JsonTokenType.Number)
        {
            _ = reader.TryGetDouble(out value);
            return value;
        }

        return
            reader.TokenType == JsonTokenType.String
            && double.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            ? value
            : double.NaN;
    }

    private static bool IsExtendedNumber(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartObject
        && reader.Read()
        && reader.TokenType == JsonTokenType.PropertyName
        && (
            reader.ValueTextEquals("$numberInt"u8)
            || reader.ValueTextEquals("$numberLong"u8)
            || reader.ValueTextEquals("$numberDouble"u8)
            || reader.ValueTextEquals("$numberDecimal"u8)
        );

    /// <summary>An amount that stands next, 0 to 1e9; null: something else stands there.</summary>
    public static double? ReadAmount(ref Utf8JsonReader reader)
    {
        reader.Read();
        return Real(ref reader) is >= 0 and <= Absurd and var value ? value : null;
    }

    /// <summary>A time: a string, or MongoDB's <c>{"$date": …}</c> with a string or with milliseconds since 1970.</summary>
    public static string? ReadTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        string? time = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                time ??= reader.GetString();
            }
            else if (Real(ref reader) is { } milliseconds)
            {
                time ??= OfMilliseconds(milliseconds);
            }
        }

        return time;
    }

    /// <summary>ISO 8601 of milliseconds since 1970, UTC; null outside the years 1 to 9999.</summary>
    internal static string? OfMilliseconds(double milliseconds)
    {
        if (!(milliseconds is >= -62135596800000 and <= 253402300799999))
        {
            return null;
        }

        var time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        return time.ToString(time.Millisecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
    }

    /// <summary>At most 80 characters.</summary>
    public static string Shortened(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
