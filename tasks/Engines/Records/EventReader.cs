using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>
/// Reads HTCondor's job event logs event by event, as bytes. An incomplete event, and text that is not an event, is skipped. After
/// each event that is whole, reading can be continued later from <see cref="End"/>.
/// </summary>
internal sealed class EventReader : IDisposable
{
    /// <summary>Maximum lines of an event, and bytes of them; what is more is skipped.</summary>
    private const int LongestEvent = 1000,
        LargestEvent = 1 << 25;

    private readonly ByteLines _lines;
    private readonly EventTime _time;
    private readonly long _from;
    private readonly long _first;
    private byte[] _body = new byte[1 << 12];
    private byte[] _title = new byte[256];
    private int _length;
    private int _bodyLines;
    private int _titleLength;
    private bool _open;

    /// <param name="disk">The disk.</param>
    /// <param name="path">The log.</param>
    /// <param name="time">Reads its times.</param>
    /// <param name="place">Where to begin: at the beginning, or after a whole event.</param>
    public EventReader(IFileSystem disk, string path, EventTime time, LogPlace place = default)
    {
        (_time, _from, _first) = (time, place.Bytes, place.Lines);
        _lines = BoundedText.Bytes(disk, path, place.Bytes, place.Lines + 1);
        End = place;
    }

    /// <summary>Its kind.</summary>
    public int Number { get; private set; }

    /// <summary>The job's cluster.</summary>
    public int Cluster { get; private set; }

    /// <summary>The job's process.</summary>
    public int Proc { get; private set; }

    /// <summary>When, ticks of UTC.</summary>
    public long At { get; private set; }

    /// <summary>The lines after the first one, without their indent, each ended by a line feed.</summary>
    public ReadOnlySpan<byte> Body => _body.AsSpan(0, _length);

    /// <summary>The rest of the first line.</summary>
    public string Title => Encoding.UTF8.GetString(_title, 0, _titleLength);

    /// <summary>Where the events read so far end.</summary>
    public LogPlace End { get; private set; }

    /// <summary>Whether the last line of the event has its end. It may lack it where the log is being written.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether a time had no year.</summary>
    public bool HasGuessed => _time.HasGuessed;

    /// <summary>Its DAG node: submit events and those of scripts name it. Empty: it names none, or one without a name.</summary>
    /// <param name="name">The node.</param>
    /// <returns>Whether it names one.</returns>
    public bool TryNode(out ReadOnlySpan<byte> name)
    {
        foreach (var line in Body.Split((byte)'\n'))
        {
            if (Body[line].StartsWith("DAG Node: "u8))
            {
                name = ByteText.Trim(Body[line]["DAG Node: ".Length..]);
                return true;
            }
        }

        name = [];
        return false;
    }

    /// <summary>The lines of <see cref="Body"/> as text.</summary>
    public List<string> Lines()
    {
        var lines = new List<string>(_bodyLines);
        for (var rest = Body; rest.Length > 0;)
        {
            var end = rest.IndexOf((byte)'\n');
            lines.Add(Encoding.UTF8.GetString(rest[..end]));
            rest = rest[(end + 1)..];
        }

        return lines;
    }

    /// <summary>Reads the next event.</summary>
    public bool Next()
    {
        while (_lines.Next(out var line))
        {
            if (line.SequenceEqual("..."u8))
            {
                var open = _open;
                _open = false;
                IsWhole = _lines.IsWhole;
                if (IsWhole)
                {
                    End = new LogPlace(_from + _lines.Position, _first + _lines.Count);
                }

                if (open)
                {
                    return true;
                }
            }
            else if (line.Length > 20 && line[3] == (byte)' ' && line[4] == (byte)'(' && Begin(line))
            {
                // A writer that died left its event open; the next event starts here.
                _open = true;
                (_length, _bodyLines) = (0, 0);
            }
            else if (_open && line.Length > 0 && _bodyLines < LongestEvent && _length + line.Length < LargestEvent)
            {
                Keep(ByteText.Trim(line));
            }
        }

        return false;
    }

    public void Dispose() => _lines.Dispose();

    private void Keep(ReadOnlySpan<byte> line)
    {
        if (_length + line.Length >= _body.Length)
        {
            Array.Resize(ref _body, Math.Max(_body.Length * 2, _length + line.Length + 1));
        }

        line.CopyTo(_body.AsSpan(_length));
        _length += line.Length + 1;
        _body[_length - 1] = (byte)'\n';
        _bodyLines++;
    }

    /// <summary>Reads the first line of an event: <c>005 (023.000.000) 2026-11-22 16:32:02 Job terminated.</c></summary>
    private bool Begin(ReadOnlySpan<byte> line)
    {
        var number = ByteText.Number(line[..3]);
        var job = line[5..];
        var dot = job.IndexOf((byte)'.');
        var second = dot < 0 ? -1 : job[(dot + 1)..].IndexOf((byte)'.');
        if (number < 0 || second < 0)
        {
            return false;
        }

        var (cluster, proc) = (ByteText.Number(job[..dot]), ByteText.Number(job.Slice(dot + 1, second)));
        var rest = job[(dot + second + 2)..];
        var digits = ByteText.Digits(rest);
        if (cluster < 0 || proc < 0 || digits == 0 || !rest[digits..].StartsWith(") "u8))
        {
            return false;
        }

        rest = rest[(digits + 2)..];
        if (!_time.TryRead(rest, out var at, out var length))
        {
            return false;
        }

        (Number, Cluster, Proc, At) = (number, cluster, proc, at);
        rest = rest[length..];
        rest = rest.Length > 0 && rest[0] == (byte)' ' ? rest[1..] : rest;
        _titleLength = Math.Min(rest.Length, LargestEvent);
        _title = _titleLength > _title.Length ? new byte[_titleLength] : _title;
        rest[.._titleLength].CopyTo(_title);
        return true;
    }
}

/// <summary>A place in a log, at the beginning of a line.</summary>
/// <param name="Bytes">Before it.</param>
/// <param name="Lines">Before it.</param>
internal readonly record struct LogPlace(long Bytes, long Lines);
