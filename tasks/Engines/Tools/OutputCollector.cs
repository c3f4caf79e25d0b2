using Outsource.Foundation.Files;

namespace Outsource.Engines.Tools;

/// <summary>Collects the lines of a program's two streams, which come from two threads, until both end.</summary>
/// <param name="said">Gets each line as it comes, one at a time; or null.</param>
internal sealed class OutputCollector(Action<string>? said) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _out = [],
        _error = [];
    private readonly CountdownEvent _ends = new(2);

    /// <summary>A line of standard output; null: the stream has ended.</summary>
    public string Out(string? line) => Hear(_out, line);

    /// <summary>A line of standard error; null: the stream has ended.</summary>
    public string Error(string? line) => Hear(_error, line);

    /// <summary>The output. Waits for the ends of both streams, up to the given time.</summary>
    public (IReadOnlyList<string> Out, IReadOnlyList<string> Error) ToTheEnd(TimeSpan grace)
    {
        _ = _ends.Wait(grace);
        lock (_gate)
        {
            return ([.. _out], [.. _error]);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ends.Dispose();
        }
    }

    /// <summary>Whether the output was too long, so that the program was stopped.</summary>
    public bool Overlong { get; private set; }

    private string Hear(List<string> lines, string? line)
    {
        lock (_gate)
        {
            if (line == $"({BoundedText.Overlong})")
            {
                Overlong = true;
                lines.Clear();
            }
            else if (line is not null)
            {
                lines.Add(line);
                said?.Invoke(line);
            }
            else
            {
                try
                {
                    _ = _ends.Signal();
                }
                catch (ObjectDisposedException)
                {
                    // A line arrived after the collector was disposed: a child process kept the pipe open until then.
                }
            }

            return line!;
        }
    }
}
