using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>A file at a staging site.</summary>
/// <param name="Name">Its name, without folder.</param>
/// <param name="Address">Its address.</param>
/// <param name="Bytes">Its size.</param>
public sealed record StoredFile(string Name, string Address, long Bytes);

/// <summary>Where the jobs of the grid left their results.</summary>
public interface IGridStore
{
    /// <summary>All files below a folder.</summary>
    /// <exception cref="OutsourceException">The site did not answer.</exception>
    IEnumerable<StoredFile> List(string address);

    /// <summary>Copies a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="target">Where; nothing is there. Absolute.</param>
    /// <exception cref="OutsourceException">It was not copied to its end.</exception>
    void Copy(StoredFile file, string target);
}

/// <summary>A staging site that is a folder of this machine.</summary>
/// <param name="disk">The disk.</param>
public sealed class FolderStore(IFileSystem disk) : IGridStore
{
    public IEnumerable<StoredFile> List(string address)
    {
        var folder = new Uri(address).LocalPath;
        return disk.Directory.Exists(folder)
            ? disk
                .Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(f => new StoredFile(Path.GetFileName(f), new Uri(f).AbsoluteUri, disk.FileInfo.New(f).Length))
            : throw new OutsourceException($"'{folder}' does not exist, so nothing can be fetched from it.");
    }

    public void Copy(StoredFile file, string target)
    {
        ArgumentNullException.ThrowIfNull(file);
        disk.File.Copy(new Uri(file.Address).LocalPath, target);
    }
}

/// <summary>A staging site that the gfal2 programs reach: <c>gsidavs://</c>, <c>davs://</c>, <c>root://</c>.</summary>
/// <param name="programs">Calls them.</param>
public sealed class GfalStore(ISlurmPrograms programs) : IGridStore
{
    /// <summary>Deepest folder: a workflow has two, run folders of the planner within its own.</summary>
    private const int Deepest = 8;

    public IEnumerable<StoredFile> List(string address) => List(address.TrimEnd('/'), 0);

    public void Copy(StoredFile file, string target)
    {
        ArgumentNullException.ThrowIfNull(file);
        var said = programs.Run("gfal-copy", ["-f", "-p", "-t", "7200", "-T", "7200", file.Address, $"file://{target}"]);
        if (said.ExitCode != 0)
        {
            throw new OutsourceException(
                $"gfal-copy of {file.Name} failed: {said.LastWords.TrimEnd('.')}.",
                ExitCodes.OfTool(said.ExitCode)
            );
        }
    }

    private IEnumerable<StoredFile> List(string address, int depth)
    {
        var said = programs.Run("gfal-ls", ["-l", address]);
        if (said.ExitCode != 0)
        {
            throw new OutsourceException(
                $"gfal-ls of '{UntrustedText.Shown(address)}' failed: {said.LastWords.TrimEnd('.')}.",
                ExitCodes.OfTool(said.ExitCode)
            );
        }

        foreach (var line in said.Out)
        {
            // drwxrwxrwx   0 0     0             0 Jul  1 12:00 name
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length < 9 || !long.TryParse(cells[4], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            {
                continue;
            }

            var name = cells[^1].Trim();
            if (name is "." or ".." || name.Contains('/', StringComparison.Ordinal))
            {
                continue;
            }

            if (line.StartsWith('d') && depth < Deepest)
            {
                foreach (var file in List($"{address}/{name}", depth + 1))
                {
                    yield return file;
                }
            }
            else if (line.StartsWith('-'))
            {
                yield return new StoredFile(name, $"{address}/{name}", bytes);
            }
        }
    }
}
