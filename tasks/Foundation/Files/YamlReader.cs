using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Outsource.Foundation.Files;

/// <summary>A YAML file that cannot be understood.</summary>
/// <param name="path">The file.</param>
/// <param name="why">What is wrong with it, without a full stop.</param>
/// <param name="line">The line, or null.</param>
public sealed class DamagedYamlException(string path, string why, int? line = null)
    : OutsourceException(
        $"'{path}' cannot be understood: "
            + $"{(line is { } number ? string.Create(CultureInfo.InvariantCulture, $"line {number}: ") : "")}{why}. "
            + $"{YamlReader.CureOf(path)}"
    )
{
    /// <summary>What is wrong, without file, line and full stop.</summary>
    public string Why { get; } = why;

    /// <summary>The line, from 1, or null.</summary>
    public int? Line { get; } = line;
}

/// <summary>
/// Reads YAML of others and of our own. Whatever the parser throws is one error with the file's name, and nothing that is read takes its
/// time or memory from what is in it.
/// </summary>
public static class YamlReader
{
    /// <summary>Deepest nesting: the parser's own code would run out of stack, which nobody can catch.</summary>
    private const int Deepest = 64;

    /// <summary>The keys of a file of one document.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="aliases">Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed: operators write them, programs do not.</param>
    /// <exception cref="DamagedYamlException">It is not YAML, or holds something else than keys.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static YamlMappingNode Root(IFileSystem disk, string path, bool aliases = false) =>
        Sealed(BoundedText.ReadAll(disk, path), path, aliases);

    /// <summary>The keys of a text of one document.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it is from.</param>
    /// <param name="aliases">Whether <c>&amp;anchor</c> and <c>*alias</c> are allowed.</param>
    /// <exception cref="DamagedYamlException">It is not YAML, or holds something else than keys.</exception>
    public static YamlMappingNode RootOf(string text, string path, bool aliases = false)
    {
        try
        {
            Check(text, path, aliases);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw new DamagedYamlException(
                    path,
                    stream.Documents.Count == 0 ? "it is empty" : "it is no document of keys and values"
                );
        }
        catch (YamlException error)
        {
            throw new DamagedYamlException(path, $"it is not YAML ({Short(error.Message)})", Line(error.Start.Line));
        }
        catch (Exception error) when (error is not (OutsourceException or OutOfMemoryException))
        {
            // The parser knows many ways to fail on a torn file, and says so of few.
            throw new DamagedYamlException(path, "it is not YAML: it was torn, or is half of something");
        }
    }

    private static YamlMappingNode Sealed(string text, string path, bool aliases)
    {
        var root = RootOf(text, path, aliases);
        return !text.StartsWith("schema: outsource/", StringComparison.Ordinal) || Seal.YamlHolds(text) != false
            ? root
            : throw new DamagedYamlException(
                path,
                "its seal does not fit, so lines of it were lost, doubled or changed since it was written"
            );
    }

    /// <summary>What makes a file again, for the operator: a sentence.</summary>
    /// <param name="path">One of ours lies in a folder that is named like its workflow.</param>
    public static string CureOf(string path)
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
            : $"The stage {stage} makes it: restore it or move it away; for a workflow that does not run, --target={stage} "
                + $"--name={System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path))} "
                + "makes it anew.";
    }

    /// <summary>Looks through the events first, which needs no stack: how deep it is, and that every key is a text.</summary>
    private static void Check(string text, string path, bool aliases)
    {
        var parser = new Parser(new StringReader(text));
        var (aliased, tangled) = (false, (int?)null);
        var open = new Stack<(bool Keys, bool AtKey)>();
        while (parser.MoveNext())
        {
            var happened = parser.Current!;
            DamagedYamlException Damaged(string why) => new(path, why, Line(happened.Start.Line));
            switch (happened)
            {
                case AnchorAlias when !aliases:
                    throw Damaged("it has an alias, which no program of ours writes");
                case MappingStart or SequenceStart or AnchorAlias when open.TryPeek(out var above) && above is { Keys: true, AtKey: true }:
                    // Whoever allows aliases says for himself which key is no text; but a key of aliases of aliases would be compared for
                    // ever.
                    tangled = aliases ? Line(happened.Start.Line) : throw Damaged("a key of it is no text");
                    break;
                default:
                    break;
            }

            aliased |= happened is AnchorAlias;
            if (aliased && tangled is not null)
            {
                throw new DamagedYamlException(path, "a key of it is no text", tangled);
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
