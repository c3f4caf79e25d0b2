using System.Text;

namespace Outsource.Foundation.Files;

/// <summary>The lines of a stream within bounds; <c>\n</c>, <c>\r</c> and <c>\r\n</c> end a line.</summary>
/// <param name="longest">Longest line, in characters.</param>
/// <param name="tooLong">Makes the error when a line, whose number it gets, is longer; null: the line is cut.</param>
internal sealed class LineReader(int longest, Func<long, Exception>? tooLong)
{
    /// <param name="stream">Is closed at the end.</param>
    public IEnumerable<string> Read(Stream stream)
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
}
