using System.Diagnostics;
using System.Net;
using System.Net.Security;
using Flurl.Http;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Services.Http;

/// <summary>
/// Sends the requests to one service, for all its users: a limited number at once, with time-outs, retries (time-outs, 429, 5xx, broken
/// answers), redirects within the same host only, proxies, TLS. Safe to use from several threads.
/// </summary>
public sealed class Transport : IDisposable
{
    private const int MostRedirects = 5;

    /// <summary>A body that comes with another status than 200 is not longer. In bytes.</summary>
    private const int LongestRefusal = 1 << 20;

    private readonly Service _service;
    private readonly TransportLimits _limits;
    private readonly HttpClient _http;
    private readonly FlurlClient _client;
    private readonly SemaphoreSlim _places;
    private readonly SemaphoreSlim _long = new(1);
    private readonly RetryPipeline _retries;
    private readonly SchemeProbe _probe;
    private readonly FailureMessages _messages;
    private readonly RedirectRules _redirects;
    private readonly StatusRules _statuses;
    private readonly IOperatorLog? _log;

    /// <param name="service">The service.</param>
    /// <param name="limits">How much, how long, how often.</param>
    /// <param name="proxy">The proxies of the environment.</param>
    /// <param name="tls">Which certificates to trust and which one to present.</param>
    /// <param name="traffic">Where to count; several transports may share one.</param>
    /// <param name="log">Where a long wait is shown; null: nowhere.</param>
    public Transport(
        Service service,
        TransportLimits limits,
        EnvironmentProxy proxy,
        SslClientAuthenticationOptions tls,
        RequestStatistics traffic,
        IOperatorLog? log = null
    )
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(tls);
        _service = service;
        _log = log;
        var judge = new CertificateJudge();
        tls.RemoteCertificateValidationCallback = judge.Accepts;
        _limits = limits;
        Traffic = traffic;
        _places = new SemaphoreSlim(limits.Parallel);
        _retries = new RetryPipeline(limits);
        _probe = new SchemeProbe(proxy);
        _messages = new FailureMessages(service, limits, proxy, judge);
        _redirects = new RedirectRules(service, _messages);
        _statuses = new StatusRules(service, limits, _messages);
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

    /// <summary>The statistics so far.</summary>
    public RequestStatistics Traffic { get; }

    /// <summary>The service.</summary>
    public Service Service => _service;

    /// <summary>Sends a request, and reads the answer. The reader starts again with every try.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the answer; may throw <see cref="WrongShapeException"/> and <see cref="BrokenAnswerException"/>.</param>
    /// <param name="cancel">Ends it at once, pauses included.</param>
    /// <exception cref="ServiceException">All tries failed.</exception>
    public async Task<T> SendAsync<T>(ServiceRequest request, Func<Answer, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        var budget = new RetryBudget(request.Tries ?? _limits.Tries, Advise);
        try
        {
            return await _retries
                .RunAsync(
                    budget,
                    async ct =>
                    {
                        await _places.WaitAsync(ct).ConfigureAwait(false);
                        try
                        {
                            return await TryAsync(request, budget.Failed, read, ct).ConfigureAwait(false);
                        }
                        finally
                        {
                            _places.Release();
                        }
                    },
                    cancel
                )
                .ConfigureAwait(false);
        }
        catch (FailedTry failure)
        {
            cancel.ThrowIfCancellationRequested();
            throw failure.Report(budget.Failed);
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

    private static RetryAdvice Advise(Exception error) =>
        error is not FailedTry failure ? new RetryAdvice(NextTry.None)
        : failure.OutOfStep ? new RetryAdvice(NextTry.AtOnce)
        : failure.MayPass ? new RetryAdvice(NextTry.AfterPause, failure.RetryAfter)
        : new RetryAdvice(NextTry.None);

    private async Task<T> TryAsync<T>(
        ServiceRequest request,
        int failed,
        Func<Answer, CancellationToken, Task<T>> read,
        CancellationToken cancel
    )
    {
        var url = _service.UrlOf(request.Path);
        var began = Stopwatch.GetTimestamp();
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(_limits.Total);
        using var turn = new LongAnswerTurn(_long);
        using var awaited = Await(failed + 1, request.Tries ?? _limits.Tries);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                Count(failed > 0);
                using var response = await SendOnceAsync(request, url, clock.Token).ConfigureAwait(false);
                if (_redirects.Next(response, request, url) is { } next && redirects < MostRedirects)
                {
                    url = next;
                    continue;
                }

                await CheckAsync(response, request, url, clock.Token).ConfigureAwait(false);
                var body = await response.Content.ReadAsStreamAsync(clock.Token).ConfigureAwait(false);
                await using var counted = new CountingStream(
                    body,
                    Traffic,
                    response.StatusCode == HttpStatusCode.OK ? request.Largest : Math.Min(request.Largest, LongestRefusal)
                );
                return await read(new Answer(response.StatusCode, response.Headers, counted, turn.TakeAsync), clock.Token)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not (FailedTry or OutsourceException))
        {
            cancel.ThrowIfCancellationRequested();
            throw await _probe.OtherSchemeAsync(error, url, cancel).ConfigureAwait(false) is { } speaks
                ? _messages.OtherScheme(url, speaks)
                : _messages.Explain(error, request, url, clock.Token);
        }
        finally
        {
            Traffic.Ended(request.Endpoint, Stopwatch.GetElapsedTime(began));
        }
    }

    private IDisposable? Await(int attempt, int tries) =>
        _log?.Awaiting($"{_service.Name} {_service.Where.TrimEnd('/')} (try {attempt} of {tries})", _limits.GivesUpAfter(attempt, tries));

    private void Count(bool again)
    {
        if (again)
        {
            Traffic.BeganAgain();
        }
        else
        {
            Traffic.Began();
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ServiceRequest request, Uri url, CancellationToken cancel)
    {
        var sent = new FlurlRequest(url.AbsoluteUri).WithClient(_client).AllowAnyHttpStatus();
        foreach (var (name, value) in request.Headers)
        {
            _ = sent.WithHeader(name, value);
        }

        using var body = request.Body?.Invoke();
        return await sent.SendAsync(request.Method, body, cancel, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
    }

    private async Task CheckAsync(HttpResponseMessage response, ServiceRequest request, Uri url, CancellationToken cancel)
    {
        if (response.StatusCode == HttpStatusCode.BadRequest && await _probe.IsTlsBehindAsync(url, cancel).ConfigureAwait(false))
        {
            throw _messages.OtherScheme(url, "https");
        }

        _statuses.Check(response, request, url);
    }

    /// <summary>The right of one request to hold a long answer; given back at the end.</summary>
    private sealed class LongAnswerTurn(SemaphoreSlim only) : IDisposable
    {
        private bool _taken;

        public async Task TakeAsync(CancellationToken cancel)
        {
            if (!_taken)
            {
                await only.WaitAsync(cancel).ConfigureAwait(false);
                _taken = true;
            }
        }

        public void Dispose()
        {
            if (_taken)
            {
                only.Release();
            }
        }
    }
}
