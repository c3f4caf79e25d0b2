using System.IO.Abstractions;
using System.Text;

namespace Outsource.Foundation.Files;

/// <summary>
/// Text from outside, read within bounds: no line, no small file and no log takes more memory than the limits here, whatever it contains.
/// All text of jobs, DAGMan, HTCondor and artifacts is read with it.
/// </summary>
public static class BoundedText
{
    /// <summary>Longest line of a log, in characters; a longer one is cut.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>
    /// Longest line of a file whose every line counts, in characters: the list of failed nodes in a rescue file is one line.
    /// </summary>
    public const int LongestStatement = 1 << 24;

    /// <summary>Largest small file, in bytes: notes, settings, submit files, certificates.</summary>
    public const long LargestSmallFile = 16 << 20;

    /// <summary>Of a log that is longer than twice this, in bytes, the middle is left out.</summary>
    public const long LogEnd = 16 << 20;

    /// <summary>
    /// Most output that is read of a program, in characters of one stream: the queue of a schedd with 100,000 jobs is a third of it.
    /// </summary>
    public const long MostOfAProgram = 128 << 20;

    /// <summary>Replaces the output of a program that was stopped because it printed more.</summary>
    public const string Overlong = "it printed more than 128 MB and was stopped; its output is not used";

    private static readonly LineReader Log = new(LongestLine, null);

    /// <summary>All of a small file.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="bound">Most bytes it may have.</param>
    /// <exception cref="UnfitFileException">It is not a regular file, or larger than the bound.</exception>
    public static string ReadAll(IFileSystem disk, string path, long bound = LargestSmallFile)
    {
        using var stream = RegularFile.Open(disk, path);
        if (stream.Length > bound)
        {
            throw TooLarge(path, bound);
        }

        // It may grow meanwhile, and files of /proc have no length.
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = new StringBuilder();
        var buffer = new char[1 << 14];
        int read;
        while ((read = reader.Read(buffer, 0, buffer.Length)) > 0)
        {
            _ = text.Append(buffer, 0, read);
            if (text.Length > bound)
            {
                throw TooLarge(path, bound);
            }
        }

        return text.ToString();
    }

    /// <summary>A small file as a whole, as bytes.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="bound">Most bytes it may have.</param>
    /// <exception cref="UnfitFileException">It is not a regular file, or larger than the bound.</exception>
    public static byte[] ReadBytes(IFileSystem disk, string path, long bound = LargestSmallFile)
    {
        using var stream = RegularFile.Open(disk, path);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer, 0, buffer.Length)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > bound)
            {
                throw TooLarge(path, bound);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// All lines of a log; a line longer than <see cref="LongestLine"/> is cut, and ends with an ellipsis. The file may grow, be
    /// renamed or be deleted meanwhile.
    /// </summary>
    /// <exception cref="UnfitFileException">It is not a regular file.</exception>
    public static IEnumerable<string> Lines(IFileSystem disk, string path) => Log.Read(RegularFile.Open(disk, path));

    /// <summary>All lines of a file whose every line counts.</summary>
    /// <exception cref="UnfitFileException">It is not a regular file, or a line is longer than <see cref="LongestStatement"/>: a part of it
    /// would
    /// mean something else.</exception>
    public static IEnumerable<string> Statements(IFileSystem disk, string path) =>
        new LineReader(LongestStatement, OverlongStatement(path)).Read(RegularFile.Open(disk, path));

    /// <summary>All lines of a file whose every line counts, as bytes; here the longest line is as many bytes.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="from">Where to begin, in bytes: the beginning of a line.</param>
    /// <param name="number">Number of the first line there, from 1.</param>
    /// <exception cref="UnfitFileException">It is not a regular file. While it is read: a line is too long.</exception>
    public static ByteLines Bytes(IFileSystem disk, string path, long from = 0, long number = 1)
    {
        var stream = RegularFile.Open(disk, path);
        _ = from > 0 ? stream.Seek(from, SeekOrigin.Begin) : 0;
        return new ByteLines(stream, LongestStatement, OverlongStatement(path)) { Number = number };
    }

    private static Func<long, Exception> OverlongStatement(string path) =>
        number => new UnfitFileException(
            $"line {number} of '{path}' is longer than {LongestStatement >> 20} million characters, so the file is damaged and is not "
                + "used. Restore it, or move it away.",
            $"line {number} is longer than {LongestStatement >> 20} million characters"
        );

    /// <summary>The first line of a file whose every line counts; empty where there is none.</summary>
    /// <exception cref="UnfitFileException">It is not a regular file, or the line is longer than <see
    /// cref="LongestStatement"/>.</exception>
    public static string FirstLine(IFileSystem disk, string path) => Statements(disk, path).FirstOrDefault() ?? "";

    /// <summary>
    /// The lines of a log; of a very long one those of its beginning and its end, with a line between them that says how much is left out.
    /// </summary>
    /// <exception cref="UnfitFileException">It is not a regular file.</exception>
    public static IEnumerable<string> Ends(IFileSystem disk, string path)
    {
        var stream = RegularFile.Open(disk, path);
        var length = stream.Length;
        if (length <= 2 * LogEnd)
        {
            return Log.Read(stream);
        }

        stream.Dispose();
        return Both(disk, path, length);
    }

    /// <summary>All lines of a pipe, cut as those of a log.</summary>
    /// <param name="stream">Is closed at the end.</param>
    public static IEnumerable<string> Lines(Stream stream) => Log.Read(stream);

    /// <summary>The lines in the last <paramref name="bytes"/> bytes; the first one may be incomplete.</summary>
    /// <exception cref="UnfitFileException">It is not a regular file.</exception>
    public static IReadOnlyList<string> Tail(IFileSystem disk, string path, int bytes)
    {
        var stream = RegularFile.Open(disk, path);
        if (stream.Length > bytes)
        {
            stream.Seek(-bytes, SeekOrigin.End);
        }

        return [.. Log.Read(new StreamPart(stream, bytes))];
    }

    private static UnfitFileException TooLarge(string path, long bound) =>
        new(
            $"'{path}' is larger than {bound >> 20} MB, the limit for this file, and is not read. Check what it is, and move it "
                + "away.",
            $"it is larger than {bound >> 20} MB, the limit for this file"
        );

    private static IEnumerable<string> Both(IFileSystem disk, string path, long length)
    {
        foreach (var line in Log.Read(new StreamPart(RegularFile.Open(disk, path), LogEnd)))
        {
            yield return line;
        }

        yield return $"({(length - (2 * LogEnd)) >> 20} MB in the middle of '{path}' are not read: it is longer than "
            + $"{(2 * LogEnd) >> 20} MB)";
        var end = RegularFile.Open(disk, path);
        _ = end.Seek(Math.Max(0, length - LogEnd), SeekOrigin.Begin);
        foreach (var line in Log.Read(new StreamPart(end, LogEnd)))
        {
            yield return line;
        }
    }
}
