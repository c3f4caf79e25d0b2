using System.Diagnostics;
using System.Globalization;
using Outsource.Foundation.Text;

namespace Outsource.Build.Hosting;

/// <summary>An answer of a service that the program waits for. Dispose it when it has come.</summary>
/// <param name="what">Who must answer, and which try it is.</param>
/// <param name="limit">When the program gives up, from now.</param>
/// <param name="ended">Called at the end.</param>
public sealed class AwaitedAnswer(string what, TimeSpan limit, Action<AwaitedAnswer> ended) : IDisposable
{
    /// <summary>A shorter wait is usual, and is not shown.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(3);

    private readonly long _start = Stopwatch.GetTimestamp();

    public bool IsLong => Stopwatch.GetElapsedTime(_start) >= Usual;

    /// <summary>The text now.</summary>
    public string Text => Of(what, limit - Stopwatch.GetElapsedTime(_start));

    /// <summary><c>waiting for RunDB http://rundb.example (try 1 of 3), gives up in 36 s</c>.</summary>
    /// <param name="what">Who must answer.</param>
    /// <param name="left">The time left.</param>
    public static string Of(string what, TimeSpan left) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"waiting for {UntrustedText.Plain(what)}, gives up in {Math.Max(0, Math.Ceiling(left.TotalSeconds)):F0} s"
        );

    public void Dispose() => ended(this);
}
