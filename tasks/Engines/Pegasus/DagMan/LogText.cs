using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Pegasus.DagMan;

/// <summary>Logs of jobs: what cannot be read of them is told where their words stand, and stops nothing.</summary>
public static class LogText
{
    /// <summary>
    /// The lines, all of them as far as <see cref="BoundedText.LongestLine"/> goes; none where the file is not there (any more) or is not
    /// for us.
    /// </summary>
    public static IEnumerable<string> LinesIfAny(IFileSystem disk, string path) => IfAny(disk, path, BoundedText.Lines);

    /// <summary>
    /// The lines, of a very long log those of its two ends; none where the file is not there (any more) or is not for us.
    /// </summary>
    public static IEnumerable<string> EndsIfAny(IFileSystem disk, string path) => IfAny(disk, path, BoundedText.Ends);

    private static IEnumerable<string> IfAny(IFileSystem disk, string path, Func<IFileSystem, string, IEnumerable<string>> read)
    {
        try
        {
            return disk.File.Exists(path) ? read(disk, path) : [];
        }
        catch (UnfitFileException unfit)
        {
            return [$"({unfit.Message.TrimEnd('.')})"];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
