using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>
/// What DAGMan left when it ended before everything was done (<c>NAME.dag.rescue001</c>); the next run starts from the newest one.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Done">Nodes that are done.</param>
/// <param name="Failed">Nodes that failed.</param>
/// <param name="Retries">Node → retries, where the file changes them.</param>
public sealed record RescueFile(
    string Path,
    int Number,
    IReadOnlySet<string> Done,
    IReadOnlySet<string> Failed,
    IReadOnlyDictionary<string, int> Retries
)
{
    /// <summary>The newest rescue file of a DAG, or null.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="dag">Path of the DAG file.</param>
    public static RescueFile? Newest(IFileSystem disk, string dag)
    {
        var prefix = System.IO.Path.GetFileName(dag) + ".rescue";
        var newest = disk
            .Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(dag)!)
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
        return newest.path is null ? null : Read(disk, newest.path, newest.number);
    }

    private static RescueFile Read(IFileSystem disk, string path, int number)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var retries = new Dictionary<string, int>(StringComparer.Ordinal);
        var listing = false;
        foreach (var line in BoundedText.Statements(disk, path))
        {
            if (line.StartsWith("# Nodes that failed:", StringComparison.Ordinal))
            {
                listing = true;
            }
            else if (listing && line.StartsWith('#'))
            {
                // One long line, or several; the last entry is an end mark.
                failed.UnionWith(
                    line[1..]
                        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                        .Where(n => n != "<ENDLIST>")
                );
            }
            else if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["DONE", var node])
            {
                done.Add(node);
            }
            else if (
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["RETRY", var again, var times, ..]
                && int.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            )
            {
                retries[again] = n;
            }
        }

        return new RescueFile(path, number, done, failed, retries);
    }
}
