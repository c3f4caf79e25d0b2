using System.Buffers;

namespace Outsource.Foundation.Files;

/// <summary>
/// <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which Python's <c>json</c> writes and JSON does not allow. They are read as missing
/// numbers.
/// </summary>
internal static class PythonNumbers
{
    private static readonly SearchValues<byte> Interesting = SearchValues.Create("\"NI"u8);

    /// <summary>The JSON with <c>null</c> instead, or null when there are none.</summary>
    public static byte[]? Replaced(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("NaN"u8) < 0 && json.IndexOf("Infinity"u8) < 0)
        {
            return null;
        }

        ArrayBufferWriter<byte>? replaced = null;
        var copied = 0;
        for (var at = 0; Next(json, at) is >= 0 and var found;)
        {
            at = found;
            var length =
                json[at..].StartsWith("NaN"u8) ? 3
                : json[at..].StartsWith("Infinity"u8) ? 8
                : 0;
            if (length == 0)
            {
                at++;
                continue;
            }

            replaced ??= new ArrayBufferWriter<byte>(json.Length + 64);
            var sign = at > 0 && json[at - 1] == '-' ? 1 : 0;
            replaced.Write(json[copied..(at - sign)]);
            replaced.Write("null"u8);
            copied = at += length;
        }

        replaced?.Write(json[copied..]);
        return replaced?.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The place of the next <c>N</c> or <c>I</c> outside strings, or -1. <paramref name="at"/> is outside strings.
    /// </summary>
    private static int Next(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length)
        {
            var found = json[at..].IndexOfAny(Interesting);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (json[at] != '"')
            {
                return at;
            }

            for (at++; at < json.Length && json[at] != '"'; at++)
            {
                var end = json[at..].IndexOfAny((byte)'"', (byte)'\\');
                at =
                    end < 0 ? json.Length
                    : json[at + end] == '"' ? at + end - 1
                    : at + end + 1;
            }

            at++;
        }

        return -1;
    }

    /// <summary>
    /// A stream with something of the same length instead, to be read token by token: an empty text for <c>NaN</c> and <c>Infinity</c>, a
    /// number below zero for <c>-Infinity</c>.
    /// </summary>
    /// <param name="inner">JSON. Disposed with it.</param>
    public sealed class Stream(System.IO.Stream inner) : ReadingStream(inner)
    {
        private bool _inString,
            _escaped;
        private ReadOnlyMemory<byte> _instead;
        private byte _last;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = Inner.Read(buffer);
            Replace(buffer[..read]);
            return read;
        }

        private void Replace(Span<byte> json)
        {
            for (var at = 0; at < json.Length; at++)
            {
                if (_escaped)
                {
                    _escaped = false;
                }
                else if (_inString)
                {
                    var end = json[at..].IndexOfAny((byte)'"', (byte)'\\');
                    if (end < 0)
                    {
                        return;
                    }

                    at += end;
                    _escaped = json[at] == '\\';
                    _inString = _escaped;
                }
                else if (_instead.Length > 0)
                {
                    json[at] = _instead.Span[0];
                    _instead = _instead[1..];
                }
                else
                {
                    var found = json[at..].IndexOfAny(Interesting);
                    if (found < 0)
                    {
                        break;
                    }

                    _last = found > 0 ? json[at + found - 1] : _last;
                    at += found;
                    _inString = json[at] == '"';
                    if (!_inString)
                    {
                        var instead =
                            json[at] == 'N' ? "\"\" "u8
                            : _last == '-' ? "1       "u8
                            : "\"\"      "u8;
                        json[at] = instead[0];
                        _instead = instead[1..].ToArray();
                    }
                }
            }

            _last = json.Length > 0 ? json[^1] : _last;
        }
    }
}
