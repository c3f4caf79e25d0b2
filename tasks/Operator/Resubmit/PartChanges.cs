using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.Json.Nodes;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Resubmit;

/// <summary>
/// What each Resubmit changed of the requests of jobs, the first one first: <c>parts.changes</c> in the submit directory of a workflow in
/// parts. Jobs of a part have no submit file until the part is planned; what plans it (<c>plan_part.py</c>) changes theirs then.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="submit">The submit directory of the workflow.</param>
public sealed class PartChanges(IFileSystem disk, SubmitDirectory submit)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "parts.changes";

    private const string Schema = "outsource/part-changes/1";

    /// <summary>Adds those of one Resubmit. Memory and disk change for named runs only: no job of such a part failed.</summary>
    /// <param name="options">Its options.</param>
    /// <exception cref="OutsourceException">The file is damaged.</exception>
    public void Add(ResubmitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var path = submit.In(FileName);
        var all = Read(path);
        all.Add(
            new JsonObject
            {
                ["runs"] = options.Only is { } runs ? new JsonArray([.. runs.Select(r => JsonValue.Create(r))]) : null,
                ["memory_factor"] = Factor(options, options.MemoryFactor),
                ["disk_factor"] = Factor(options, options.DiskFactor),
                ["exclude_sites"] = new JsonArray([.. options.ExcludeSites.Select(s => JsonValue.Create(s))]),
            }
        );
        var document = new JsonObject { ["schema"] = Schema, ["changes"] = all };
        AtomicFile.WriteText(disk, path, document.ToJsonString() + "\n");
    }

    private static string? Factor(ResubmitOptions options, decimal? factor) =>
        options.Only is null ? null : factor?.ToString(CultureInfo.InvariantCulture);

    private JsonArray Read(string path)
    {
        if (!disk.File.Exists(path))
        {
            return [];
        }

        try
        {
            var document = JsonNode.Parse(BoundedText.ReadAll(disk, path)) as JsonObject;
            if (document?["schema"]?.GetValue<string>() == Schema && document["changes"] is JsonArray changes)
            {
                document.Remove("changes");
                return changes;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Said below.
        }

        throw new OutsourceException(
            $"'{path}' is damaged, which has what earlier Resubmits changed of the jobs of parts that are not planned yet. Delete it, and "
                + "pass all of --memory-factor and --exclude-site again."
        );
    }
}
