using System.Collections.Immutable;
using System.Text.Json;

namespace Outsource.Model.Reconciling;

/// <summary>
/// The chunks that strax metadata names (<c>TYPE-HASH-metadata.json</c>). strax writes no file for a chunk without items, so such a chunk
/// has no file name.
/// </summary>
/// <param name="Files">Name → bytes; null: the metadata does not say.</param>
/// <param name="Fault">Why it is no metadata of complete data, a main clause; null: it is.</param>
public sealed record DataMetadata(ImmutableSortedDictionary<string, long?> Files, string? Fault = null)
{
    /// <summary>Longer metadata is not read. In bytes.</summary>
    public const int Largest = 64 << 20;

    /// <summary>Reads it.</summary>
    /// <param name="json">The file.</param>
    /// <param name="prefix">What the names of its files begin with: <c>TYPE-HASH</c>.</param>
    public static DataMetadata Read(ReadOnlyMemory<byte> json, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("exception", out _)
                ? Faulty("it says that its making failed ('exception')")
                : Read(document.RootElement.GetProperty("chunks"), prefix);
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return Faulty("it is not a JSON object with a list 'chunks'");
        }
    }

    private static DataMetadata Read(JsonElement chunks, string prefix)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, long?>(StringComparer.Ordinal);
        foreach (var chunk in chunks.EnumerateArray())
        {
            if (!chunk.TryGetProperty("filename", out var named))
            {
                if (chunk.GetProperty("n").GetInt64() != 0)
                {
                    return Faulty("a chunk with items has no file");
                }
            }
            else if (named.GetString() is { } name && name.StartsWith(prefix + "-", StringComparison.Ordinal))
            {
                files[name] =
                    chunk.TryGetProperty("filesize", out var size) && size.ValueKind == JsonValueKind.Number ? size.GetInt64() : null;
            }
            else
            {
                return Faulty("a chunk's file is not of this dataset");
            }
        }

        return chunks.GetArrayLength() == 0 ? Faulty("it names no chunks") : new DataMetadata(files.ToImmutable());
    }

    private static DataMetadata Faulty(string why) => new(ImmutableSortedDictionary<string, long?>.Empty, why);
}
