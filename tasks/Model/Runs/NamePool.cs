using System.Text;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;

namespace Outsource.Model.Runs;

/// <summary>Shares strings that recur: 60,000 runs name the same few dozen types, RSEs and modes some millions of times.</summary>
internal sealed class NamePool
{
    private const int MostBytes = 64;

    private readonly StringPool _pool = new();

    /// <summary>The string value at the reader's position.</summary>
    /// <exception cref="InvalidOperationException">It is not valid UTF-8.</exception>
    public string Get(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped || reader.HasValueSequence || reader.ValueSpan.Length > MostBytes || !Ascii.IsValid(reader.ValueSpan)
            ? reader.GetString()!
            : _pool.GetOrAdd(reader.ValueSpan, Encoding.ASCII);
}
