using Outsource.Foundation.Files;

namespace Outsource.Engines.Tools;

/// <summary>Gathers the lines of a program's two streams, which come from two threads, until both end.</summary>
/// <param name="said">Is given each line as it comes, one at a time; or null.</param>
internal sealed class OutputCollector(Action<string>? said) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _out = [],
        _error = [];
    private readonly CountdownEvent _ends = new(2);

    /// <summary>A line of standard output; null: there is no more.</summary>
    public string Out(string? line) => Hear(_out, line);

    /// <summary>A line of standard error; null: there is no more.</summary>
    public string Error(string? line) => Hear(_error, line);

    /// <summary>What was said. Waits for the ends of both streams, but no longer than told.</summary>
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

    /// <summary>Whether it said more than anything has to say, so that it was ended.</summary>
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
                    // Whoever held the pipe let go of it after nobody listened any more.
                }
            }

            return line!;
        }
    }
}
