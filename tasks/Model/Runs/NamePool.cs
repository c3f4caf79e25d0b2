using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;

namespace Outsource.Model.Runs;

/// <summary>
/// Shares strings that recur: 60,000 runs name the same few dozen types, RSEs and modes some millions of times. Those seen last are found
/// by their bytes, without being decoded.
/// </summary>
internal sealed class NamePool
{
    private const int MostBytes = 64;
    private const int Places = 1024;

    private readonly StringPool _pool = new();
    private readonly (byte[]? Bytes, string Text)[] _seen = new (byte[]?, string)[Places];

    /// <summary>The string value at the reader's position.</summary>
    /// <exception cref="InvalidOperationException">It is not valid UTF-8.</exception>
    public string Get(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || reader.HasValueSequence || reader.ValueSpan.Length > MostBytes)
        {
            return reader.GetString()!;
        }

        var bytes = reader.ValueSpan;
        ref var place = ref _seen[PlaceOf(bytes)];
        if (place.Bytes is { } known && bytes.SequenceEqual(known))
        {
            return place.Text;
        }

        if (!Ascii.IsValid(bytes))
        {
            return reader.GetString()!;
        }

        place = (bytes.ToArray(), _pool.GetOrAdd(bytes, Encoding.ASCII));
        return place.Text;
    }

    /// <summary>By length, beginning and end: names differ in one of them.</summary>
    private static int PlaceOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(uint))
        {
            return bytes.Length;
        }

        var first = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var last = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]);
        return (int)((((first * 31) + last + (uint)bytes.Length) * 2654435769u) >> 22);
    }
}
