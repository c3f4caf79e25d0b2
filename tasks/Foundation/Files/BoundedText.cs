using System.IO.Abstractions;
using System.Text;

namespace Outsource.Foundation.Files;

/// <summary>
/// Text that others write, read within bounds: no line, no small file and no log takes more memory than is said here, whatever is in it.
/// All that is read of jobs, DAGMan, HTCondor and artifacts is read through this.
/// </summary>
public static class BoundedText
{
    /// <summary>Longest line of a log, in characters; what is longer is cut.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>
    /// Longest line of a file that is read to be believed, in characters: the list of failed nodes of a rescue file is one line.
    /// </summary>
    public const int LongestStatement = 1 << 24;

    /// <summary>Largest small file, in bytes: notes, settings, submit files, certificates.</summary>
    public const long LargestSmallFile = 16 << 20;

    /// <summary>Of a log that is longer than twice this, in bytes, the middle is left out.</summary>
    public const long LogEnd = 16 << 20;

    /// <summary>
    /// Most that a program is listened to, in characters of one stream: the queue of a schedd with 100,000 jobs is a third of it.
    /// </summary>
    public const long MostOfAProgram = 128 << 20;

    /// <summary>Stands for the words of a program that was ended since it said more.</summary>
    public const string Overlong = "it said more than 128 MB and was ended: none of its words are believed";

    /// <summary>A small file as a whole.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="bound">Most bytes it may have.</param>
    /// <exception cref="UnfitFileException">It is no plain file, or larger than the bound.</exception>
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
    /// <exception cref="UnfitFileException">It is no plain file, or larger than the bound.</exception>
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
    /// All lines of a log; a line that is longer than <see cref="LongestLine"/> is cut, and ends with an ellipsis. The file may grow, be
    /// renamed or be deleted meanwhile.
    /// </summary>
    /// <exception cref="UnfitFileException">It is no plain file.</exception>
    public static IEnumerable<string> Lines(IFileSystem disk, string path) => Lines(RegularFile.Open(disk, path), LongestLine, null);

    /// <summary>All lines of a file whose every line counts.</summary>
    /// <exception cref="UnfitFileException">It is no plain file, or a line is longer than <see cref="LongestStatement"/>: half of it would
    /// say something else.</exception>
    public static IEnumerable<string> Statements(IFileSystem disk, string path) =>
        Lines(
            RegularFile.Open(disk, path),
            LongestStatement,
            number => new UnfitFileException(
                $"line {number} of '{path}' is longer than {LongestStatement >> 20} million characters, so the file is damaged: it is "
                    + "not believed. Restore it, or move it away.",
                $"line {number} is longer than {LongestStatement >> 20} million characters"
            )
        );

    /// <summary>The first line of a file whose every line counts; empty where there is none.</summary>
    /// <exception cref="UnfitFileException">It is no plain file, or the line is longer than <see cref="LongestStatement"/>.</exception>
    public static string FirstLine(IFileSystem disk, string path) => Statements(disk, path).FirstOrDefault() ?? "";

    /// <summary>
    /// The lines of a log; of one that is very long those of its beginning and its end, with a line between them that says how much is left
    /// out.
    /// </summary>
    /// <exception cref="UnfitFileException">It is no plain file.</exception>
    public static IEnumerable<string> Ends(IFileSystem disk, string path)
    {
        var stream = RegularFile.Open(disk, path);
        var length = stream.Length;
        if (length <= 2 * LogEnd)
        {
            return Lines(stream, LongestLine, null);
        }

        stream.Dispose();
        return Both(disk, path, length);
    }

    /// <summary>All lines of a pipe, cut as those of a log.</summary>
    /// <param name="stream">Is closed at the end.</param>
    public static IEnumerable<string> Lines(Stream stream) => Lines(stream, LongestLine, null);

    /// <summary>The lines of the last <paramref name="bytes"/> bytes; the first may be a part of one.</summary>
    /// <exception cref="UnfitFileException">It is no plain file.</exception>
    public static IReadOnlyList<string> Tail(IFileSystem disk, string path, int bytes)
    {
        var stream = RegularFile.Open(disk, path);
        if (stream.Length > bytes)
        {
            stream.Seek(-bytes, SeekOrigin.End);
        }

        return [.. Lines(new Part(stream, bytes), LongestLine, null)];
    }

    private static UnfitFileException TooLarge(string path, long bound) =>
        new(
            $"'{path}' is larger than {bound >> 20} MB, and nothing that belongs there is: it is not read. Look what it is, and move "
                + "it away.",
            $"it is larger than {bound >> 20} MB, and nothing that belongs there is"
        );

    private static IEnumerable<string> Both(IFileSystem disk, string path, long length)
    {
        foreach (var line in Lines(new Part(RegularFile.Open(disk, path), LogEnd), LongestLine, null))
        {
            yield return line;
        }

        yield return $"({(length - (2 * LogEnd)) >> 20} MB in the middle of '{path}' are not read: it is longer than "
            + $"{(2 * LogEnd) >> 20} MB)";
        var end = RegularFile.Open(disk, path);
        _ = end.Seek(Math.Max(0, length - LogEnd), SeekOrigin.Begin);
        foreach (var line in Lines(new Part(end, LogEnd), LongestLine, null))
        {
            yield return line;
        }
    }

    /// <param name="stream">Is closed at the end.</param>
    /// <param name="longest">Of a line, in characters.</param>
    /// <param name="tooLong">Is thrown of a line, whose number it gets, that is longer; null: it is cut.</param>
    private static IEnumerable<string> Lines(Stream stream, int longest, Func<long, Exception>? tooLong)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1 << 16);
        var (buffer, line) = (new char[1 << 14], new StringBuilder());
        var (number, cut, afterReturn) = (1L, false, false);
        int read;
        while ((read = reader.Read(buffer, 0, buffer.Length)) > 0)
        {
            for (var from = 0; from < read;)
            {
                if (afterReturn && buffer[from] == '\n')
                {
                    (from, afterReturn) = (from + 1, false);
                    continue;
                }

                afterReturn = false;
                var length = EndIn(buffer, from, read);
                var room = Math.Min(length, longest - line.Length);
                _ = line.Append(buffer, from, room);
                cut |= room < length;
                if (cut && tooLong is not null)
                {
                    throw tooLong(number);
                }

                from += length;
                if (from < read)
                {
                    afterReturn = buffer[from++] == '\r';
                    number++;
                    yield return Whole(line, ref cut);
                }
            }
        }

        if (line.Length > 0 || cut)
        {
            yield return Whole(line, ref cut);
        }
    }

    private static int EndIn(char[] buffer, int from, int to)
    {
        var at = buffer.AsSpan(from, to - from).IndexOfAny('\n', '\r');
        return at < 0 ? to - from : at;
    }

    private static string Whole(StringBuilder line, ref bool cut)
    {
        var text = cut ? line.Append('…').ToString() : line.ToString();
        _ = line.Clear();
        cut = false;
        return text;
    }

    /// <summary>No more than so many bytes of a stream, however fast it grows.</summary>
    private sealed class Part(Stream inner, long left) : Stream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, (int)Math.Min(count, _left));
            _left -= read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
