using System.Text.Encodings.Web;
using System.Text.Json;

namespace Outsource.Foundation.Text;

/// <summary>Long texts that recur from line to line, escaped once. Not thread safe.</summary>
/// <param name="encoder">How they are escaped.</param>
internal sealed class RecurringTexts(JavaScriptEncoder encoder)
{
    /// <summary>No more are held: texts that do not recur must not fill the memory.</summary>
    private const int Most = 1024;

    private readonly Dictionary<string, JsonEncodedText> _known = new(StringComparer.Ordinal);

    /// <summary>The text as it stands in JSON.</summary>
    public JsonEncodedText Of(string text)
    {
        if (!_known.TryGetValue(text, out var encoded))
        {
            encoded = JsonEncodedText.Encode(text, encoder);
            if (_known.Count < Most)
            {
                _known[text] = encoded;
            }
        }

        return encoded;
    }
}
