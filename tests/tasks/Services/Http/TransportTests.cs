using System.Text;
using Microsoft.AspNetCore.Http;
using Outsource.Services.Http;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Http;

[TestFixture]
public sealed class TransportTests
{
    private LoopbackServer _server = null!;
    private SkippingClock _clock = null!;

    [SetUp]
    public async Task SetUp()
    {
        _server = await LoopbackServer.StartAsync();
        _server.Always = async http =>
        {
            await http.Response.WriteAsync("fine");
            return true;
        };
        _clock = new SkippingClock();
    }

    [TearDown]
    public async Task TearDown() => await _server.DisposeAsync();

    [TestCase(429)]
    [TestCase(500)]
    [TestCase(503)]
    [TestCase(408)]
    public async Task Should_ask_again_if_the_status_may_pass(int status)
    {
        _server.Once("/x", LoopbackServer.Status(status));
        _server.Once("/x", LoopbackServer.Status(status));

        Assert.That(await GetAsync(), Is.EqualTo("fine"));
        Assert.That(_server.Count("/x"), Is.EqualTo(3));
        Assert.That(_clock.Pauses[0], Is.InRange(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1)));
        Assert.That(_clock.Pauses[1], Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
    }

    [TestCase(400)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(418)]
    public void Should_ask_only_once_if_the_status_will_stay(int status)
    {
        _server.Once("/x", LoopbackServer.Status(status));

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => GetAsync())!.Message,
            Does.Match($"^Service: GET {_server.Address}x was answered with {status} [^.,]+\\. Check service_url\\.$")
        );
        Assert.That(_server.Count("/x"), Is.EqualTo(1));
    }

    [Test]
    public async Task Should_wait_as_long_as_it_is_asked_to()
    {
        _server.Once("/x", LoopbackServer.Status(429, retryAfter: "7"));

        await GetAsync();

        Assert.That(_clock.Pauses, Is.EqualTo(new[] { TimeSpan.FromSeconds(7) }));
    }

    [Test]
    public void Should_not_wait_for_hours()
    {
        _server.Once("/x", LoopbackServer.Status(429, retryAfter: "7200"));

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => GetAsync())!.Message,
            Is.EqualTo(
                $"Service: GET {_server.Address}x was answered with 429 Too Many Requests and Retry-After 7200 s, more than the 120 s we wait. "
                    + "The service is overloaded or down; try again later."
            )
        );
        Assert.That(_clock.Pauses, Is.Empty);
    }

    [Test]
    public async Task Should_ask_again_if_there_is_no_answer_in_time()
    {
        _server.Once("/x", http => Task.Delay(Timeout.Infinite, http.RequestAborted));

        Assert.That(await GetAsync(limits: l => l with { Total = TimeSpan.FromSeconds(1) }), Is.EqualTo("fine"));
        Assert.That(_server.Count("/x"), Is.EqualTo(2));
    }

    [Test]
    public void Should_say_how_long_it_waited()
    {
        for (var i = 0; i < 2; i++)
        {
            _server.Once("/x", http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        }

        Assert.That(
            Assert
                .ThrowsAsync<ServiceException>(() => GetAsync(limits: l => l with { Total = TimeSpan.FromMilliseconds(200), Tries = 2 }))!
                .Message,
            Is.EqualTo(
                $"Service: GET {_server.Address}x was not answered within 0.2 s, 2 times. Try again later, or check service_url."
            )
        );
    }

    [Test]
    public void Should_say_that_nothing_listens()
    {
        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync(new Uri("http://127.0.0.1:1")))!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                "Service at http://127.0.0.1:1: the connection is refused, 3 times, no program listens there. Correct service_url, or "
                    + "try again when the service is up."
            )
        );
        Assert.That(error.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public void Should_say_that_there_is_no_such_host()
    {
        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync(new Uri("http://nowhere.invalid:8000")))!;

        // Where no name server can be reached at all, nobody can say that there is no such host.
        Assert.That(
            error.Message,
            Is.EqualTo("Service at http://nowhere.invalid:8000: there is no such host. Correct service_url.")
                .Or.EqualTo(
                    "Service at http://nowhere.invalid:8000: the name server does not answer, 3 times. Try again when the network works."
                )
        );
    }

    [Test]
    public async Task Should_follow_a_redirect_within_the_host_with_its_headers()
    {
        _server.Once(
            "/x",
            http =>
            {
                http.Response.Redirect("/y");
                return Task.CompletedTask;
            }
        );

        Assert.That(await GetAsync(), Is.EqualTo("fine"));
        Assert.That(_server.Requests.Last().Path, Is.EqualTo("/y"));
        Assert.That(_server.Requests.Last().Headers["X-Secret"], Is.EqualTo("s3cret"));
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    [TestCase(308)]
    public async Task Should_not_follow_a_redirect_to_another_host(int status)
    {
        await using var other = await LoopbackServer.StartAsync();
        _server.Once(
            "/x",
            http =>
            {
                http.Response.StatusCode = status;
                http.Response.Headers.Location = other.Address + "x";
                return Task.CompletedTask;
            }
        );

        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync())!;

        Assert.That(error.ExitCode, Is.EqualTo(2));
        Assert.That(other.Requests, Is.Empty);
        Assert.That(error.Message, Does.Not.Contain("s3cret"));
    }

    [Test]
    public async Task Should_not_go_round_in_circles()
    {
        _server.Always = http =>
        {
            http.Response.Redirect("/x");
            return Task.FromResult(true);
        };

        Assert.ThrowsAsync<ServiceException>(() => GetAsync());
        Assert.That(_server.Count("/x"), Is.EqualTo(6));
        await Task.CompletedTask;
    }

    [Test]
    public async Task Should_go_through_the_proxy_of_the_environment()
    {
        var answer = await GetAsync(new Uri("http://service.example"), variables: ("http_proxy", _server.Address.Authority));

        Assert.That(answer, Is.EqualTo("fine"));
        Assert.That(_server.Requests.Single().Headers["Host"], Is.EqualTo("service.example"));
    }

    [TestCase("service.example")]
    [TestCase(".example")]
    [TestCase("other.example, *")]
    public void Should_leave_the_proxy_out_if_the_environment_says_so(string excluded)
    {
        var proxy = new EnvironmentProxy(
            Given.Host(Given.Disk(), ("http_proxy", "http://u:s3cret@proxy.example:3128"), ("no_proxy", excluded))
        );

        Assert.That(proxy.GetProxy(new Uri("http://service.example/")), Is.Null);
        Assert.That(
            proxy.GetProxy(new Uri("http://elsewhere.org/")),
            excluded.Contains('*') ? Is.Null : Is.EqualTo(new Uri("http://proxy.example:3128"))
        );
    }

    [Test]
    public void Should_give_the_proxy_its_password_and_nobody_else()
    {
        var proxy = new EnvironmentProxy(Given.Host(Given.Disk(), ("https_proxy", "http://u:s3cret%21@proxy.example:3128")));

        Assert.That(proxy.Describe(new Uri("https://service.example/")), Is.EqualTo("proxy http://proxy.example:3128 ($https_proxy)"));
        Assert.That(proxy.Credentials!.GetCredential(new Uri("http://proxy.example:3128"), "Basic")!.Password, Is.EqualTo("s3cret!"));
    }

    [Test]
    public void Should_say_which_variable_names_a_proxy_that_wants_a_password()
    {
        _server.Once("/x", LoopbackServer.Status(407));

        var error = Assert.ThrowsAsync<ServiceException>(() =>
            GetAsync(new Uri("http://service.example"), variables: ("http_proxy", _server.Address.Authority))
        )!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"Service: GET http://service.example/x through proxy http://{_server.Address.Authority} ($http_proxy) was refused "
                    + "with 407: the proxy requires another user and password. Write them into the variable as "
                    + "http://USER:PASSWORD@HOST:PORT, or list the host in $no_proxy."
            )
        );
        Assert.That(error.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public void Should_say_which_variable_names_a_proxy_that_is_not_there()
    {
        var error = Assert.ThrowsAsync<ServiceException>(() =>
            GetAsync(new Uri("http://service.example"), variables: ("http_proxy", "127.0.0.1:1"))
        )!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                "the proxy http://127.0.0.1:1 ($http_proxy) to Service: the connection is refused, 3 times, no program listens there. "
                    + "Correct or unset the variable, or try again when the service is up."
            )
        );
    }

    [Test]
    public void Should_back_off_with_jitter_up_to_a_limit()
    {
        var limits = new TransportLimits();

        Assert.That(limits.PauseAfter(1, null, 0), Is.EqualTo(TimeSpan.FromMilliseconds(250)));
        Assert.That(limits.PauseAfter(3, null, 0.5), Is.EqualTo(TimeSpan.FromMilliseconds(1500)));
        Assert.That(limits.PauseAfter(1000, null, 0), Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That(limits.PauseAfter(1, TimeSpan.FromMinutes(-1), 0), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task Should_quote_every_segment_of_a_path()
    {
        await GetAsync(path: ["a b", "../c", "d?e"]);

        Assert.That(_server.Requests.Single().Path, Is.EqualTo("/a b/..%2Fc/d?e"));
    }

    [Test]
    public async Task Should_say_so_if_https_is_spoken_where_the_address_says_http()
    {
        await using var tls = await LoopbackServer.StartAsync(Certificates.Server);

        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync(new UriBuilder(tls.Address) { Scheme = "http" }.Uri))!;

        Assert.That(
            error.Message,
            Is.EqualTo($"Service at {tls.Address.Authority} speaks https, but the address says http. Write https:// into service_url.")
        );
        Assert.That((error.ExitCode, _clock.Pauses), Is.EqualTo((2, Array.Empty<TimeSpan>())), "another try would end the same");
        Assert.That(tls.Requests, Is.Empty);
    }

    [Test]
    public void Should_say_so_if_http_is_spoken_where_the_address_says_https()
    {
        _server.Lenient = true;

        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync(new UriBuilder(_server.Address) { Scheme = "https" }.Uri))!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"Service at {_server.Address.Authority} speaks http, but the address says https. Write http:// into service_url, or "
                    + "the port where it speaks https: over http anyone on the way can read the password."
            )
        );
        Assert.That(_server.Requests.All(r => !r.Headers.ContainsKey("X-Secret")), Is.True, "what is sent to find out is no secret");
    }

    [Test]
    public async Task Should_say_how_to_call_a_host_whose_certificate_is_of_another()
    {
        await using var tls = await LoopbackServer.StartAsync(Certificates.Elsewhere);
        var trusted = new System.Security.Cryptography.X509Certificates.X509Certificate2Collection(Certificates.Authority);

        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync(tls.Address, tls: Tls.Options(trusted, null)))!;

        Assert.That(
            error.Message,
            Does.EndWith(
                " fails: its certificate is for another host. Correct service_url: the host name there must be the one in the "
                    + "certificate."
            )
        );
        Assert.That(tls.Requests, Is.Empty);
    }

    [Test]
    public void Should_not_hold_more_than_is_allowed()
    {
        _server.Once("/x", async http => await http.Response.WriteAsync(new string('x', (2 << 20) + 1)));

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => GetAsync(largest: 2 << 20))!.Message,
            Is.EqualTo(
                $"Service: GET {_server.Address}x: the answer is not valid: it is longer than 2 MB. Check service_url."
            )
        );
    }

    [Test]
    public async Task Should_begin_anew_if_a_connection_is_out_of_step()
    {
        using var crooked = new CrookedServer();

        Assert.That(await GetAsync(crooked.Address), Is.EqualTo("fine"));
        Assert.That(_clock.Pauses, Is.Empty, "it was no try");
    }

    /// <summary>Begins its first two answers with what is no HTTP.</summary>
    private sealed class CrookedServer : IDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(System.Net.IPAddress.Loopback, 0);

        public CrookedServer()
        {
            _listener.Start();
            Address = new Uri($"http://127.0.0.1:{((System.Net.IPEndPoint)_listener.LocalEndpoint).Port}/");
            _ = Task.Run(async () =>
            {
                for (var answered = 0; ; answered++)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    var read = await stream.ReadAsync(new byte[4096]);
                    if (read > 0)
                    {
                        await stream.WriteAsync(
                            Encoding.ASCII.GetBytes(
                                answered < 2
                                    ? "{\"secret\": \"of another\"}\n"
                                    : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine"
                            )
                        );
                    }
                }
            });
        }

        public Uri Address { get; }

        public void Dispose() => _listener.Dispose();
    }

    private Task<string> GetAsync(
        Uri? address = null,
        Func<TransportLimits, TransportLimits>? limits = null,
        string[]? path = null,
        System.Net.Security.SslClientAuthenticationOptions? tls = null,
        long? largest = null,
        params (string, string)[] variables
    )
    {
        var basic = new TransportLimits
        {
            FirstPause = TimeSpan.FromSeconds(1),
            Clock = _clock,
        };
        var service = new Service("Service", address ?? _server.Address, "service_url", "Correct service_ca.");
        var transport = new Transport(
            service,
            limits?.Invoke(basic) ?? basic,
            new EnvironmentProxy(Given.Host(Given.Disk(), variables)),
            tls ?? Tls.Options(null, null),
            new RequestStatistics()
        );
        return transport.SendAsync(
            new ServiceRequest(HttpMethod.Get, "GET /x", path ?? ["x"])
            {
                Headers = new Dictionary<string, string> { ["X-Secret"] = "s3cret" },
                Largest = largest ?? 1 << 20,
            },
            async (answer, cancel) =>
            {
                using var reader = new StreamReader(answer.Body, Encoding.UTF8);
                return await reader.ReadToEndAsync(cancel);
            },
            default
        );
    }
}
