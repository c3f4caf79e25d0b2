using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Model.Failures;
using Outsource.Operator.Analyze;

namespace Outsource.Operator.Diagnosis;

/// <summary>At which sites attempts of jobs ended, and how: from the first lines of what PegasusLite left of each.</summary>
/// <param name="disk">The disk.</param>
/// <param name="submit">The submit directory.</param>
public sealed partial class SiteAttempts(IFileSystem disk, SubmitDirectory submit)
{
    /// <summary>Most attempts that are looked at, so that a look at a million jobs ends.</summary>
    public const int MostAttempts = 50_000;

    private const int Head = 4096;

    /// <summary>Counts them. Of jobs that an engine other than Pegasus ran there are none.</summary>
    /// <param name="nodes">All jobs.</param>
    /// <param name="cancel">Cancels it.</param>
    public SiteTally Count(IEnumerable<NodeStatus> nodes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var (tally, left) = (new SiteTally(), MostAttempts);
        foreach (var folder in nodes.Where(n => n.Name.Ours && n.Tries > 0).GroupBy(n => FolderOf(n), StringComparer.Ordinal))
        {
            var done = folder.ToDictionary(n => n.Node.Name, n => n.State == NodeState.Done, StringComparer.Ordinal);
            foreach (var (file, failed) in Ended(folder.Key, done))
            {
                cancel.ThrowIfCancellationRequested();
                if (left-- == 0)
                {
                    return tally;
                }

                if (SiteOf(file) is { } site)
                {
                    tally.Add(site, failed);
                }
            }
        }

        return tally;
    }

    private string FolderOf(NodeStatus node) => Path.GetDirectoryName(submit.In(node.Node.SubmitFile))!;

    /// <summary>The attempts that ended in a folder: all but the last of a job that is done failed.</summary>
    private IEnumerable<(string File, int Failed)> Ended(string folder, Dictionary<string, bool> done)
    {
        var files = disk.Directory.Exists(folder) ? disk.Directory.EnumerateFiles(folder, "*.err.*") : [];
        var attempts = files
            .Select(f => (File: f, Match: Attempt().Match(Path.GetFileName(f))))
            .Where(f => f.Match.Success && done.ContainsKey(f.Match.Groups["node"].Value))
            .GroupBy(f => f.Match.Groups["node"].Value, StringComparer.Ordinal);
        foreach (var node in attempts)
        {
            var last = node.Max(f => Number(f.Match));
            foreach (var (file, match) in node)
            {
                yield return (file, done[node.Key] && Number(match) == last ? 0 : 1);
            }
        }
    }

    private static int Number(Match file) => int.Parse(file.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);

    private string? SiteOf(string file)
    {
        try
        {
            using var stream = disk.FileStream.New(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var buffer = new byte[Head];
            var read = stream.ReadAtLeast(buffer, Head, throwOnEndOfStream: false);
            var lines = Encoding.UTF8.GetString(buffer, 0, read).Split('\n');
            return lines.Select(l => JobRecord.SiteIn(l.TrimEnd())).FirstOrDefault(s => s is not null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then its site is unknown.
            return null;
        }
    }

    [GeneratedRegex(@"^(?<node>.+)\.err\.(?<number>[0-9]{3,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Attempt();
}
