using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Levels;

namespace Outsource.Operator.Unpack;

/// <summary>The tarballs in an outputs folder.</summary>
/// <param name="Complete">Those with a name of ours, in order of run and name.</param>
/// <param name="Incomplete">Paths of those that were not transferred to their end.</param>
public sealed record FoundTarballs(ImmutableArray<StagedTarball> Complete, ImmutableArray<string> Incomplete);

/// <summary>
/// Finds the tarballs that were staged out, of both plans and of the Python programs: <c>RRRRRR-output-TYPE[-IIII].tar.gz</c>,
/// <c>RRRRRR-TYPE-combined.tar.gz</c>, and <c>RRRRRR-TYPE-HASH…-output[-IIII].tar.gz</c>.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="lower">The data types that are made from a few chunks each: a tarball of them without a number is of a combine job.</param>
public sealed partial class StagedTarballs(IFileSystem disk, IReadOnlySet<string> lower)
{
    public const string Suffix = ".tar.gz";

    /// <summary>Planners put files into folders with numbers (<c>00/00</c>).</summary>
    private const int Deepest = 4;

    /// <summary>Types of the lower levels, as the table that ships with the program lists them.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="dataFolder">The folder of what ships with the program. Absolute.</param>
    public static HashSet<string> LowerTypes(IFileSystem disk, string dataFolder) =>
        new LevelTableReader(disk)
            .Read(Path.Combine(dataFolder, "tables"), null)
            .Detectors.SelectMany(d => d.Lower)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The level of the job that made a file; null: its name is not that of a tarball of results.</summary>
    public TarballLevel? LevelOf(string name) => Name().Match(name) is { Success: true } match ? LevelOf(match) : null;

    /// <summary>Finds them.</summary>
    /// <param name="outputs">The workflow's outputs folder. Absolute.</param>
    public FoundTarballs Find(string outputs)
    {
        var files = disk.Directory.Exists(outputs) ? Files(outputs, Deepest).ToList() : [];
        return new FoundTarballs(
            [
                .. files
                    .Select(Of)
                    .OfType<StagedTarball>()
                    .OrderBy(t => t.Run)
                    .ThenBy(t => t.Name, StringComparer.Ordinal)
                    .ThenBy(t => t.Path, StringComparer.Ordinal),
            ],
            [.. files.Where(f => Partial().IsMatch(Path.GetFileName(f))).Order(StringComparer.Ordinal)]
        );
    }

    /// <summary>The levels that <c>--levels</c> names; all where nothing is typed.</summary>
    /// <exception cref="UsageException">One is no level.</exception>
    public static ImmutableHashSet<TarballLevel> Levels(ImmutableArray<string> typed)
    {
        var all = Enum.GetValues<TarballLevel>();
        var faults = typed.Where(t => !all.Any(l => IsCalled(l, t))).ToList();
        return faults.Count > 0
                ? throw new UsageException([
                    .. faults.Select(t => new Fault(
                        $"--levels={UntrustedText.Brief(t)} is not a level: write one or several of combine, upper and lower."
                    )),
                ])
            : typed.IsEmpty ? [.. all]
            : [.. all.Where(l => typed.Any(t => IsCalled(l, t)))];
    }

    private static bool IsCalled(TarballLevel level, string typed) =>
        string.Equals(level.ToString(), typed, StringComparison.OrdinalIgnoreCase);

    /// <summary>Files of the folder and its subfolders; not the unpacked data, and never through a link.</summary>
    private IEnumerable<string> Files(string folder, int depth) =>
        disk
            .Directory.EnumerateFiles(folder)
            .Concat(
                depth == 0
                    ? []
                    : disk
                        .Directory.EnumerateDirectories(folder)
                        .Where(f => !Path.GetFileName(f).StartsWith("strax_data", StringComparison.Ordinal))
                        .Where(f => !Path.GetFileName(f).StartsWith('.') && disk.DirectoryInfo.New(f).LinkTarget is null)
                        .SelectMany(f => Files(f, depth - 1))
            );

    private StagedTarball? Of(string path)
    {
        var match = Name().Match(Path.GetFileName(path));
        return match.Success
            ? new StagedTarball(
                path,
                int.Parse(match.Groups["run"].ValueSpan, CultureInfo.InvariantCulture),
                LevelOf(match),
                disk.FileInfo.New(path).Length
            )
            : null;
    }

    private TarballLevel LevelOf(Match match) =>
        match.Groups["part"].Success ? TarballLevel.Lower
        : match.Groups["combined"].Success ? TarballLevel.Combine
        : match.Groups["key"] is { Success: true, Value: var key } && lower.Contains(key.Split('-')[0]) ? TarballLevel.Combine
        : TarballLevel.Upper;

    [GeneratedRegex(
        @"\A(?<run>[0-9]{6})-(?:output-[a-z][a-z0-9_]*(?<part>-[0-9]{4,})?|(?<combined>[a-z][a-z0-9_]*-combined)"
            + @"|(?<key>[a-z][A-Za-z0-9_-]*)-output(?<part>-[0-9]{4,})?)\.tar\.gz\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Name();

    /// <summary>Names that transfers give to files while they are not complete.</summary>
    [GeneratedRegex(@"\A\.?[0-9]{6}-.*\.tar\.gz\.?(?:part|partial|tmp|temp|[0-9]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Partial();
}
