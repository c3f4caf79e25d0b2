using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Outsource.Tests.Fixtures;

/// <summary>A request that came in.</summary>
internal sealed record Seen(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>
/// An HTTP server in the test process, on a loopback port of its own. It answers what was arranged; a call that nobody arranged
/// is answered with 501 and fails the test when the server is disposed.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> _once = new();
    private readonly ConcurrentQueue<string> _unarranged = new();

    private LoopbackServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://unstarted.invalid");

    public ConcurrentQueue<Seen> Requests { get; } = new();

    /// <summary>Answers all that was not arranged for once. Says whether it did.</summary>
    public Func<HttpContext, Task<bool>> Always { get; set; } = _ => Task.FromResult(false);

    /// <summary>How long every request takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The greatest number of requests that were under way at the same time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Whether unarranged calls are let pass.</summary>
    public bool Lenient { get; set; }

    private int _underWay;

    /// <summary>Starts one.</summary>
    /// <param name="certificate">Its certificate; null: no TLS.</param>
    /// <param name="client">Judges client certificates and their chain, which are demanded then; null: none are asked for.</param>
    public static async Task<LoopbackServer> StartAsync(
        X509Certificate2? certificate = null,
        Func<X509Certificate2, X509Chain?, bool>? client = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                    {
                        listen.UseHttps(https =>
                        {
                            https.ServerCertificate = certificate;
                            if (client is not null)
                            {
                                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                                https.ClientCertificateValidation = (one, chain, _) => client(one, chain);
                            }
                        });
                    }
                }
            )
        );
        var app = builder.Build();
        var server = new LoopbackServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Address = new Uri(
            app.Urls.Single().Replace("127.0.0.1", certificate is null ? "127.0.0.1" : "localhost", StringComparison.Ordinal)
        );
        return server;
    }

    /// <summary>What answers the next request for a path; several queue up.</summary>
    public void Once(string path, Func<HttpContext, Task> answer) => _once.GetOrAdd(path, _ => new()).Enqueue(answer);

    public int Count(string path) => Requests.Count(r => r.Path == path);

    public static async Task JsonAsync(HttpContext http, string json, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(json);
    }

    public static Func<HttpContext, Task> Status(int status, string? retryAfter = null) =>
        http =>
        {
            http.Response.StatusCode = status;
            if (retryAfter is not null)
            {
                http.Response.Headers.RetryAfter = retryAfter;
            }

            return Task.CompletedTask;
        };

    /// <summary>An answer that breaks off in the middle.</summary>
    public static Func<HttpContext, Task> BrokenOff(string beginning) =>
        async http =>
        {
            http.Response.ContentLength = beginning.Length + 1000;
            await http.Response.WriteAsync(beginning);
            await http.Response.Body.FlushAsync();
            http.Abort();
        };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(true));
        await _app.DisposeAsync();
        if (!Lenient)
        {
            Assert.That(_unarranged, Is.Empty, "calls that nobody arranged");
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var now = Interlocked.Increment(ref _underWay);
        lock (_once)
        {
            MostAtOnce = Math.Max(MostAtOnce, now);
        }

        try
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            var path = http.Request.Path.Value!;
            Requests.Enqueue(
                new Seen(
                    http.Request.Method,
                    path,
                    http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                    body
                )
            );
            http.Items["body"] = body;
            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, http.RequestAborted);
            }

            if (_once.TryGetValue(path, out var queue) && queue.TryDequeue(out var answer))
            {
                await answer(http);
            }
            else if (!await Always(http))
            {
                _unarranged.Enqueue($"{http.Request.Method} {path}");
                http.Response.StatusCode = 501;
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
