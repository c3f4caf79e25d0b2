using System.Text.Json;
using Outsource.Foundation.Text;

namespace Outsource.Foundation.Files;

/// <summary>One JSON document for a program, on standard output; its schema is in docs/schemas.</summary>
public static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = VisibleJson.Encoder,
    };

    /// <summary>The document, ended by a line feed.</summary>
    public static string Render(object document) => JsonSerializer.Serialize(document, Options) + "\n";
}
