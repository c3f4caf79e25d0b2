using System.Text;
using Microsoft.AspNetCore.Http;
using Outsource.Foundation.Machine;
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
    public async Task Should_say_whose_certificate_it_is_if_it_is_of_another_host()
    {
        var (fault, requests) = await RefusedAsync(Certificates.Elsewhere, Certificates.Authority);

        Assert.That(
            fault,
            Is.EqualTo(
                "the certificate is for elsewhere.invalid, 255.255.255.255, not localhost. Correct service_url: the host name there must be "
                    + "the one in the certificate."
            )
        );
        Assert.That(requests, Is.Zero);
    }

    [Test]
    public async Task Should_name_the_authority_if_it_is_not_known()
    {
        var (fault, requests) = await RefusedAsync(Certificates.Server, Certificates.Stranger);

        Assert.That(fault, Is.EqualTo("the certificate is signed by an authority not known here (Test authority). Correct service_ca."));
        Assert.That(requests, Is.Zero);
    }

    [Test]
    public async Task Should_name_the_day_if_the_certificate_has_expired()
    {
        var expired = Certificates.Expired;

        var (fault, _) = await RefusedAsync(expired, Certificates.Authority);

        Assert.That(
            fault,
            Is.EqualTo(
                $"the certificate has expired on {expired.NotAfter.ToUniversalTime():yyyy-MM-dd}. Check this machine's clock, and tell the "
                    + "administrators of Service."
            )
        );
    }

    [Test]
    public async Task Should_tell_all_faults_of_a_certificate_at_once()
    {
        var (fault, _) = await RefusedAsync(Certificates.Stranger, Certificates.Authority);

        Assert.That(
            fault,
            Is.EqualTo(
                "the certificate is for Test stranger, not localhost, and is signed by itself, not by an authority known here. Correct "
                    + "service_url: the host name there must be the one in the certificate. Correct service_ca."
            )
        );
    }

    [Test]
    public async Task Should_say_that_no_tls_is_spoken_if_another_protocol_is()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.6 and more\r\n"u8.ToArray());
                await Task.Delay(50);
            }
        });
        var address = new Uri($"https://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}");

        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync(address))!;

        Assert.That(
            error.Message,
            Is.EqualTo($"TLS with Service at {address.GetLeftPart(UriPartial.Authority)} fails: no TLS is spoken there. Check service_url.")
        );
        listener.Stop();
        Assert.That(async () => await answering, Throws.InstanceOf<Exception>());
    }

    [TestCase(1, 3, 181.5)]
    [TestCase(2, 3, 121)]
    [TestCase(3, 3, 60)]
    public void Should_know_when_it_gives_up(int attempt, int tries, double seconds) =>
        Assert.That(new TransportLimits().GivesUpAfter(attempt, tries), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [Test]
    public async Task Should_show_address_and_try_while_it_waits_and_no_secret()
    {
        var waits = new Waits();
        _server.Once("/api/x", LoopbackServer.Status(500));

        _ = await GetAsync(new UriBuilder(_server.Address) { Path = "/api" }.Uri, log: waits);

        var where = _server.Address.GetLeftPart(UriPartial.Authority) + "/api";
        Assert.That(waits.Told, Is.EqualTo(new[] { $"Service {where} (try 1 of 3)", "ended", $"Service {where} (try 2 of 3)", "ended" }));
    }

    private async Task<(string Fault, int Requests)> RefusedAsync(
        System.Security.Cryptography.X509Certificates.X509Certificate2 server,
        System.Security.Cryptography.X509Certificates.X509Certificate2 authority
    )
    {
        await using var tls = await LoopbackServer.StartAsync(server);
        var trusted = new System.Security.Cryptography.X509Certificates.X509Certificate2Collection(authority);
        var error = Assert.ThrowsAsync<ServiceException>(() => GetAsync(tls.Address, tls: Tls.Options(trusted, null)))!;
        var lead = $"TLS with Service at {tls.Address.GetLeftPart(UriPartial.Authority)} fails: ";
        Assert.That((error.Message, error.ExitCode), Is.EqualTo((lead + error.Message[lead.Length..], 2)));
        return (error.Message[lead.Length..], tls.Requests.Count);
    }

    private sealed class Waits : IOperatorLog
    {
        public List<string> Told { get; } = [];

        public void Note(string text) { }

        public void Result(string text) { }

        public void Warn(string text) { }

        public void Detail(string text) { }

        public IProgressDisplay Progress(string what, long? total) => throw new NotSupportedException();

        public IDisposable Waiting(string what) => throw new NotSupportedException();

        public IDisposable Awaiting(string what, TimeSpan limit)
        {
            Told.Add(what);
            return new End(() => Told.Add("ended"));
        }

        private sealed class End(Action ended) : IDisposable
        {
            public void Dispose() => ended();
        }
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
        IOperatorLog? log = null,
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
            new RequestStatistics(),
            log
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
