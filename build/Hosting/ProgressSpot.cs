using Cake.Core.Diagnostics;

namespace Outsource.Build.Hosting;

/// <summary>
/// Shows progress on standard error: one line that is redrawn on a terminal, a new line from time to time elsewhere. Only one bar is shown;
/// a later one waits for the end of the first.
/// </summary>
/// <param name="error">Standard error.</param>
/// <param name="gate">Held by each writer to the screen.</param>
/// <param name="onlookers">Who reads it.</param>
internal sealed class ProgressSpot(TextWriter error, Lock gate, Onlookers onlookers)
{
    private readonly List<ProgressLine> _lines = [];
    private readonly LinkedList<AwaitedAnswer> _awaited = [];
    private bool _drawn;

    /// <summary>Begins a line; nothing is shown below level normal.</summary>
    public ProgressLine Begin(Func<ProgressPlace, ProgressLine> make, Verbosity level)
    {
        lock (gate)
        {
            var line = make(
                new ProgressPlace(
                    level < Verbosity.Normal ? null
                        : onlookers.AtError ? Redraw
                        : Append,
                    Forget,
                    onlookers.AtError ? ProgressLine.Frame : onlookers.Interval
                )
            );
            _lines.Add(line);
            return line;
        }
    }

    /// <summary>Begins to wait for an answer. Dispose ends it.</summary>
    public AwaitedAnswer Await(string what, TimeSpan limit)
    {
        lock (gate)
        {
            var awaited = new AwaitedAnswer(what, limit, Forget);
            _ = _awaited.AddLast(awaited);
            return awaited;
        }
    }

    /// <summary>Removes the line from the terminal, so that other text can be written. The gate must be held.</summary>
    public void TakeBack()
    {
        if (_drawn)
        {
            error.Write("\r\e[K");
            _drawn = false;
        }
    }

    /// <summary>A redraw may still be pending after the end.</summary>
    private bool IsShown(ProgressLine line) => _lines.Count > 0 && ReferenceEquals(_lines[0], line);

    private void Redraw(ProgressLine line, string text)
    {
        lock (gate)
        {
            if (!IsShown(line))
            {
                return;
            }

            // A line longer than the terminal could not be removed; the remaining time is more important than the bar.
            var width = Math.Max(20, Terminal.Width() - 1);
            if (Awaited() is { } awaited)
            {
                // The cause of a long wait is more important than what waits.
                text = $"{text}; {awaited}" is var both && both.Length <= width ? both : awaited;
            }

            text = line.Bar(width - text.Length) + text;
            error.Write($"\r\e[K{(text.Length > width ? text[..width] : text)}");
            error.Flush();
            _drawn = true;
        }
    }

    private void Append(ProgressLine line, string text)
    {
        lock (gate)
        {
            if (IsShown(line))
            {
                error.WriteLine(Awaited() is { } awaited ? $"{text}; {awaited}" : text);
                error.Flush();
            }
        }
    }

    /// <summary>The answer for which the program has waited longest, if that is long.</summary>
    private string? Awaited() => _awaited.First?.Value is { IsLong: true } first ? first.Text : null;

    private void Forget(AwaitedAnswer awaited)
    {
        lock (gate)
        {
            _ = _awaited.Remove(awaited);
        }
    }

    private void Forget(ProgressLine line)
    {
        lock (gate)
        {
            var shown = IsShown(line);
            _ = _lines.Remove(line);
            if (shown)
            {
                TakeBack();
                error.Flush();
            }
        }
    }
}
