using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Outsource.Model.Runs;

namespace Outsource.Services.RunDb;

/// <summary>
/// Rewrites a BSON document as JSON, so that documents of every source are checked by the same reader. It works on the bytes and allocates
/// nothing for a field: there are 60,000 documents with some hundred fields each.
/// </summary>
internal static class BsonText
{
    /// <summary>A MongoDB allows 100 levels, so a deeper document is not from one.</summary>
    private const int Deepest = 200;

    /// <summary>Writes a document.</summary>
    /// <param name="bson">Its bytes, whole.</param>
    /// <param name="json">Where to write.</param>
    /// <exception cref="FormatException">It is not valid BSON.</exception>
    public static void Write(ReadOnlySpan<byte> bson, Utf8JsonWriter json)
    {
        try
        {
            WriteDocument(bson, json, array: false, 0);
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException)
        {
            throw new FormatException("a BSON document is incomplete", error);
        }
    }

    private static void WriteDocument(ReadOnlySpan<byte> bson, Utf8JsonWriter json, bool array, int depth)
    {
        if (depth > Deepest)
        {
            throw new FormatException($"a BSON document is nested deeper than {Deepest}");
        }

        var rest = bson[4..BinaryPrimitives.ReadInt32LittleEndian(bson)];
        if (array)
        {
            json.WriteStartArray();
        }
        else
        {
            json.WriteStartObject();
        }

        while (rest[0] != 0)
        {
            var type = rest[0];
            rest = rest[1..];
            var name = rest[..rest.IndexOf((byte)0)];
            rest = rest[(name.Length + 1)..];
            if (!array)
            {
                json.WritePropertyName(name);
            }

            rest = rest[WriteValue(type, rest, json, depth)..];
        }

        if (array)
        {
            json.WriteEndArray();
        }
        else
        {
            json.WriteEndObject();
        }
    }

    /// <summary>Writes a value, and returns its length in bytes.</summary>
    private static int WriteValue(byte type, ReadOnlySpan<byte> value, Utf8JsonWriter json, int depth)
    {
        switch (type)
        {
            case 0x01:
                WriteReal(BinaryPrimitives.ReadDoubleLittleEndian(value), json);
                return 8;
            case 0x02 or 0x0d or 0x0e:
                var length = BinaryPrimitives.ReadInt32LittleEndian(value);
                json.WriteStringValue(value[4..(4 + length - 1)]);
                return 4 + length;
            case 0x03 or 0x04:
                WriteDocument(value, json, type == 0x04, depth + 1);
                return BinaryPrimitives.ReadInt32LittleEndian(value);
            case 0x07:
                json.WriteStringValue(Convert.ToHexStringLower(value[..12]));
                return 12;
            case 0x08:
                json.WriteBooleanValue(value[0] != 0);
                return 1;
            case 0x09:
                WriteTime(BinaryPrimitives.ReadInt64LittleEndian(value), json);
                return 8;
            case 0x10:
                json.WriteNumberValue(BinaryPrimitives.ReadInt32LittleEndian(value));
                return 4;
            case 0x12:
                json.WriteNumberValue(BinaryPrimitives.ReadInt64LittleEndian(value));
                return 8;
            default:
                json.WriteNullValue();
                return LengthOfOther(type, value);
        }
    }

    /// <summary>The length in bytes of a value that a run or context document does not use; it is written as <c>null</c>.</summary>
    private static int LengthOfOther(byte type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case 0x05:
                return 5 + BinaryPrimitives.ReadInt32LittleEndian(value);
            case 0x06 or 0x0a or 0x7f or 0xff:
                return 0;
            case 0x0b:
                var pattern = value.IndexOf((byte)0) + 1;
                return pattern + value[pattern..].IndexOf((byte)0) + 1;
            case 0x0c:
                return 4 + BinaryPrimitives.ReadInt32LittleEndian(value) + 12;
            case 0x0f:
                return BinaryPrimitives.ReadInt32LittleEndian(value);
            case 0x11:
                return 8;
            case 0x13:
                return 16;
            default:
                throw new FormatException($"BSON type 0x{type:x2} is unknown");
        }
    }

    private static void WriteReal(double real, Utf8JsonWriter json)
    {
        if (double.IsFinite(real))
        {
            json.WriteNumberValue(real);
        }
        else
        {
            // JSON has no such number: a reader that expects one reports a text.
            json.WriteStringValue(real.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteTime(long milliseconds, Utf8JsonWriter json)
    {
        if (ExtendedJson.OfMilliseconds(milliseconds) is { } time)
        {
            json.WriteStringValue(time);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
