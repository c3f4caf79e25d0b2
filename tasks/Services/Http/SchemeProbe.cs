using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Outsource.Services.Http;

/// <summary>
/// Finds out whether a service speaks http or https, where it does not speak what its address says. No data of ours is sent for it. The
/// result is kept.
/// </summary>
/// <param name="proxy">The proxies of the environment: what is behind one is not probed.</param>
internal sealed class SchemeProbe(EnvironmentProxy proxy) : IDisposable
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, bool> _known = [];
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Whether an address says http where TLS is spoken.</summary>
    public async Task<bool> IsTlsBehindAsync(Uri url, CancellationToken cancel) =>
        url.Scheme == "http" && proxy.Describe(url) is null && await SpeaksTlsAsync(url, cancel).ConfigureAwait(false);

    /// <summary>The scheme that is spoken there, if a request failed because the address says the other one; else null.</summary>
    public async Task<string?> OtherSchemeAsync(Exception error, Uri url, CancellationToken cancel)
    {
        var kinds = Kinds(error);
        if (
            (kinds.Contains(HttpRequestError.InvalidResponse) || kinds.Contains(HttpRequestError.ResponseEnded))
            && await IsTlsBehindAsync(url, cancel).ConfigureAwait(false)
        )
        {
            return "https";
        }

        return
            url.Scheme == "https"
            && kinds.Contains(HttpRequestError.SecureConnectionError)
            && proxy.Describe(url) is null
            && await SpeaksPlainAsync(url, cancel).ConfigureAwait(false)
            ? "http"
            : null;
    }

    public void Dispose() => _one.Dispose();

    private static HashSet<HttpRequestError> Kinds(Exception? error)
    {
        var kinds = new HashSet<HttpRequestError>();
        for (; error is not null; error = error.InnerException)
        {
            _ = kinds.Add(
                error is HttpRequestException http ? http.HttpRequestError
                : error is HttpIOException io ? io.HttpRequestError
                : HttpRequestError.Unknown
            );
        }

        return kinds;
    }

    /// <summary>Whether TLS is spoken there. Whose certificate it is does not matter: nothing is sent to it.</summary>
    private Task<bool> SpeaksTlsAsync(Uri address, CancellationToken cancel) =>
        KnownAsync(
            "https " + address.Authority,
            address,
            async (stream, ct) =>
            {
#pragma warning disable CA5359 // The connection is closed after the handshake.
                await using var tls = new SslStream(stream, leaveInnerStreamOpen: true, (_, _, _, _) => true);
#pragma warning restore CA5359
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, ct)
                    .ConfigureAwait(false);
                return true;
            },
            cancel
        );

    /// <summary>Whether plain HTTP is spoken there.</summary>
    private Task<bool> SpeaksPlainAsync(Uri address, CancellationToken cancel) =>
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
        clock.CancelAfter(ProbeTimeout);
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
