using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>Logs of jobs. One that cannot be read does not stop the command; the message appears where its text would be.</summary>
public static class LogText
{
    /// <summary>
    /// The lines, up to <see cref="BoundedText.LongestLine"/> characters each; none if the file is missing or not readable for us.
    /// </summary>
    public static IEnumerable<string> LinesIfAny(IFileSystem disk, string path) => IfAny(disk, path, BoundedText.Lines);

    /// <summary>The lines; of a very long log those of its beginning and end. None if the file is missing or not readable for us.</summary>
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
