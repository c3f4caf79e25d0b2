using System.Runtime.InteropServices;
using System.Text.Json;

namespace Outsource.Foundation.Text;

/// <summary>
/// Values that recur in the lines of a file: made once from the same bytes, and shared. Not thread safe.
/// </summary>
/// <param name="make">Makes a value that never changes.</param>
internal sealed class RecurringJson<T>(Func<JsonElement, T> make)
{
    /// <summary>Values held; then it begins anew.</summary>
    private const int Most = 4096;

    /// <summary>What is longer is not held. In bytes.</summary>
    private const int Longest = 4096;

    private readonly Dictionary<int, (byte[] Json, T Value)> _known = [];

    /// <summary>The value.</summary>
    public T Of(JsonElement json)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(json);
        if (bytes.Length > Longest)
        {
            return make(json);
        }

        var hash = new HashCode();
        hash.AddBytes(bytes);
        var key = hash.ToHashCode();
        if (_known.TryGetValue(key, out var known) && bytes.SequenceEqual(known.Json))
        {
            return known.Value;
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var value = make(json);
        _known[key] = (bytes.ToArray(), value);
        return value;
    }
}
