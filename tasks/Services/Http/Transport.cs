using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Flurl.Http;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Services.Http;

/// <summary>A service as its errors name it.</summary>
/// <param name="Name"><c>RunDB</c>, <c>Rucio</c>.</param>
/// <param name="Address">Base of all its URLs. Holds no user and no password.</param>
/// <param name="AddressKey">Where the operator mends the address: <c>rundb_api_url in [RunDB] of /home/x/.xenon_config</c>.</param>
/// <param name="TrustCure">What to do when its certificate is not trusted; a sentence.</param>
public sealed record Service(string Name, Uri Address, string AddressKey, string TrustCure);

/// <summary>A request, as often as it has to be made.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Endpoint">What statistics call it: <c>GET /runs/page/{n}</c>.</param>
/// <param name="Path">Path segments behind the service's address; quoted here. An empty last one makes a slash at the end.</param>
public sealed record ServiceRequest(HttpMethod Method, string Endpoint, params IReadOnlyList<string> Path)
{
    /// <summary>Headers, credentials among them. They go to the service's own address and nowhere else.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Makes the body, anew for every try; null: none.</summary>
    public Func<HttpContent>? Body { get; init; }

    /// <summary>How often it is tried at most; null: as the limits say.</summary>
    public int? Tries { get; init; }

    /// <summary>Statuses beside 200 that the reader wants to see; they are no failure.</summary>
    public IReadOnlySet<HttpStatusCode> Answers { get; init; } = new HashSet<HttpStatusCode>();

    /// <summary>
    /// Most bytes of the answer's body, after decompression: what is longer is no answer to this. Of other statuses than 200 never more
    /// than 1 MB.
    /// </summary>
    public long Largest { get; init; } = 64 << 20;
}

/// <summary>An answer while it is read.</summary>
/// <param name="Status">Its status: 200, or one of <see cref="ServiceRequest.Answers"/>.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body, decompressed, as it comes in; reading more of it than the request allows throws.</param>
/// <param name="Turn">Waits until no other long answer is held.</param>
public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, Stream Body, Func<CancellationToken, Task>? Turn = null)
{
    /// <summary>What is longer is held by one request at a time only. In bytes.</summary>
    public const int Small = 4 << 20;

    /// <summary>To be called before more than <see cref="Small"/> bytes are held; the turn ends when the answer has been read.</summary>
    public Task TakeTurnAsync(CancellationToken cancel) => Turn?.Invoke(cancel) ?? Task.CompletedTask;
}

/// <summary>
/// The way to one service, shared by all who ask it: at most so many requests at once, time-outs, retries (time-outs, 429, 5xx, broken
/// answers), redirects within the same host only, proxies, TLS. Safe to use from several threads.
/// </summary>
public sealed class Transport : IDisposable
{
    private const int MostRedirects = 5;

    /// <summary>
    /// Connections that were found out of step (an answer had a body where none may be) are given up, so often in one request; that is no
    /// try.
    /// </summary>
    private const int MostOutOfStep = 4;

    /// <summary>Nothing that a service says beside an answer is longer. In bytes.</summary>
    private const int LongestRefusal = 1 << 20;

    private readonly Service _service;
    private readonly TransportLimits _limits;
    private readonly EnvironmentProxy _proxy;
    private readonly HttpClient _http;
    private readonly FlurlClient _client;
    private readonly SemaphoreSlim _places;
    private readonly SemaphoreSlim _long = new(1);
    private readonly SchemeProbe _probe = new();

    /// <param name="service">Whom to ask.</param>
    /// <param name="limits">How much, how long, how often.</param>
    /// <param name="proxy">The proxies of the environment.</param>
    /// <param name="tls">Whom to trust and who we are.</param>
    /// <param name="traffic">Where to count; several transports may share one.</param>
    public Transport(
        Service service,
        TransportLimits limits,
        EnvironmentProxy proxy,
        SslClientAuthenticationOptions tls,
        RequestStatistics traffic
    )
    {
        _service = service;
        _limits = limits;
        _proxy = proxy;
        Traffic = traffic;
        _places = new SemaphoreSlim(limits.Parallel);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = limits.Connect,
                MaxConnectionsPerServer = limits.Parallel,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                Proxy = proxy,
                SslOptions = tls,
                UseCookies = false,
                UseProxy = true,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client = new FlurlClient(_http);
        _client.Settings.Timeout = null;
        _client.Settings.CookiesEnabled = false;
    }

    /// <summary>What it has cost so far.</summary>
    public RequestStatistics Traffic { get; }

    /// <summary>Whom it leads to.</summary>
    public Service Service => _service;

    /// <summary>Asks, and reads the answer. The reader runs anew for every try, and must not keep what an earlier one gave it.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="read">Reads the answer; may throw <see cref="WrongShapeException"/> and <see cref="BrokenAnswerException"/>.</param>
    /// <param name="cancel">Ends it at once, pauses included.</param>
    /// <exception cref="ServiceException">It failed, after all tries.</exception>
    public async Task<T> SendAsync<T>(ServiceRequest request, Func<Answer, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        var outOfStep = 0;
        for (var attempt = 1; ; attempt++)
        {
            Failure failure;
            await _places.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                return await TryAsync(request, attempt > 1, read, cancel).ConfigureAwait(false);
            }
            catch (Failure f)
            {
                failure = f;
            }
            finally
            {
                _places.Release();
            }

            if (failure.OutOfStep && outOfStep++ < MostOutOfStep)
            {
                attempt--;
                continue;
            }

            var pause =
                failure.Again && attempt < (request.Tries ?? _limits.Tries)
                    ? _limits.PauseAfter(attempt, failure.RetryAfter, Random.Shared.NextDouble())
                    : null;
            if (pause is null)
            {
                throw failure.Told(attempt);
            }

            await _limits.Pause(pause.Value, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
        _places.Dispose();
        _long.Dispose();
        _probe.Dispose();
    }

    private async Task<T> TryAsync<T>(
        ServiceRequest request,
        bool again,
        Func<Answer, CancellationToken, Task<T>> read,
        CancellationToken cancel
    )
    {
        var url = Address(request.Path);
        var began = Stopwatch.GetTimestamp();
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(_limits.Total);
        var turn = false;
        async Task TakeTurnAsync(CancellationToken ct)
        {
            if (!turn)
            {
                await _long.WaitAsync(ct).ConfigureAwait(false);
                turn = true;
            }
        }

        try
        {
            for (var redirects = 0; ; redirects++)
            {
                Traffic.Request(again);
                using var response = await SendOnceAsync(request, url, clock.Token).ConfigureAwait(false);
                if (Redirected(response, request, url) is { } next && redirects < MostRedirects)
                {
                    url = next;
                    continue;
                }

                if (response.StatusCode == HttpStatusCode.BadRequest && await SpeaksTlsAsync(url, clock.Token).ConfigureAwait(false))
                {
                    throw OtherScheme(url, "https");
                }

                Check(response, request, url);
                var body = await response.Content.ReadAsStreamAsync(clock.Token).ConfigureAwait(false);
                await using var counted = new CountingStream(
                    body,
                    Traffic,
                    response.StatusCode == HttpStatusCode.OK ? request.Largest : Math.Min(request.Largest, LongestRefusal)
                );
                return await read(new Answer(response.StatusCode, response.Headers, counted, TakeTurnAsync), clock.Token)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not Failure && !(error is OutsourceException))
        {
            cancel.ThrowIfCancellationRequested();
            throw await OtherSchemeAsync(error, url, cancel).ConfigureAwait(false)
                ?? Explain(error, request, url, clock.IsCancellationRequested);
        }
        finally
        {
            if (turn)
            {
                _long.Release();
            }

            Traffic.Ended(request.Endpoint, Stopwatch.GetElapsedTime(began));
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ServiceRequest request, Uri url, CancellationToken cancel)
    {
        var asked = new FlurlRequest(url.AbsoluteUri).WithClient(_client).AllowAnyHttpStatus();
        foreach (var (name, value) in request.Headers)
        {
            _ = asked.WithHeader(name, value);
        }

        using var body = request.Body?.Invoke();
        return await asked.SendAsync(request.Method, body, cancel, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
    }

    /// <summary>The full address of a path; every segment is quoted, so that none can lead elsewhere.</summary>
    private Uri Address(IReadOnlyList<string> path) =>
        new(_service.Address.AbsoluteUri.TrimEnd('/') + string.Concat(path.Select(segment => "/" + Uri.EscapeDataString(segment))));

    /// <summary>Where a redirect leads, when it leads to the same host; null when there is none.</summary>
    private Uri? Redirected(HttpResponseMessage response, ServiceRequest request, Uri url)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
        {
            return null;
        }

        var next = new Uri(url, location);
        var sameHost = next.Host.Equals(url.Host, StringComparison.OrdinalIgnoreCase) && next.UserInfo.Length == 0;
        if (
            sameHost
            && (next.Port != url.Port || next.Scheme != url.Scheme)
            && next.PathAndQuery != url.PathAndQuery
            && next.AbsolutePath.TrimEnd('/') == url.AbsolutePath.TrimEnd('/')
        )
        {
            // A front that ends TLS or forwards a port hides from the server how it was reached: the slash is its word, the way there is
            // ours.
            next = new Uri(url.GetLeftPart(UriPartial.Authority) + next.PathAndQuery);
        }

        sameHost &=
            next.Port == url.Port
                ? next.Scheme == url.Scheme
                : url is { Scheme: "http", IsDefaultPort: true } && next is { Scheme: "https", IsDefaultPort: true };
        if (!sameHost)
        {
            // Credentials would go along; and without them the answer would be a puzzling "no".
            throw new Failure(n => new ServiceException(
                ServiceFault.Address,
                $"{Asked(request, url)} was redirected to another address, {next.Scheme}://{next.Authority}, where no credentials are "
                    + $"sent. If {_service.Name} has moved there, correct {_service.AddressKey}.",
                response.StatusCode
            ));
        }

        if (request.Method != HttpMethod.Get)
        {
            throw new Failure(n => new ServiceException(
                ServiceFault.Address,
                $"{Asked(request, url)} was redirected to {next.GetLeftPart(UriPartial.Path)}, which is not followed with a password. "
                    + $"Correct {_service.AddressKey}.",
                response.StatusCode
            ));
        }

        return next;
    }

    private void Check(HttpResponseMessage response, ServiceRequest request, Uri url)
    {
        var status = response.StatusCode;
        if (status == HttpStatusCode.OK || request.Answers.Contains(status))
        {
            return;
        }

        var text =
            $"{(int)status} "
            + $"{(string.IsNullOrWhiteSpace(response.ReasonPhrase) ? status.ToString() : UntrustedText.Brief(response.ReasonPhrase))}";
        if ((int)status is >= 200 and < 300)
        {
            text += ", which is not the whole";
        }

        if (status == HttpStatusCode.ProxyAuthenticationRequired)
        {
            throw ProxyRefused(request, url, status, null);
        }

        var again = (int)status is 408 or 429 or >= 500;
        var wait = response.Headers.RetryAfter is { } retry ? retry.Delta ?? (retry.Date - DateTimeOffset.UtcNow) : null;
        throw new Failure(
            n => new ServiceException(
                ServiceFault.Status,
                $"{Asked(request, url)} was answered with "
                    + $"{text}{Times(n)}"
                    + (wait > _limits.LongestRetryAfter ? $" and the wish to be left alone for {wait.Value.TotalSeconds:F0} s" : "")
                    + ". "
                    + $"{(again ? $"The service is not well; try again later." : $"See whether {_service.AddressKey} is right.")}",
                status
            ),
            again,
            again ? wait : null
        );
    }

    /// <summary>Makes a sentence of what the libraries threw.</summary>
    private Failure Explain(Exception error, ServiceRequest request, Uri url, bool timedOut)
    {
        var chain = Chain(error).ToList();
        if (chain.OfType<WrongShapeException>().FirstOrDefault() is { } shape)
        {
            return new Failure(n => new ServiceException(
                ServiceFault.Shape,
                $"{Asked(request, url)} was not answered as it should be: {shape.Message}. See whether {_service.AddressKey} is right.",
                inner: error
            ));
        }

        if (timedOut)
        {
            return new Failure(
                n => new ServiceException(
                    ServiceFault.Timeout,
                    $"{Asked(request, url)} was not answered within {_limits.Total.TotalSeconds:0.###} s{Times(n)}. Try again later, "
                        + $"or see whether {_service.AddressKey} is right.",
                    inner: error
                ),
                again: true
            );
        }

        var http = chain.OfType<HttpRequestException>().LastOrDefault();
        if (
            chain.OfType<HttpIOException>().FirstOrDefault()?.HttpRequestError == HttpRequestError.InvalidResponse
            || http?.HttpRequestError == HttpRequestError.InvalidResponse
        )
        {
            // What came instead is not quoted: it may be what another was answered with.
            return new Failure(
                n => new ServiceException(
                    ServiceFault.Broken,
                    $"{Asked(request, url)} was answered with something that is not HTTP{Times(n)}. See whether {_service.AddressKey} "
                        + "is right.",
                    inner: error
                ),
                again: true
            )
            {
                OutOfStep = true,
            };
        }

        if (chain.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
        {
            return new Failure(n => new ServiceException(
                ServiceFault.Address,
                $"TLS with {_service.Name} at {url.Scheme}://{url.Authority} fails: {TlsReason(tls)}",
                inner: error
            ));
        }

        if (http?.HttpRequestError == HttpRequestError.ProxyTunnelError)
        {
            return http.Message.Contains("407", StringComparison.Ordinal)
                ? ProxyRefused(request, url, HttpStatusCode.ProxyAuthenticationRequired, error)
                : new Failure(
                    n => new ServiceException(
                        ServiceFault.Address,
                        $"{Asked(request, url)} does not get through: {Reason(http)}. Correct or unset the variable, or list the host "
                            + "in $no_proxy.",
                        inner: error
                    ),
                    again: true
                );
        }

        if (
            chain.OfType<SocketException>().FirstOrDefault() is { } socket
            && http?.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
        )
        {
            return Unconnected(socket, url, error);
        }

        if (chain.Any(e => e is OperationCanceledException or TimeoutException))
        {
            return new Failure(
                n => new ServiceException(
                    ServiceFault.Timeout,
                    $"{_service.Name} at {url.Scheme}://{url.Authority}{Via(url)} does not take a connection within "
                        + $"{_limits.Connect.TotalSeconds:0.###} s{Times(n)}. See whether {_service.AddressKey} is right, and whether "
                        + "a firewall or a proxy is in between.",
                    inner: error
                ),
                again: true
            );
        }

        return chain.Any(e => e is IOException or BrokenAnswerException or HttpRequestException or SocketException or InvalidDataException)
            ? new Failure(
                n => new ServiceException(
                    ServiceFault.Broken,
                    $"{Asked(request, url)} was answered in part only{Times(n)}: {Reason(chain[^1])}. Try again later.",
                    inner: error
                ),
                again: true
            )
            : new Failure(n => new ServiceException(
                ServiceFault.Broken,
                $"{Asked(request, url)} failed: {Reason(chain[^1])} ({chain[^1].GetType().Name}).",
                inner: error
            ));
    }

    /// <summary>What is wrong with the certificate, and what to do.</summary>
    private string TlsReason(AuthenticationException error) =>
        error.Message switch
        {
            var text when text.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal) =>
                $"its certificate is of another host. Correct {_service.AddressKey}: the host must be called there as its certificate "
                    + "calls it.",
            var text when text.Contains("NotTimeValid", StringComparison.Ordinal) =>
                $"its certificate, or one behind it, has expired or is not valid yet ({Reason(error)}). See whether this machine's "
                    + $"clock is right, and tell the keepers of {_service.Name}.",
            _ => $"{Reason(error)}. {_service.TrustCure}",
        };

    /// <summary>Whether something speaks https where we spoke http. Nothing of ours is sent to find out.</summary>
    private async Task<bool> SpeaksTlsAsync(Uri url, CancellationToken cancel) =>
        url.Scheme == "http" && _proxy.Describe(url) is null && await _probe.SpeaksTlsAsync(url, cancel).ConfigureAwait(false);

    /// <summary>Whether the scheme of the address is the wrong one; null: it is not that.</summary>
    private async Task<Failure?> OtherSchemeAsync(Exception error, Uri url, CancellationToken cancel)
    {
        var kinds = Chain(error)
            .Select(e =>
                e is HttpRequestException http ? http.HttpRequestError
                : e is HttpIOException io ? io.HttpRequestError
                : HttpRequestError.Unknown
            )
            .ToHashSet();
        if (
            (kinds.Contains(HttpRequestError.InvalidResponse) || kinds.Contains(HttpRequestError.ResponseEnded))
            && await SpeaksTlsAsync(url, cancel).ConfigureAwait(false)
        )
        {
            return OtherScheme(url, "https");
        }

        return
            url.Scheme == "https"
            && kinds.Contains(HttpRequestError.SecureConnectionError)
            && _proxy.Describe(url) is null
            && await _probe.SpeaksPlainAsync(url, cancel).ConfigureAwait(false)
            ? OtherScheme(url, "http")
            : null;
    }

    private Failure OtherScheme(Uri url, string speaks) =>
        new(n => new ServiceException(
            ServiceFault.Address,
            $"{_service.Name} at {url.Authority} speaks {speaks}, but the address says {url.Scheme}. Write {speaks}:// into "
                + $"{_service.AddressKey}"
                + $"{(speaks == "http" ? ", or the port where it speaks https: over http anybody on the way reads the password" : "")}"
                + "."
        ));

    private Failure Unconnected(SocketException socket, Uri url, Exception error)
    {
        // With a proxy in between it is the proxy that is unknown or closed.
        var who = _proxy.Describe(url) is { } proxy
            ? $"the {proxy} to {_service.Name}"
            : $"{_service.Name} at {url.Scheme}://{url.Authority}";
        var cure = _proxy.Describe(url) is null ? $"Correct {_service.AddressKey}" : "Correct or unset the variable";
        return socket.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => new Failure(n => new ServiceException(
                ServiceFault.Address,
                $"{who}: there is no such host. {cure}.",
                inner: error
            )),
            SocketError.TryAgain => new Failure(
                n => new ServiceException(
                    ServiceFault.Unreachable,
                    $"{who}: the name server does not answer{Times(n)}. Try again when the network is well.",
                    inner: error
                ),
                again: true
            ),
            SocketError.ConnectionRefused => new Failure(
                n => new ServiceException(
                    ServiceFault.Unreachable,
                    $"{who}: the connection is refused{Times(n)}, nothing listens there. {cure}, or try again when the service is up.",
                    inner: error
                ),
                again: true
            ),
            _ => new Failure(
                n => new ServiceException(
                    ServiceFault.Unreachable,
                    $"{who} cannot be reached{Times(n)}: {Reason(socket)}. {cure}, or try again when the network is well.",
                    inner: error
                ),
                again: true
            ),
        };
    }

    private Failure ProxyRefused(ServiceRequest request, Uri url, HttpStatusCode status, Exception? inner) =>
        new(n => new ServiceException(
            ServiceFault.Address,
            $"{Asked(request, url)} was refused with 407: the proxy wants another user and password. Write them into the variable as "
                + "http://USER:PASSWORD@HOST:PORT, or list the host in $no_proxy.",
            status,
            inner
        ));

    private string Asked(ServiceRequest request, Uri url) =>
        $"{_service.Name}: {request.Method} {url.GetLeftPart(UriPartial.Path)}{Via(url)}";

    private string Via(Uri url) => _proxy.Describe(url) is { } proxy ? $" through {proxy}" : "";

    private static string Times(int tries) => tries > 1 ? $", {tries} times" : "";

    private static string Reason(Exception error) => error.Message.Trim().TrimEnd('.');

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }

    /// <summary>One try has failed.</summary>
    /// <param name="told">What to tell after so many tries.</param>
    /// <param name="again">Whether another try may end better.</param>
    /// <param name="retryAfter">What the service asked for.</param>
#pragma warning disable CA1064 // It never leaves this class.
    private sealed class Failure(Func<int, ServiceException> told, bool again = false, TimeSpan? retryAfter = null) : Exception
#pragma warning restore CA1064
    {
        public Func<int, ServiceException> Told { get; } = told;

        public bool Again { get; } = again;

        public TimeSpan? RetryAfter { get; } = retryAfter;

        /// <summary>Whether the connection had something left of another answer: then another connection may do.</summary>
        public bool OutOfStep { get; init; }
    }

    /// <summary>Counts what is read through it, and ends what is too long.</summary>
    private sealed class CountingStream(Stream inner, RequestStatistics traffic, long largest) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            return Counted(read);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return Counted(read);
        }

        private int Counted(int read)
        {
            traffic.Received(read);
            _read += read;
            return _read <= largest ? read : throw new WrongShapeException($"it is longer than {largest >> 20} MB");
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
