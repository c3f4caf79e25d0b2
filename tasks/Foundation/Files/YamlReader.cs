using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.Foundation.Files;

/// <summary>A YAML file that is not valid.</summary>
/// <param name="path">The file.</param>
/// <param name="why">What is wrong with it, without a full stop.</param>
/// <param name="line">The line, or null.</param>
public sealed class DamagedYamlException(string path, string why, int? line = null)
    : OutsourceException(
        $"'{path}' is not valid: "
            + $"{(line is { } number ? string.Create(CultureInfo.InvariantCulture, $"line {number}: ") : "")}{why}. "
            + $"{YamlReader.RemedyFor(path)}"
    )
{
    /// <summary>What is wrong, without file, line and full stop.</summary>
    public string Why { get; } = why;

    /// <summary>The line, from 1, or null.</summary>
    public int? Line { get; } = line;
}

/// <summary>Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed in a file.</summary>
public enum YamlAliases
{
    /// <summary>Our programs do not write them.</summary>
    Refused,

    /// <summary>Operators may write them.</summary>
    Allowed,
}

/// <summary>
/// Reads YAML of operators and of our own. Every exception of the parser becomes one error with the file's name, and no content can make
/// the reader use much time or memory.
/// </summary>
public static class YamlReader
{
    /// <summary>The keys of a file of one document.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="aliases">Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed.</param>
    /// <exception cref="DamagedYamlException">It is not YAML, or not a mapping.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static YamlMap Root(IFileSystem disk, string path, YamlAliases aliases = YamlAliases.Refused) =>
        Sealed(BoundedText.ReadAll(disk, path), path, aliases);

    /// <summary>What is wrong with a file of ours, with what makes it again: a sentence; null: nothing, or there is none.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. One whose seal matches is as it was written, and need not be taken apart.</param>
    public static string? DamageOf(IFileSystem disk, string path)
    {
        try
        {
            if (disk.File.Exists(path) && BoundedText.ReadAll(disk, path) is var text && Seal.YamlHolds(text) != true)
            {
                _ = Sealed(text, path, YamlAliases.Refused);
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DamagedYamlException)
        {
            return error.Message;
        }
    }

    /// <summary>The keys of a text of one document.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it is from.</param>
    /// <param name="aliases">Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed.</param>
    /// <exception cref="DamagedYamlException">It is not YAML, or not a mapping.</exception>
    public static YamlMap RootOf(string text, string path, YamlAliases aliases = YamlAliases.Refused)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new YamlEvents(new Parser(new StringReader(text)), path, aliases));
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? new YamlMap(root)
                : throw new DamagedYamlException(
                    path,
                    stream.Documents.Count == 0 ? "it is empty" : "it is not a document of keys and values"
                );
        }
        catch (YamlException error)
        {
            throw new DamagedYamlException(path, $"it is not YAML ({Short(error.Message)})", Line(error.Start.Line));
        }
        catch (Exception error) when (error is not (OutsourceException or OutOfMemoryException))
        {
            // The parser throws many kinds of exceptions on an incomplete file.
            throw new DamagedYamlException(path, "it is not YAML: it may be incomplete");
        }
    }

    private static YamlMap Sealed(string text, string path, YamlAliases aliases)
    {
        var root = RootOf(text, path, aliases);
        return !text.StartsWith("schema: outsource/", StringComparison.Ordinal) || Seal.YamlHolds(text) != false
            ? root
            : throw new DamagedYamlException(
                path,
                "its seal does not match, so lines of it were lost, doubled or changed since it was written"
            );
    }

    /// <summary>What the operator does about it: a sentence.</summary>
    /// <param name="path">One of ours is in a folder with the name of its workflow.</param>
    public static string RemedyFor(string path)
    {
        var stage = System.IO.Path.GetFileName(path) switch
        {
            "settings.yml" => "LoadConfig",
            "plan.yml" => "PlanChunks",
            "workflow.yml" or "sites.yml" or "transformations.yml" or "replicas.yml" => "WriteWorkflow",
            "planned.yml" or "braindump.yml" => "PegasusPlan",
            "submission.yml" => "PegasusRun",
            _ => null,
        };
        return stage is null
            ? "Correct it, or restore it."
            : $"The stage {stage} writes it: restore it or delete it; for a workflow that is not running, --target={stage} "
                + $"--name={System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path))} "
                + "makes it again.";
    }

    internal static int? Line(long line) => line is > 0 and <= int.MaxValue ? (int)line : null;

    private static string Short(string message)
    {
        var one = message.Split('\n')[0].Trim().TrimEnd('.');
        return one.Length > 200 ? one[..200] + "…" : one;
    }
}
