using System.Collections;
using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>
/// What DAGMan left when it ended before everything was done (<c>NAME.dag.rescue001</c>); the next run starts from the newest one. It is
/// read when its content is asked for.
/// </summary>
public sealed class RescueFile
{
    private readonly IFileSystem _disk;
    private readonly Lazy<(HashSet<string> Done, HashSet<string> Failed)> _names;

    private RescueFile(IFileSystem disk, string path, int number)
    {
        (_disk, Path, Number) = (disk, path, number);
        _names = new(Names);
    }

    private delegate void Entry(string word, ReadOnlySpan<byte> node, int times);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its number, from 1.</summary>
    public int Number { get; }

    /// <summary>Nodes that are done.</summary>
    public IReadOnlySet<string> Done => _names.Value.Done;

    /// <summary>Nodes that failed.</summary>
    public IReadOnlySet<string> Failed => _names.Value.Failed;

    /// <summary>The newest rescue file of a DAG, or null.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="dag">Path of the DAG file.</param>
    public static RescueFile? Newest(IFileSystem disk, string dag)
    {
        var prefix = System.IO.Path.GetFileName(dag) + ".rescue";
        var newest = disk
            .Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(dag)!, prefix + "*")
            .Select(path => (path, tail: System.IO.Path.GetFileName(path)))
            .Where(f => f.tail.StartsWith(prefix, StringComparison.Ordinal))
            .Select(f =>
                (
                    f.path,
                    number: int.TryParse(f.tail.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0
                )
            )
            .Where(f => f.number > 0)
            .OrderByDescending(f => f.number)
            .FirstOrDefault();
        return newest.path is null ? null : new RescueFile(disk, newest.path, newest.number);
    }

    /// <summary>What it says of the nodes of a DAG.</summary>
    /// <param name="dag">The DAG; its nodes get the retries that the file changes.</param>
    /// <returns>The nodes that are done, and those that failed.</returns>
    internal (BitArray Done, int[] Failed) Mark(DagFile dag)
    {
        var done = new BitArray(dag.Count);
        var failed = new HashSet<int>();
        Read(
            (word, name, times) =>
            {
                if (dag.Names.Find(name) is not (>= 0 and var node))
                {
                    return;
                }

                switch (word)
                {
                    case "DONE":
                        done[node] = true;
                        break;
                    case "FAILED":
                        _ = failed.Add(node);
                        break;
                    default:
                        dag.Plans[node].Retries = times;
                        break;
                }
            }
        );
        return (done, [.. failed.Order()]);
    }

    private (HashSet<string> Done, HashSet<string> Failed) Names()
    {
        var (done, failed) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        Read(
            (word, name, times) =>
            {
                if (word != "RETRY")
                {
                    (word == "DONE" ? done : failed).Add(Encoding.UTF8.GetString(name));
                }
            }
        );
        return (done, failed);
    }

    private void Read(Entry take)
    {
        using var lines = BoundedText.Bytes(_disk, Path);
        for (var listing = false; lines.Next(out var line);)
        {
            var rest = line;
            if (line.StartsWith("# Nodes that failed:"u8))
            {
                listing = true;
            }
            else if (listing && line.StartsWith("#"u8))
            {
                // One long line, or several; the last entry is an end mark.
                ReadFailed(line[1..], take);
            }
            else if (ByteText.Word(ref rest) is { Length: > 0 } word)
            {
                var node = ByteText.Word(ref rest);
                var next = ByteText.Word(ref rest);
                if (word.SequenceEqual("DONE"u8) && node.Length > 0 && next.IsEmpty)
                {
                    take("DONE", node, 0);
                }
                else if (word.SequenceEqual("RETRY"u8) && ByteText.Whole(next) is { } times)
                {
                    take("RETRY", node, times);
                }
            }
        }
    }

    private static void ReadFailed(ReadOnlySpan<byte> names, Entry take)
    {
        foreach (var part in names.Split((byte)','))
        {
            if (ByteText.Trim(names[part]) is { Length: > 0 } name && !name.SequenceEqual("<ENDLIST>"u8))
            {
                take("FAILED", name, 0);
            }
        }
    }
}
