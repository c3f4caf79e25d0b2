using System.IO.Abstractions;
using System.Text;

namespace Outsource.DagMan;

/// <summary>Text files that somebody else is writing, read as streams.</summary>
public static class LogText
{
    /// <summary>All lines. The file may grow, be renamed or be deleted meanwhile.</summary>
    public static IEnumerable<string> Lines(IFileSystem disk, string path) => Lines(Open(disk, path));

    /// <summary>All lines; none where the file is not there (any more) or is not for us.</summary>
    public static IEnumerable<string> LinesIfAny(IFileSystem disk, string path)
    {
        try
        {
            return disk.File.Exists(path) ? Lines(Open(disk, path)) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Lines(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1 << 16);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The lines of the last <paramref name="bytes"/> bytes; the first may be a part of one.</summary>
    public static IReadOnlyList<string> Tail(IFileSystem disk, string path, int bytes)
    {
        using var stream = Open(disk, path);
        if (stream.Length > bytes)
        {
            stream.Seek(-bytes, SeekOrigin.End);
        }

        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    private static FileSystemStream Open(IFileSystem disk, string path) => disk.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
