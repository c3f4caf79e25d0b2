using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Engines.Slurm.Programs;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>
/// A staging site that the gfal2 programs reach: <c>gsidavs://</c>, <c>davs://</c>, <c>root://</c>. What they print is that of gfal2-util
/// 1.9.
/// </summary>
/// <param name="programs">Calls them.</param>
public sealed partial class GfalStore(ISlurmPrograms programs) : IGridStore
{
    /// <summary>Deepest folder: a workflow has two, run folders of the planner within its own.</summary>
    private const int Deepest = 8;

    /// <summary>Seconds that one copy may take.</summary>
    private const string Longest = "7200";

    /// <summary>gfal2 ends with the number of the error: ENOENT.</summary>
    private const int NoSuchFile = 2;

    public IReadOnlyList<StoredFile>? List(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var files = new List<StoredFile>();
        var folders = new Queue<(string Address, int Depth)>([(address.TrimEnd('/'), 0)]);
        while (folders.TryDequeue(out var folder))
        {
            // The form of the date must not depend on the age of a file.
            var said = programs.Run("gfal-ls", ["-l", "--time-style", "long-iso", folder.Address]);
            if (said.ExitCode == NoSuchFile && said.LastWords.Contains("No such file", StringComparison.Ordinal))
            {
                if (folder.Depth == 0)
                {
                    return null;
                }

                // It was deleted since the folder above was listed.
                continue;
            }

            if (said.ExitCode != 0)
            {
                throw Failed("gfal-ls", UntrustedText.Shown(folder.Address), said);
            }

            foreach (var entry in said.Out.Select(l => Line().Match(l)).Where(m => m.Success))
            {
                var (name, isFolder) = (entry.Groups["name"].Value, entry.Groups["type"].ValueSpan is "d");
                var child = $"{folder.Address}/{name}";
                if (name is "." or ".." || name.Contains('/', StringComparison.Ordinal))
                {
                    // Of a file that is asked for itself gfal-ls prints the whole address.
                    continue;
                }

                if (isFolder && folder.Depth < Deepest)
                {
                    folders.Enqueue((child, folder.Depth + 1));
                }
                else if (!isFolder && BytesOf(entry) is { } bytes)
                {
                    files.Add(new StoredFile(name, child, bytes));
                }
            }
        }

        return files;
    }

    public void Copy(StoredFile file, string target)
    {
        ArgumentNullException.ThrowIfNull(file);
        var said = programs.Run("gfal-copy", ["-f", "-p", "-t", Longest, "-T", Longest, file.Address, FolderStore.AddressOf(target)]);
        if (said.ExitCode != 0)
        {
            throw Failed("gfal-copy", file.Name, said);
        }
    }

    public string? AdlerOf(StoredFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var said = programs.Run("gfal-sum", [file.Address, "ADLER32"]);
        // A site without checksums answers with an error: then sizes alone tell.
        return said.ExitCode == 0 && said.Out.LastOrDefault(l => l.Trim().Length > 0)?.Trim().Split(' ') is [.., _, var sum]
            ? Adler32.Read(sum)
            : null;
    }

    private static long? BytesOf(Match entry) =>
        long.TryParse(entry.Groups["bytes"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    private static OutsourceException Failed(string program, string what, CommandOutput said) =>
        new(
            $"{program} of {what} failed (exit code {said.ExitCode}): {UntrustedText.Brief(said.LastWords).TrimEnd('.')}. Look "
                + "at the proxy (voms-proxy-info), and whether the site is up."
        );

    /// <summary>Mode, links, user, group, bytes, date, time, name; a tab stands after the name, then what else was asked for.</summary>
    [GeneratedRegex(
        @"\A(?<type>[d-])[rwx-]{9}\s+\d+\s+\d+\s+\d+\s+(?<bytes>\d+)\s+\d{4}-\d\d-\d\d\s+\d\d:\d\d\s(?<name>[^\t]+?)\s*(?:\t.*)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Line();
}
