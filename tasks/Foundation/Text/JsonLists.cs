using System.Text.Json;

namespace Outsource.Foundation.Text;

/// <summary>Lists in JSON documents.</summary>
public static class JsonLists
{
    /// <summary>Writes a list of texts.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="name">Name of the field.</param>
    /// <param name="texts">The texts.</param>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(texts);
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
