using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Contexts;

namespace Outsource.Engines.Slurm;

/// <summary>The data that counts as done for a plan by level: its own, and that of the workflow that it continues.</summary>
public static class StoredData
{
    /// <summary>Where to look, and by which hashes.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="generated">Folder of the artifacts. Absolute.</param>
    /// <param name="outputs">The workflow's outputs folder. Absolute.</param>
    /// <exception cref="OutsourceException">The record of the earlier workflow is damaged.</exception>
    public static DoneData Of(IFileSystem disk, string generated, string outputs)
    {
        var description = Description(disk, Path.Combine(generated, LevelContextFile.FileName));
        return new DoneData(disk, [outputs, .. EarlierFile.Read(disk, generated)?.Outputs ?? []])
        {
            PartHash = description is null ? null : (type, start, stop) => PartHash(description, type, start, stop),
        };
    }

    /// <summary>A type belongs to one detector, so to one kind of raw data.</summary>
    private static string? PartHash(ContextDescription description, string type, int start, int stop) =>
        description
            .PartTexts.Keys.Order(StringComparer.Ordinal)
            .Select(root => description.PartHash(root, type, start, stop))
            .FirstOrDefault(hash => hash is not null);

    /// <summary>The context description of the plan; null: there is none that tells hashes, and the lineage of parts is read.</summary>
    private static ContextDescription? Description(IFileSystem disk, string path)
    {
        try
        {
            if (!disk.File.Exists(path))
            {
                return null;
            }

            using var json = JsonDocument.Parse(BoundedText.ReadAll(disk, path, ContextDescription.MostBytes));
            return AssumedTree.Fits(json.RootElement) ? null : new ContextDescriptionReader(path, []).Read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
