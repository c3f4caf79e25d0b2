using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Errors;

namespace Outsource.Model.Contexts;

/// <summary>
/// The plugins of a release of straxen, taken for those of a context of which there is no description. It has no hashes.
/// </summary>
public static class AssumedTree
{
    /// <summary>Schema of such a document.</summary>
    public const string Schema = "outsource/tree/1";

    /// <summary>Whether a document is one.</summary>
    public static bool Fits(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("schema", out var schema)
        && schema.ValueKind == JsonValueKind.String
        && schema.ValueEquals(Schema);

    /// <summary>Reads one.</summary>
    /// <param name="text">The document.</param>
    /// <param name="origin">Where it is from.</param>
    /// <param name="context">Name of the context that it is taken for.</param>
    /// <param name="xedocsVersion">Global version of the corrections that was asked for, or null.</param>
    /// <exception cref="UsageException">It is not valid.</exception>
    public static ContextDescription Read(string text, string origin, string context, string? xedocsVersion)
    {
        var faults = new List<Fault>();
        try
        {
            using var json = JsonDocument.Parse(text);
            if (
                Fits(json.RootElement)
                && json.RootElement.TryGetProperty("straxen", out var straxen)
                && straxen.GetString() is { } version
                && new ContextDescriptionReader(origin, faults).ReadTree(json.RootElement) is { } tree
            )
            {
                return new ContextDescription
                {
                    Name = context,
                    XedocsVersion = xedocsVersion,
                    Tag = null,
                    Versions = ImmutableSortedDictionary<string, string>.Empty.Add("straxen", version),
                    Tree = tree,
                    Origin = origin,
                    Assumed = true,
                    Text = text,
                    FirstSeconds = ContextDescriptionReader.FirstSecondsOf(json.RootElement),
                };
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Reported below.
        }

        throw new UsageException(faults.Count > 0 ? faults : [new Fault("this is not the tree of a release.", origin)]);
    }
}
