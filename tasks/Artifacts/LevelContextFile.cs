using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>
/// <c>context.json</c>, beside <c>settings.yml</c>: the context description that a plan by level was made with, so that a stage that runs
/// alone has the same one.
/// </summary>
public static class LevelContextFile
{
    public const string FileName = "context.json";

    /// <summary>Types that <c>save_peak_correlation</c> stores whenever they are made.</summary>
    private static readonly ImmutableHashSet<string> PeakCorrelation = ["peak_shadow", "peak_ambience"];

    /// <summary>Writes it, or removes what another plan left.</summary>
    public static void Write(HostEnvironment host, LoadedConfiguration loaded, string folder)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(loaded);
        var path = Path.Combine(folder, FileName);
        if (loaded.Levels is { } levels)
        {
            AtomicFile.WriteText(host.Disk, path, levels.Description.Text.TrimEnd() + "\n");
        }
        else if (host.Disk.File.Exists(path))
        {
            host.Disk.File.Delete(path);
        }
    }

    /// <summary>The levels of a plan whose settings were read; null: it is a plan by type.</summary>
    /// <param name="host">This machine.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="document">The document of the context, with its hashes.</param>
    /// <param name="folder">Folder of the artifacts.</param>
    /// <exception cref="UsageException">The description or the table of levels is not valid.</exception>
    public static LevelContext? Read(HostEnvironment host, OutsourceSettings settings, ContextDocument document, string folder)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(document);
        if (settings.Plan != PlanKind.ByLevel)
        {
            return null;
        }

        var path = Path.Combine(folder, FileName);
        var faults = new List<Fault>();
        ContextDescription? description;
        try
        {
            var text = BoundedText.ReadAll(host.Disk, path, ContextDescription.MostBytes);
            using var json = JsonDocument.Parse(text);
            description = AssumedTree.Fits(json.RootElement)
                ? AssumedTree.Read(text, path, document.Name, document.XedocsVersion)
                : new ContextDescriptionReader(document.Origin, faults).Read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            description = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([
                new Fault(
                    $"it cannot be read ({DiskFault.Why(error)}). Make it again with --target=LoadConfig --name={settings.Name}.",
                    path
                ),
            ]);
        }

        return description is null
            ? throw new UsageException(faults.Count > 0 ? faults : [new Fault("this is not a context description.", path)])
            : Of(settings, With(description, document), Table(host, settings));
    }

    /// <summary>The table of levels.</summary>
    /// <exception cref="UsageException">It is not valid.</exception>
    public static LevelTable Table(HostEnvironment host, OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        return new LevelTableReader(host.Disk).Read(Path.Combine(host.DataFolder, "tables"), settings.TablesFolder);
    }

    /// <summary>The levels for what the settings ask for.</summary>
    public static LevelContext Of(OutsourceSettings settings, ContextDescription description, LevelTable table)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new LevelContext(
            description,
            table,
            new LevelRequest(
                settings.IncludeDataTypes,
                settings.NoPerChunk ? PartLevel.None : PartLevel.Made,
                settings.SavePeakCorrelation ? PeakCorrelation : []
            )
        );
    }

    /// <summary>A built-in tree with the hashes of a document; a description has its own.</summary>
    public static ContextDescription With(ContextDescription description, ContextDocument document)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(document);
        return description.Assumed ? description with { Tree = description.Tree.WithHashes(document.Hashes) } : description;
    }
}
