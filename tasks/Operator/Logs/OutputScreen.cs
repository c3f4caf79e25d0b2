using System.IO.Abstractions;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.Operator.Logs;

/// <summary>Shows the output of a job: above each kind of it stands which it is, and the file.</summary>
/// <param name="disk">The disk.</param>
/// <param name="console">Where to.</param>
/// <param name="most">How many of the last lines of each kind.</param>
public sealed class OutputScreen(IFileSystem disk, IAnsiConsole console, int most)
{
    private string _heading = "";

    /// <summary>Shows the last lines of a file. A very long one is read at its two ends.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool ShowFile(string path)
    {
        var text = new JobText(path);
        return Show(LogText.EndsIfAny(disk, path).Select(text.Take).OfType<(string, string)>(), path);
    }

    /// <summary>Shows the last lines of each kind.</summary>
    /// <param name="lines">All of them.</param>
    /// <param name="path">Where they are from.</param>
    /// <returns>Whether there was anything.</returns>
    public bool Show(IEnumerable<(string Kind, string Line)> lines, string path)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var kinds = new List<(string Kind, Queue<string> Last, int[] Count)>();
        foreach (var (kind, line) in lines)
        {
            var one = kinds.Find(k => k.Kind == kind);
            if (one.Last is null)
            {
                one = (kind, new Queue<string>(), new int[1]);
                kinds.Add(one);
            }

            one.Count[0]++;
            one.Last.Enqueue(line);
            if (one.Last.Count > most)
            {
                _ = one.Last.Dequeue();
            }
        }

        foreach (var (kind, last, count) in kinds)
        {
            Head(kind, path, count[0] > last.Count ? $", the last {last.Count:N0} of {count[0]:N0} lines" : "");
            foreach (var line in last)
            {
                console.Line(line);
            }
        }

        return kinds.Count > 0;
    }

    /// <summary>Shows all lines, as they come.</summary>
    public void ShowNew(IEnumerable<(string Kind, string Line)> lines, string path)
    {
        ArgumentNullException.ThrowIfNull(lines);
        foreach (var (kind, line) in lines)
        {
            Head(kind, path, "");
            console.Line(line);
        }
    }

    private void Head(string kind, string path, string more)
    {
        var heading = $"==> {kind}, {path}";
        if (heading != _heading)
        {
            _heading = heading;
            console.Line(heading + more + " <==");
        }
    }
}
