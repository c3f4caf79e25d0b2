using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Outsource.Foundation.Text;

namespace Outsource.Model.Runs;

/// <summary>Reads the <c>data</c> list of a run document.</summary>
/// <param name="pool">The strings that recur.</param>
/// <param name="dataTypes">The types whose entries matter, or null for all; other entries are dropped.</param>
internal sealed class DataEntryReader(NamePool pool, ImmutableHashSet<string>? dataTypes)
{
    /// <summary>The entries. An entry that is not an object makes the list wrong.</summary>
    /// <param name="reader">On the list; behind it afterwards.</param>
    /// <param name="wrong">What is wrong with the list, or null.</param>
    public ImmutableArray<DataEntry> ReadList(ref Utf8JsonReader reader, out string? wrong)
    {
        wrong = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            wrong = $"'data' is {JsonShape.Kind(reader.TokenType)}, expected a list";
            reader.Skip();
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<DataEntry>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                wrong ??= $"an entry of 'data' is {JsonShape.Kind(reader.TokenType)}, expected an object";
                reader.Skip();
                continue;
            }

            if (ReadEntry(ref reader) is { } entry && IsWanted(entry.Type))
            {
                entries.Add(entry);
            }
        }

        return entries.DrainToImmutable();
    }

    /// <summary>An entry without a type never counts; one of a type that is not asked for decides nothing.</summary>
    private bool IsWanted([NotNullWhen(true)] string? type) => type is not null && (dataTypes is null || dataTypes.Contains(type));

    /// <summary>One entry; null where its type, which most often comes first, is one of those that are not wanted.</summary>
    /// <param name="reader">On the object; on its end afterwards.</param>
    public DataEntry? ReadEntry(ref Utf8JsonReader reader)
    {
        string? type = null,
            host = null,
            location = null,
            did = null,
            status = null;
        double? size = null;
        long? files = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = ReadText(ref reader);
                if (type is not null && !IsWanted(type))
                {
                    SkipRest(ref reader);
                    return null;
                }
            }
            else if (reader.ValueTextEquals("host"u8))
            {
                host = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("location"u8))
            {
                location = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("did"u8))
            {
                did = ReadDid(ref reader);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                status = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("meta"u8))
            {
                reader.Read();
                (size, files) = ReadMeta(ref reader);
            }
            else if (reader.ValueTextEquals("size_mb"u8))
            {
                size = ExtendedJson.ReadAmount(ref reader);
            }
            else if (reader.ValueTextEquals("file_count"u8))
            {
                files = (long?)ExtendedJson.ReadAmount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new DataEntry(type, host, location, did, status, size, files);
    }

    /// <summary>To the end of the entry, whose fields nobody needs.</summary>
    private static void SkipRest(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static (double? Size, long? Files) ReadMeta(ref Utf8JsonReader reader)
    {
        double? size = null;
        long? files = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return (null, null);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("size_mb"u8))
            {
                size = ExtendedJson.ReadAmount(ref reader);
            }
            else if (reader.ValueTextEquals("file_count"u8))
            {
                files = (long?)ExtendedJson.ReadAmount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return (size, files);
    }

    private string? ReadText(ref Utf8JsonReader reader)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            return pool.Get(ref reader);
        }

        reader.Skip();
        return null;
    }

    /// <summary>A DID is of one run: sharing it saves nothing.</summary>
    private static string? ReadDid(ref Utf8JsonReader reader)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }
}
