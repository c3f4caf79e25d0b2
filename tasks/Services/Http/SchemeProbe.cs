using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Outsource.Services.Http;

/// <summary>
/// Finds out whether a service speaks http or https, where it does not speak what its address says. Only what any stranger would send goes
/// there. What was found is kept.
/// </summary>
internal sealed class SchemeProbe : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, bool> _known = [];
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Whether TLS is spoken there. Whose certificate it is does not matter: nothing is told to it.</summary>
    public Task<bool> SpeaksTlsAsync(Uri address, CancellationToken cancel) =>
        KnownAsync(
            "https " + address.Authority,
            address,
            async (stream, ct) =>
            {
#pragma warning disable CA5359 // It is only looked at, and hung up.
                await using var tls = new SslStream(stream, leaveInnerStreamOpen: true, (_, _, _, _) => true);
#pragma warning restore CA5359
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, ct)
                    .ConfigureAwait(false);
                return true;
            },
            cancel
        );

    /// <summary>Whether plain HTTP is spoken there.</summary>
    public Task<bool> SpeaksPlainAsync(Uri address, CancellationToken cancel) =>
        KnownAsync(
            "http " + address.Authority,
            address,
            async (stream, ct) =>
            {
                await stream.WriteAsync("HEAD / HTTP/1.0\r\n\r\n"u8.ToArray(), ct).ConfigureAwait(false);
                var start = new byte[5];
                return await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false)
                        == start.Length
                    && start.AsSpan().SequenceEqual("HTTP/"u8);
            },
            cancel
        );

    public void Dispose() => _one.Dispose();

    private async Task<bool> KnownAsync(string key, Uri address, Func<Stream, CancellationToken, Task<bool>> ask, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (!_known.TryGetValue(key, out var known))
            {
                _known[key] = known = await AskAsync(address, ask, cancel).ConfigureAwait(false);
            }

            return known;
        }
        finally
        {
            _one.Release();
        }
    }

    private static async Task<bool> AskAsync(Uri address, Func<Stream, CancellationToken, Task<bool>> ask, CancellationToken cancel)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(Limit);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(address.DnsSafeHost, address.Port, clock.Token).ConfigureAwait(false);
            await using var stream = socket.GetStream();
            return await ask(stream, clock.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return false;
        }
    }
}
