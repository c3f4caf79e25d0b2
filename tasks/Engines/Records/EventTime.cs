using System.Text;

namespace Outsource.Engines.Records;

/// <summary>The times of a log: most events share their minute, and the rules of a time zone are only asked once for it.</summary>
/// <param name="zone">The submit host's time zone: the log's times are local.</param>
/// <param name="newest">No event is later; gives the year to times of old logs that have none.</param>
internal sealed class EventTime(TimeZoneInfo zone, DateTimeOffset newest)
{
    private const int Usual = 19;

    private long _minute = -1;
    private long _offset;

    /// <summary>Whether a time without year was read: what it means depends on when it is read.</summary>
    public bool HasGuessed { get; private set; }

    /// <summary>Reads the time of an event's first line: <see cref="UserLog.TimeOf"/> is the rule.</summary>
    /// <param name="text">The line from its time on.</param>
    /// <param name="ticks">UTC.</param>
    /// <param name="length">Length of the time.</param>
    /// <returns>Whether the text begins with a time.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, out long ticks, out int length)
    {
        (ticks, length) = (0, 0);
        if (text.Length >= 14 && text[2] == (byte)'/')
        {
            length = 14;
            HasGuessed = true;
            return IsShape(text, "00/00 ::::::::"u8) && Rare(text[..length], out ticks);
        }

        if (text.Length < Usual || !(IsShape(text, "0000-00-00 ::::::::"u8) || IsShape(text, "0000-00-00T::::::::"u8)))
        {
            return false;
        }

        length = LengthOf(text);
        if (!TryPlain(text, out ticks))
        {
            return Rare(text[..length], out ticks);
        }

        if (length == Usual)
        {
            ticks -= OffsetAt(ticks);
            return true;
        }

        // Tenths, hundredths, or milliseconds of UTC, as we write them ourselves.
        if (text[length - 1] == (byte)'Z' && length == Usual + 5)
        {
            ticks += ByteText.Number(text.Slice(Usual + 1, 3)) * TimeSpan.TicksPerMillisecond;
            return true;
        }

        return Rare(text[..length], out ticks);
    }

    private static int LengthOf(ReadOnlySpan<byte> text)
    {
        var length = Usual;
        if (text.Length > length + 1 && text[length] == (byte)'.' && ByteText.Digits(text[(length + 1)..]) is > 0 and var digits)
        {
            length += 1 + digits;
        }

        if (text.Length > length && text[length] == (byte)'Z')
        {
            return length + 1;
        }

        if (text.Length > length && text[length] is (byte)'+' or (byte)'-')
        {
            var zone = text[(length + 1)..];
            var end = zone.IndexOfAnyExceptInRange((byte)'0', (byte)':');
            length += Math.Min(end < 0 ? zone.Length : end, 5) is >= 4 and var offset ? 1 + offset : 0;
        }

        return length;
    }

    /// <param name="text">The text.</param>
    /// <param name="shape">A <c>0</c> is any digit, a <c>:</c> a digit or itself, anything else itself.</param>
    private static bool IsShape(ReadOnlySpan<byte> text, ReadOnlySpan<byte> shape)
    {
        for (var i = 0; i < shape.Length; i++)
        {
            var fits = shape[i] switch
            {
                (byte)'0' => ByteText.IsDigit(text[i]),
                (byte)':' => (uint)(text[i] - '0') <= 10,
                _ => text[i] == shape[i],
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The time without its zone.</summary>
    private static bool TryPlain(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        var (year, month, day) = (Two(text) * 100 + Two(text[2..]), Two(text[5..]), Two(text[8..]));
        var (hour, minute, second) = (Two(text[11..]), Two(text[14..]), Two(text[17..]));
        if (
            text[13] != (byte)':'
            || text[16] != (byte)':'
            || Math.Max(Math.Max(hour - 23, minute - 59), second - 59) > 0
            || (hour | minute | second) < 0
            || year < 1980
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
        )
        {
            return false;
        }

        ticks = new DateTime(year, month, day).Ticks + (((((hour * 60) + minute) * 60) + second) * TimeSpan.TicksPerSecond);
        return true;
    }

    /// <summary>Two digits; negative: they are none.</summary>
    private static int Two(ReadOnlySpan<byte> text) =>
        ByteText.IsDigit(text[0]) && ByteText.IsDigit(text[1]) ? ((text[0] - '0') * 10) + text[1] - '0' : -10_000;

    private long OffsetAt(long local)
    {
        if (local / TimeSpan.TicksPerMinute is var minute && minute != _minute)
        {
            // Clocks are changed at whole minutes.
            (_minute, _offset) = (minute, zone.GetUtcOffset(new DateTime(minute * TimeSpan.TicksPerMinute)).Ticks);
        }

        return _offset;
    }

    private bool Rare(ReadOnlySpan<byte> text, out long ticks)
    {
        var time = UserLog.TimeOf(Encoding.UTF8.GetString(text), zone, newest);
        ticks = time?.UtcTicks ?? 0;
        return time is not null;
    }
}
