using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Logs;

/// <summary>
/// The files of a job's output: <c>NODE.out.000</c> and <c>NODE.err.000</c> of its first try, and so on; without a number while Pegasus has
/// not judged the try.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="submit">The submit directory.</param>
/// <param name="node">The job.</param>
public sealed partial class JobOutput(IFileSystem disk, SubmitDirectory submit, DagNode node)
{
    private readonly string _files = submit.In(Path.ChangeExtension(node.SubmitFile, null));

    public string Job => node.Name;

    /// <summary>The numbers of the tries that left files, compressed ones included.</summary>
    public ImmutableSortedSet<int> Tries()
    {
        var (folder, name) = (Path.GetDirectoryName(_files)!, Path.GetFileName(_files) + ".");
        return
        [
            .. (disk.Directory.Exists(folder) ? disk.Directory.EnumerateFiles(folder) : [])
                .Select(f => Path.GetFileName(f))
                .Where(f => f.StartsWith(name, StringComparison.Ordinal))
                .Select(f => Numbered().Match(f[name.Length..]))
                .Where(m => m.Success)
                .Select(m => int.Parse(m.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Whether the try that has no number yet left anything.</summary>
    public bool HasCurrent => Paths(null).Any(p => disk.File.Exists(p) && disk.FileInfo.New(p).Length > 0);

    /// <summary>Standard output and standard error of a try. Absolute.</summary>
    /// <param name="number">Null: of the one that has no number yet.</param>
    public ImmutableArray<string> Paths(int? number)
    {
        var ending = number is { } one ? string.Create(CultureInfo.InvariantCulture, $".{one:D3}") : "";
        return [$"{_files}.out{ending}", $"{_files}.err{ending}"];
    }

    /// <summary>Why a file cannot be shown, as a sentence; null: it can, or it is missing.</summary>
    public string? Unreadable(string path)
    {
        if (!disk.File.Exists(path))
        {
            return disk.File.Exists(path + ".gz") ? Compressed(path + ".gz") : null;
        }

        try
        {
            using var stream = RegularFile.Open(disk, path);
            return stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b ? Compressed(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be read: {DiskFault.Why(error).TrimEnd('.')}.";
        }
    }

    private static string Compressed(string path) => $"'{path}' is compressed (gzip) and is not shown: 'zless {path}' shows it.";

    [GeneratedRegex(@"^(?:out|err)\.(?<number>[0-9]{3,9})(?:\.gz)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
