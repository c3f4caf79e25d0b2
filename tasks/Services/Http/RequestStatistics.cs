using System.Collections.Concurrent;
using System.Globalization;
using Outsource.Foundation.Text;

namespace Outsource.Services.Http;

/// <summary>The requests to a service, in numbers: counted from several threads, read at the end.</summary>
public sealed class RequestStatistics
{
    private readonly ConcurrentDictionary<string, long> _slowest = new(StringComparer.Ordinal);
    private long _requests;
    private long _retries;
    private long _bytes;

    /// <summary>Requests sent, repeated ones included.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests that were sent again because the try before failed.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Bytes received in the bodies of answers, after decompression.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The endpoint with the longest single answer, and how long that took; null before the first.</summary>
    public (string Endpoint, TimeSpan Time)? Slowest =>
        _slowest.IsEmpty ? null
        : _slowest.MaxBy(e => e.Value) is var (endpoint, ticks) ? (endpoint, TimeSpan.FromTicks(ticks))
        : null;

    /// <summary>A request begins.</summary>
    internal void Began() => Interlocked.Increment(ref _requests);

    /// <summary>A request is sent again, because the try before has failed.</summary>
    internal void BeganAgain()
    {
        Interlocked.Increment(ref _retries);
        Began();
    }

    internal void Received(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>A request has ended, successful or not.</summary>
    internal void Ended(string endpoint, TimeSpan time) =>
        _slowest.AddOrUpdate(endpoint, time.Ticks, (_, before) => Math.Max(before, time.Ticks));

    /// <summary>For the operator: <c>RunDB: 1,203 requests, 2 retries, 34.1 MB; slowest GET /runs/page/{n}, 1.9 s</c>.</summary>
    public string Summary(string service)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{service}: {Counted.Of(Requests, "request")}, {Counted.Of(Retries, "retry", "retries")}, {Bytes / 1e6:N1} MB"
        );
        return Slowest is var (endpoint, time)
            ? text + string.Create(CultureInfo.InvariantCulture, $"; slowest {endpoint}, {time.TotalSeconds:N1} s")
            : text;
    }
}
