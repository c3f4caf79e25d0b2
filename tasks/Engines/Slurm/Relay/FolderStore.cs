using System.IO.Abstractions;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>A staging site that is a folder of this machine (<c>file://</c>).</summary>
/// <param name="disk">The disk.</param>
public sealed class FolderStore(IFileSystem disk) : IGridStore
{
    /// <summary>Links are passed over: they may lead in a circle, or to files of others.</summary>
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    public IReadOnlyList<StoredFile>? List(string address)
    {
        var folder = new Uri(address).LocalPath;
        return disk.Directory.Exists(folder)
            ?
            [
                .. disk
                    .Directory.EnumerateFiles(folder, "*", Below)
                    .Select(f => new StoredFile(Path.GetFileName(f), AddressOf(f), disk.FileInfo.New(f).Length)),
            ]
            : null;
    }

    public void Copy(StoredFile file, string target)
    {
        ArgumentNullException.ThrowIfNull(file);
        disk.File.Copy(new Uri(file.Address).LocalPath, target);
    }

    public string? AdlerOf(StoredFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Adler32.Of(disk, new Uri(file.Address).LocalPath);
    }

    /// <summary>The address of a file; marks that an address reads otherwise are written as numbers.</summary>
    internal static string AddressOf(string path) => "file://" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
