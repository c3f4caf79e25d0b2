using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;

namespace Outsource.Operator.Analyze;

/// <summary>Which attempts of jobs left files. Each folder is listed once: thousands of jobs share one.</summary>
/// <param name="disk">The disk.</param>
public sealed partial class AttemptFiles(IFileSystem disk)
{
    private readonly Dictionary<string, Dictionary<string, int>> _folders = new(StringComparer.Ordinal);

    /// <summary>The newest attempt of a job, or null when none has ended.</summary>
    /// <param name="node">Path of the job's files without their endings.</param>
    public int? Newest(string node)
    {
        var folder = Path.GetDirectoryName(node)!;
        if (!_folders.TryGetValue(folder, out var newest))
        {
            _folders[folder] = newest = List(folder);
        }

        return newest.TryGetValue(Path.GetFileName(node), out var attempt) ? attempt : null;
    }

    private Dictionary<string, int> List(string folder)
    {
        var newest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in disk.Directory.Exists(folder) ? disk.Directory.EnumerateFiles(folder) : [])
        {
            if (Attempt().Match(Path.GetFileName(file)) is { Success: true } match)
            {
                var (node, number) = (
                    match.Groups["node"].Value,
                    int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)
                );
                newest[node] = Math.Max(number, newest.GetValueOrDefault(node));
            }
        }

        return newest;
    }

    [GeneratedRegex(@"^(?<node>.+)\.(?:out|err)\.(?<number>[0-9]{3,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Attempt();
}
