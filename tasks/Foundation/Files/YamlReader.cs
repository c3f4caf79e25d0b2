using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
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
    /// <summary>Deepest nesting: with more the parser could run out of stack, which cannot be caught.</summary>
    private const int Deepest = 64;

    private const string NotText = "a key of it is not a text";

    /// <summary>The keys of a file of one document.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="aliases">Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed.</param>
    /// <exception cref="DamagedYamlException">It is not YAML, or not a mapping.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static YamlMap Root(IFileSystem disk, string path, YamlAliases aliases = YamlAliases.Refused) =>
        Sealed(BoundedText.ReadAll(disk, path), path, aliases);

    /// <summary>The keys of a text of one document.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it is from.</param>
    /// <param name="aliases">Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed.</param>
    /// <exception cref="DamagedYamlException">It is not YAML, or not a mapping.</exception>
    public static YamlMap RootOf(string text, string path, YamlAliases aliases = YamlAliases.Refused)
    {
        try
        {
            Check(text, path, aliases);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
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

    /// <summary>Checks the events first, which needs no stack: how deep it is, and that every key is a text.</summary>
    private static void Check(string text, string path, YamlAliases aliases)
    {
        var parser = new Parser(new StringReader(text));
        var (aliased, tangled) = (false, (int?)null);
        var open = new Stack<(bool Keys, bool AtKey)>();
        var size = new YamlSize();
        while (parser.MoveNext())
        {
            var happened = parser.Current!;
            DamagedYamlException Damaged(string why) => new(path, why, Line(happened.Start.Line));
            if (size.IsTooLargeWith(happened))
            {
                throw Damaged(string.Create(CultureInfo.InvariantCulture, $"it has more than {YamlSize.Most:N0} values with its aliases"));
            }

            switch (happened)
            {
                case AnchorAlias when aliases == YamlAliases.Refused:
                    throw Damaged("it has an alias, which is not allowed here");
                case MappingStart or SequenceStart or AnchorAlias when open.TryPeek(out var above) && above is { Keys: true, AtKey: true }:
                    // Where aliases are allowed the caller reports a key that is not a text; but comparing a key of aliases of aliases
                    // would never end.
                    tangled = aliases == YamlAliases.Allowed ? Line(happened.Start.Line) : throw Damaged(NotText);
                    break;
                default:
                    break;
            }

            aliased |= happened is AnchorAlias;
            if (aliased && tangled is not null)
            {
                throw new DamagedYamlException(path, NotText, tangled);
            }

            if (happened is MappingEnd or SequenceEnd)
            {
                _ = open.Pop();
            }
            else if (happened is Scalar or AnchorAlias or MappingStart or SequenceStart && open.TryPop(out var holder))
            {
                open.Push(holder with { AtKey = !holder.AtKey });
            }

            if (happened is MappingStart or SequenceStart)
            {
                open.Push((happened is MappingStart, true));
                if (open.Count > Deepest)
                {
                    throw Damaged($"it is nested deeper than {Deepest}");
                }
            }
        }
    }

    private static int? Line(long line) => line is > 0 and <= int.MaxValue ? (int)line : null;

    private static string Short(string message)
    {
        var one = message.Split('\n')[0].Trim().TrimEnd('.');
        return one.Length > 200 ? one[..200] + "…" : one;
    }
}
