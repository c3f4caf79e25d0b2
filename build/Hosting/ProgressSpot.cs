using Cake.Core.Diagnostics;

namespace Outsource.Build.Hosting;

/// <summary>
/// Where progress is shown on standard error: one line that is drawn anew on a terminal, a line now and then elsewhere. Two bars would
/// fight for one line: the later one waits for the end of the first.
/// </summary>
/// <param name="error">Standard error.</param>
/// <param name="gate">Held by whoever writes to the screen.</param>
/// <param name="onlookers">Who looks at it.</param>
internal sealed class ProgressSpot(TextWriter error, Lock gate, Onlookers onlookers)
{
    private readonly List<ProgressLine> _lines = [];
    private bool _drawn;

    /// <summary>Begins a line; nothing of it is shown below level normal.</summary>
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

    /// <summary>The line on the terminal, if there is one, makes room for what stays. The gate must be held.</summary>
    public void TakeBack()
    {
        if (_drawn)
        {
            error.Write("\r\e[K");
            _drawn = false;
        }
    }

    /// <summary>A frame may still be on its way when all has ended.</summary>
    private bool IsShown(ProgressLine line) => _lines.Count > 0 && ReferenceEquals(_lines[0], line);

    private void Redraw(ProgressLine line, string text)
    {
        lock (gate)
        {
            if (!IsShown(line))
            {
                return;
            }

            // A line that is longer than the terminal could not be taken back; how long it still takes matters more than the bar.
            var width = Math.Max(20, Terminal.Width() - 1);
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
                error.WriteLine(text);
                error.Flush();
            }
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
