using System.Diagnostics;
using System.Globalization;
using Outsource.Foundation.Machine;

namespace Outsource.Build.Hosting;

/// <summary>Where progress is shown.</summary>
/// <param name="Show">Shows a text, or null: nothing is shown.</param>
/// <param name="Ended">Called when the task has ended.</param>
/// <param name="Every">How often to show it.</param>
public sealed record ProgressPlace(Action<ProgressLine, string>? Show, Action<ProgressLine> Ended, TimeSpan Every);

/// <summary>Progress of a long task: count, total, rate and remaining time.</summary>
public sealed class ProgressLine : IProgressDisplay
{
    /// <summary>Time between redraws of a line on a terminal.</summary>
    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);

    /// <summary>Time between lines without a terminal.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private const int WidestBar = 24,
        NarrowestBar = 8;

    private readonly string _what;
    private readonly bool _counted;
    private readonly Action<ProgressLine, string>? _show;
    private readonly Action<ProgressLine> _ended;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Timer? _timer;
    private long _done;
    private long _total = -1;

    private ProgressLine(string what, bool counted, ProgressPlace place)
    {
        _what = what;
        _counted = counted;
        _show = place.Show;
        _ended = place.Ended;
        if (place.Show is not null)
        {
            _timer = new Timer(_ => Draw(), null, place.Every, place.Every);
        }
    }

    /// <summary>Progress with a count.</summary>
    /// <param name="what">What.</param>
    /// <param name="total">How many there will be, or null.</param>
    /// <param name="place">Where it is shown.</param>
    public static ProgressLine Counting(string what, long? total, ProgressPlace place)
    {
        var line = new ProgressLine(what, counted: true, place);
        line.Expect(total ?? -1);
        return line;
    }

    /// <summary>Progress of a wait: only the time is shown.</summary>
    /// <param name="what">What.</param>
    /// <param name="place">Where it is shown.</param>
    public static ProgressLine Waiting(string what, ProgressPlace place) => new(what, counted: false, place);

    public void Advance(long by = 1) => Interlocked.Add(ref _done, by);

    public void Expect(long total) => Interlocked.Exchange(ref _total, total);

    public void Dispose()
    {
        _timer?.Dispose();
        _ended(this);
    }

    /// <summary>The line: <c>12,000 of 60,000 run documents (20 %), 4,000/s, 12 s left</c>.</summary>
    /// <param name="what">What is counted.</param>
    /// <param name="done">How many are done.</param>
    /// <param name="total">How many there are, or negative when unknown.</param>
    /// <param name="elapsed">Since when.</param>
    public static string Text(string what, long done, long total, TimeSpan elapsed)
    {
        var rate = elapsed.TotalSeconds > 0 ? done / elapsed.TotalSeconds : 0;
        var count = total >= 0 ? Invariant($"{done:N0} of {total:N0} {what}") : Invariant($"{done:N0} {what}");
        var share = total > 0 ? Invariant($" ({100.0 * Math.Min(done, total) / total:F0} %)") : "";
        var speed = rate > 0 ? $", {rate.ToString(rate >= 10 ? "N0" : "0.0", CultureInfo.InvariantCulture)}/s" : "";
        var left = rate > 0 && total > done ? $", {Duration((total - done) / rate)} left" : "";
        return count + share + speed + left;
    }

    /// <summary>The text if nothing can be counted: <c>pegasus-plan, 35 s</c>.</summary>
    public static string Text(string what, TimeSpan elapsed) => $"{what}, {Duration(Math.Floor(elapsed.TotalSeconds))}";

    /// <summary>The current bar, or nothing.</summary>
    /// <param name="room">Columns left by the text.</param>
    public string Bar(int room) => _counted ? Bar(Interlocked.Read(ref _done), Interlocked.Read(ref _total), room) : "";

    /// <summary>
    /// The bar: <c>[#####-------------------]</c>; full only if everything is done. Empty without a total or enough columns.
    /// </summary>
    /// <param name="done">How many are done.</param>
    /// <param name="total">How many there are, or negative when unknown.</param>
    /// <param name="room">Columns for it, including brackets and the blank after them.</param>
    public static string Bar(long done, long total, int room)
    {
        var width = Math.Min(WidestBar, room - "[] ".Length);
        if (total <= 0 || width < NarrowestBar)
        {
            return "";
        }

        var full = (int)(width * Math.Clamp(done, 0, total) / total);
        return $"[{new string('#', full)}{new string('-', width - full)}] ";
    }

    private static string Duration(double seconds) =>
        seconds switch
        {
            < 90 => Invariant($"{Math.Ceiling(seconds):F0} s"),
            < 5400 => Invariant($"{seconds / 60:F0} min"),
            _ => Invariant($"{seconds / 3600:F1} h"),
        };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Draw()
    {
        var (done, total, elapsed) = (Interlocked.Read(ref _done), Interlocked.Read(ref _total), Stopwatch.GetElapsedTime(_start));
        _show!(this, _counted ? Text(_what, done, total, elapsed) : Text(_what, elapsed));
    }
}
