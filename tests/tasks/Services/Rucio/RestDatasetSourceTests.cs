using System.IO.Abstractions.TestingHelpers;
using System.Security.Cryptography.X509Certificates;
using Outsource.Foundation.Errors;
using Outsource.Services.Http;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Rucio;

[TestFixture]
public sealed class RestDatasetSourceTests
{
    private const string Did = "xnt_007157:raw_records-aaaaaaaaaa",
        ConfigPath = "/opt/rucio/etc/rucio.cfg";

    private MockFileSystem _disk = null!;
    private FakeRucio? _rucio;

    [SetUp]
    public void SetUp() => _disk = Given.Disk();

    [TearDown]
    public async Task TearDown()
    {
        if (_rucio is not null)
        {
            await _rucio.DisposeAsync();
        }

        _rucio = null;
    }

    [Test]
    public async Task Should_count_the_files_of_a_dataset()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 7);

        var listing = await ListAsync();

        Assert.That((listing!.Chunks, listing.Metadata, listing.Bytes, listing.FirstGap), Is.EqualTo((7, 1, 8000L, (int?)null)));
        Assert.That(
            rucio.Server.Requests.Select(r => r.Path),
            Is.EqualTo(new[] { "/auth/userpass", "/dids/xnt_007157/raw_records-aaaaaaaaaa/files" })
        );
    }

    [Test]
    public async Task Should_give_null_if_the_did_is_unknown()
    {
        await StartAsync();

        Assert.That(await ListAsync(), Is.Null);
    }

    [Test]
    public async Task Should_use_one_token_for_many_listings()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 2);
        using var source = Source();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => source.ListAsync(Did, default)));

        Assert.That(rucio.Server.Count("/auth/userpass"), Is.EqualTo(1));
    }

    [Test]
    public async Task Should_renew_a_refused_token_once()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 2);
        using var source = Source();
        await source.ListAsync(Did, default);
        rucio.ExpireTokens();

        var listings = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => source.ListAsync(Did, default)));

        Assert.That(listings.Select(l => l!.Chunks), Is.All.EqualTo(2));
        Assert.That(rucio.Server.Count("/auth/userpass"), Is.EqualTo(2));
    }

    [Test]
    public async Task Should_log_in_anew_if_the_token_ends()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 2);
        rucio.Expires = "Sat, 01 Jan 2000 00:00:00 UTC";
        using var source = Source();

        await source.ListAsync(Did, default);
        await source.ListAsync(Did, default);

        Assert.That(rucio.Server.Count("/auth/userpass"), Is.EqualTo(2));
    }

    [Test]
    public async Task Should_read_again_if_a_listing_breaks_off()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 3);
        rucio.Server.Once(
            FilesPath,
            LoopbackServer.BrokenOff("{\"name\": \"raw_records-aaaaaaaaaa-000000\", \"bytes\": 1}\n{\"name\": \"raw_re")
        );
        rucio.Server.Once(
            FilesPath,
            http => LoopbackServer.JsonAsync(http, "{\"name\": \"raw_records-aaaaaaaaaa-000000\", \"bytes\": 1}\n{\"name\": \"raw_re")
        );

        Assert.That((await ListAsync())!.Chunks, Is.EqualTo(3));
        Assert.That(rucio.Server.Count(FilesPath), Is.EqualTo(3));
    }

    [TestCase("[1]\n", "line 1 is a list, expected one JSON object a line, a file with 'name' and 'bytes'")]
    [TestCase(
        "{\"name\": \"a\"}\n{\"bytes\": 1}\n",
        "line 2 has no 'name', expected one JSON object a line, a file with 'name' and 'bytes'"
    )]
    [TestCase("garbage\n", "line 1 is not JSON, expected one JSON object a line, a file with 'name' and 'bytes'")]
    [TestCase(
        "<html>\n<body>",
        "found an HTML page, expected one JSON object a line, a file with 'name' and 'bytes'; it may come from a proxy or a login "
            + "page in between"
    )]
    public async Task Should_cost_the_dataset_if_the_listing_has_another_shape(string answer, string what)
    {
        var rucio = await StartAsync();
        rucio.Server.Once(FilesPath, http => LoopbackServer.JsonAsync(http, answer));

        var error = Assert.ThrowsAsync<SourceErrorException>(() => ListAsync())!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"Rucio: GET {rucio.Server.Address}dids/xnt_007157/raw_records-aaaaaaaaaa/files: the answer is not valid: "
                    + $"{what}. Check rucio_host in [client] of {ConfigPath}."
            )
        );
    }

    [TestCase("<html>not found</html>", null, "404 with an HTML page, expected DataIdentifierNotFound for an unknown DID")]
    [TestCase("""{"error": "no route"}""", null, "404 without Rucio's exception class, expected DataIdentifierNotFound for an unknown DID")]
    [TestCase("""{"message": "DataIdentifierNotFound"}""", null, "404 without Rucio's exception class")]
    [TestCase("""["DataIdentifierNotFound"]""", null, "404 without Rucio's exception class")]
    [TestCase("not found", null, "404 without Rucio's exception class")]
    [TestCase("", null, "404 without Rucio's exception class")]
    [TestCase("""{"ExceptionClass": "RSENotFound"}""", null, "404 with RSENotFound, expected DataIdentifierNotFound for an unknown DID")]
    [TestCase("", "ScopeNotFound", "404 with ScopeNotFound, expected DataIdentifierNotFound for an unknown DID")]
    public async Task Should_not_take_a_wrong_address_for_an_unknown_did(string answer, string? header, string what)
    {
        var rucio = await StartAsync();
        rucio.Server.Once(
            FilesPath,
            http =>
            {
                if (header is not null)
                {
                    http.Response.Headers["ExceptionClass"] = header;
                }

                return LoopbackServer.JsonAsync(http, answer, 404);
            }
        );

        var error = Assert.ThrowsAsync<SourceErrorException>(() => ListAsync())!;
        Assert.That(error.Message, Does.Contain(what).And.EndsWith($"Check rucio_host in [client] of {ConfigPath}."));
    }

    [Test]
    public async Task Should_take_the_exception_class_in_the_body_for_rucios_word()
    {
        var rucio = await StartAsync();
        rucio.Server.Once(
            FilesPath,
            http =>
                LoopbackServer.JsonAsync(
                    http,
                    """{"ExceptionClass": "DataIdentifierNotFound", "ExceptionMessage": "Data identifier not found"}""",
                    404
                )
        );

        Assert.That(await ListAsync(), Is.Null);
    }

    [TestCase(204)]
    [TestCase(206)]
    [TestCase(203)]
    public async Task Should_not_take_a_part_for_the_whole(int status)
    {
        var rucio = await StartAsync();
        rucio.Server.Once(
            FilesPath,
            http =>
                status == 204
                    ? LoopbackServer.Status(204)(http)
                    : LoopbackServer.JsonAsync(http, """{"name": "raw_records-aaaaaaaaaa-000000"}""", status)
        );

        Assert.That(
            Assert.ThrowsAsync<SourceErrorException>(() => ListAsync())!.Message,
            Does.Match($"was answered with {status} [^,]+, which is not the whole")
        );
    }

    [TestCase(
        """{"scope": "xnt_007158", "name": "raw_records-aaaaaaaaaa-000000", "bytes": 1}""",
        "lists raw_records-aaaaaaaaaa-000000 of scope 'xnt_007158', which is not the dataset's"
    )]
    [TestCase(
        """{"name": "raw_records-bbbbbbbbbb-000000", "bytes": 1}""",
        "lists 'raw_records-bbbbbbbbbb-000000', which is not a file of that dataset: expected raw_records-aaaaaaaaaa-NNNNNN, or "
            + "raw_records-aaaaaaaaaa-metadata.json"
    )]
    [TestCase(
        """{"name": "raw_records-aaaaaaaaaa-000000\u001b[31m\n", "bytes": 1}""",
        "lists 'raw_records-aaaaaaaaaa-000000\\n', which is not a file of that dataset"
    )]
    [TestCase(
        """{"name": "raw_records-aaaaaaaaaa-000000", "bytes": -5}""",
        "gives raw_records-aaaaaaaaaa-000000 a size of -5 bytes, which is not possible"
    )]
    public async Task Should_cost_the_dataset_if_its_listing_holds_what_is_not_of_it(string line, string what)
    {
        var rucio = await StartAsync();
        rucio.Server.Once(FilesPath, http => LoopbackServer.JsonAsync(http, line + "\n"));

        Assert.That(
            Assert.ThrowsAsync<SourceErrorException>(() => ListAsync())!.Message,
            Does.StartWith($"Rucio: the listing of {Did} {what}")
        );
    }

    [TestCase("NaN")]
    [TestCase("-Infinity, \"x\": \"NaN\"")]
    public async Task Should_not_know_a_size_that_is_no_number(string size)
    {
        var rucio = await StartAsync();
        rucio.Server.Once(
            FilesPath,
            http => LoopbackServer.JsonAsync(http, $$"""{"name": "raw_records-aaaaaaaaaa-000000", "bytes": {{size}}}""" + "\n")
        );

        var listing = await ListAsync();

        Assert.That((listing!.Chunks, listing.Bytes), Is.EqualTo((1, (long?)null)));
    }

    [Test]
    public async Task Should_end_a_listing_without_end()
    {
        var rucio = await StartAsync();
        rucio.Server.Once(
            FilesPath,
            async http =>
            {
                var lines = System.Text.Encoding.UTF8.GetBytes(
                    string.Concat(Enumerable.Repeat("{\"name\": \"raw_records-aaaaaaaaaa-000000\", \"bytes\": 1}\n", 20_000))
                );
                while (!http.RequestAborted.IsCancellationRequested)
                {
                    await http.Response.Body.WriteAsync(lines, http.RequestAborted);
                }
            }
        );

        Assert.That(
            Assert.ThrowsAsync<SourceErrorException>(() => ListAsync())!.Message,
            Does.Contain("the answer is not valid: it is longer than 256 MB.")
        );
    }

    [Test]
    public async Task Should_read_the_file_that_rucio_config_names_and_no_other()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 3);
        _disk.AddFile("/home/tester/mine.cfg", new MockFileData(rucio.Config()));
        Configure("[client]\nrucio_host = https://other.invalid\n");

        Assert.That((await ListAsync(("RUCIO_CONFIG", "/home/tester/mine.cfg"), ("RUCIO_HOME", "/opt/rucio")))!.Chunks, Is.EqualTo(3));
        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync(("RUCIO_CONFIG", "/gone.cfg")))!.Message,
            Is.EqualTo(
                "$RUCIO_CONFIG names '/gone.cfg', which does not exist; Rucio's client then looks nowhere else. Correct it, or unset it."
            )
        );
    }

    [TestCase("RUCIO_HOME")]
    [TestCase("VIRTUAL_ENV")]
    [TestCase("CONDA_PREFIX")]
    public async Task Should_look_where_rucios_client_looks_first(string variable)
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 3);
        _disk.AddFile("/env/etc/rucio.cfg", new MockFileData(rucio.Config()));
        Configure("[client]\nrucio_host = https://other.invalid\n");

        Assert.That((await ListAsync((variable, "/env")))!.Chunks, Is.EqualTo(3));
    }

    [Test]
    public async Task Should_let_the_variables_of_rucio_win()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 3);
        Configure(rucio.Config(type: "x509_proxy", more: "vo = abc").Replace("production", "somebody", StringComparison.Ordinal));

        Assert.That(
            (await ListAsync(("RUCIO_AUTH_TYPE", "userpass"), ("RUCIO_ACCOUNT", "production"), ("RUCIO_VO", "xyz")))!.Chunks,
            Is.EqualTo(3)
        );
        Assert.That(
            rucio.Server.Requests.Select(r => (r.Headers["X-Rucio-Account"], r.Headers["X-Rucio-VO"])),
            Is.All.EqualTo(("production", "xyz"))
        );
        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync(("RUCIO_AUTH_TYPE", "oidc")))!.Message,
            Is.EqualTo("$RUCIO_AUTH_TYPE is 'oidc'; we can log in with x509_proxy, x509 and userpass.")
        );
    }

    [Test]
    public async Task Should_name_no_account_if_there_is_none()
    {
        var rucio = await StartAsync();
        rucio.Server.Lenient = true;
        Configure(rucio.Config().Replace($"account = {FakeRucio.Account}\n", "", StringComparison.Ordinal));

        Assert.That(Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message, Does.StartWith("Rucio: the login without account at "));
        Assert.That(rucio.Server.Requests.Single().Headers.Keys, Has.None.EqualTo("X-Rucio-Account").IgnoreCase);
    }

    [TestCase("RUCIO_CLIENT_PROXY", "", "/tmp/mine")]
    [TestCase("X509_USER_PROXY", "", "/home/tester/user_cert")]
    [TestCase("X509_USER_PROXY", "client_x509_proxy = /tmp/other", "/tmp/other")]
    public async Task Should_take_the_proxy_as_rucios_client_does(string variable, string more, string expected)
    {
        var rucio = await StartAsync();
        Configure(rucio.Config(more, "x509_proxy"));

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync((variable, "/tmp/mine")))!.Message,
            Does.StartWith($"the X.509 proxy '{expected}' (")
        );
    }

    [Test]
    public async Task Should_trust_the_authorities_of_x509_cert_dir_before_those_of_the_file()
    {
        var rucio = await StartAsync(Certificates.Server);
        rucio.Add(Did, 4);
        _disk.AddFile("/etc/stranger.pem", new MockFileData(Certificates.Stranger.ExportCertificatePem()));
        _disk.AddFile("/etc/grid/0a1b2c3d.0", new MockFileData(Certificates.Authority.ExportCertificatePem()));
        Configure(rucio.Config("ca_cert = /etc/stranger.pem"));

        Assert.That((await ListAsync(("X509_CERT_DIR", "/etc/grid")))!.Chunks, Is.EqualTo(4));
    }

    [Test]
    public async Task Should_log_in_with_a_certificate_and_its_key()
    {
        await using var rucio = await FakeRucio.StartAsync();
        rucio.Add(Did, 4);
        await using var auth = await FakeRucio.StartAsync(Certificates.Server, (_, _) => true);
        auth.Tokens = rucio;
        var both = Certificates.UserFile();
        var key = both.IndexOf("-----BEGIN PRIVATE KEY", StringComparison.Ordinal);
        _disk.AddFile("/home/tester/cert.pem", new MockFileData(key > 0 ? both[..key] : both));
        _disk.AddFile("/home/tester/key.pem", new MockFileData(both[Math.Max(key, 0)..]));
        _disk.AddFile("/etc/ca.pem", new MockFileData(Certificates.Authority.ExportCertificatePem()));
        Configure(rucio.Config("ca_cert = /etc/ca.pem\nclient_cert = ~/cert.pem\nclient_key = $HERE/key.pem", "x509", auth.Server.Address));

        Assert.That((await ListAsync(("HERE", "/home/tester")))!.Chunks, Is.EqualTo(4));
        Assert.That(auth.Server.Count("/auth/x509"), Is.EqualTo(1));
    }

    [TestCase("rucio_host", "?x=1")]
    [TestCase("rucio_host", "/#")]
    [TestCase("auth_host", "/api?")]
    public async Task Should_refuse_an_address_with_more_behind_its_path(string key, string more)
    {
        var rucio = await StartAsync();
        var address = rucio.Server.Address.AbsoluteUri.TrimEnd('/');
        Configure(rucio.Config().Replace($"{key} = {address}", $"{key} = {address}{more}", StringComparison.Ordinal));

        Assert.That(Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message, Does.Contain($"{key} is not a valid address"));
    }

    [TestCase("p4ssw0rd%%x$HOME", "p4ssw0rd%x$HOME")]
    [TestCase("p4ss%(account)s", "p4ssproduction")]
    public async Task Should_read_a_password_as_pythons_configparser_does(string written, string sent)
    {
        var rucio = await StartAsync();
        rucio.Server.Lenient = true;
        Configure(rucio.Config().Replace(FakeRucio.Password, written, StringComparison.Ordinal));

        Assert.ThrowsAsync<UsageException>(() => ListAsync(("HOME", "/home/tester")));
        Assert.That(rucio.Server.Requests.Single().Headers["X-Rucio-Password"], Is.EqualTo(sent));
    }

    [Test]
    public async Task Should_refuse_a_percent_sign_that_stands_for_nothing()
    {
        var rucio = await StartAsync();
        Configure(rucio.Config().Replace(FakeRucio.Password, "p4ss%w0rd", StringComparison.Ordinal));

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message,
            Does.Contain("password contains a % that has no meaning (its value is not shown).").And.Not.Contains("p4ss")
        );
    }

    [Test]
    public async Task Should_say_what_to_mend_if_the_password_is_wrong()
    {
        var rucio = await StartAsync();
        Configure(rucio.Config().Replace(FakeRucio.Password, "wr0ng-secret", StringComparison.Ordinal));

        var error = Assert.ThrowsAsync<UsageException>(() => ListAsync())!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"Rucio: the login of account 'production' at {rucio.Server.Address.GetLeftPart(UriPartial.Authority)} is refused "
                    + $"(401). Correct username, password in [client] of {ConfigPath}, or the account ($RUCIO_ACCOUNT, or account "
                    + "there)."
            )
        );
    }

    [Test]
    public async Task Should_never_send_the_token_to_another_host()
    {
        await using var other = await LoopbackServer.StartAsync();
        var rucio = await StartAsync();
        rucio.Server.Once(
            FilesPath,
            http =>
            {
                http.Response.Redirect($"{other.Address}dids/stolen");
                return Task.CompletedTask;
            }
        );

        var error = Assert.ThrowsAsync<ServiceException>(() => ListAsync())!;

        Assert.That(other.Requests, Is.Empty);
        Assert.That(error.ExitCode, Is.EqualTo(2));
        Assert.That(
            error.Message,
            Is.EqualTo(
                $"Rucio: GET {rucio.Server.Address}dids/xnt_007157/raw_records-aaaaaaaaaa/files was redirected to another address, "
                    + $"{other.Address.GetLeftPart(UriPartial.Authority)}, where no credentials are sent. If Rucio has moved there, "
                    + $"correct rucio_host in [client] of {ConfigPath}."
            )
        );
    }

    [Test]
    public async Task Should_log_in_with_a_client_certificate_and_show_it_nowhere_else()
    {
        await using var rucio = await FakeRucio.StartAsync();
        rucio.Add(Did, 4);
        var shown = new List<string>();
        await using var auth = await FakeRucio.StartAsync(
            Certificates.Server,
            (certificate, _) =>
            {
                shown.Add(certificate.Subject);
                return true;
            }
        );
        auth.Tokens = rucio;
        _disk.AddFile("/tmp/x509up", new MockFileData(Certificates.UserFile()));
        _disk.AddFile("/etc/ca.pem", new MockFileData(Certificates.Authority.ExportCertificatePem()));
        Configure(rucio.Config("ca_cert = /etc/ca.pem\nclient_x509_proxy = $X509_USER_PROXY", "x509_proxy", auth.Server.Address));

        Assert.That((await ListAsync(("X509_USER_PROXY", "/tmp/x509up")))!.Chunks, Is.EqualTo(4));
        Assert.That(shown, Is.EqualTo(new[] { "CN=Test user" }));
        Assert.That(rucio.Server.Count("/auth/x509_proxy"), Is.Zero);
    }

    [Test]
    public async Task Should_log_in_with_a_proxy_that_a_server_of_the_grid_accepts()
    {
        // Not in this process: the runtime's own TLS server cannot judge proxy certificates. OpenSSL, as Rucio's web server has it, can.
        await using var rucio = await FakeRucio.StartAsync();
        rucio.Add(Did, 4);
        using var auth = new ProxyAuthServer(rucio.Token);
        _disk.AddFile("/tmp/x509up", new MockFileData(Certificates.ProxyFile(DateTimeOffset.UtcNow.AddDays(2))));
        _disk.AddFile("/etc/ca.pem", new MockFileData(Certificates.Authority.ExportCertificatePem()));
        Configure(rucio.Config("ca_cert = /etc/ca.pem\nclient_x509_proxy = /tmp/x509up", "x509_proxy", auth.Address));

        Assert.That((await ListAsync())!.Chunks, Is.EqualTo(4));
    }

    [Test]
    public async Task Should_trust_the_authorities_of_a_folder()
    {
        var rucio = await StartAsync(Certificates.Server);
        rucio.Add(Did, 4);
        _disk.AddFile("/etc/grid/stranger.pem", new MockFileData(Certificates.Stranger.ExportCertificatePem()));
        _disk.AddFile("/etc/grid/0a1b2c3d.0", new MockFileData(Certificates.Authority.ExportCertificatePem()));
        _disk.AddFile("/etc/grid/0a1b2c3d.r0", new MockFileData("no certificate"));
        _disk.AddFile("/etc/grid/broken.pem", new MockFileData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
        Configure(rucio.Config("ca_cert = /etc/grid"));

        Assert.That((await ListAsync())!.Chunks, Is.EqualTo(4));
    }

    [Test]
    public async Task Should_refuse_a_server_of_another_authority()
    {
        var rucio = await StartAsync(Certificates.Server);
        _disk.AddFile("/etc/ca.pem", new MockFileData(Certificates.Stranger.ExportCertificatePem()));
        Configure(rucio.Config("ca_cert = /etc/ca.pem"));

        var error = Assert.ThrowsAsync<ServiceException>(() => ListAsync())!;

        Assert.That(error.ExitCode, Is.EqualTo(2));
        Assert.That(error.Message, Does.StartWith($"TLS with Rucio at {rucio.Server.Address.GetLeftPart(UriPartial.Authority)} fails: "));
        Assert.That(
            error.Message,
            Does.EndWith(
                $". Correct ca_cert in [client] of {ConfigPath}: a file or folder with the authorities to trust (often "
                    + "/etc/grid-security/certificates)."
            )
        );
        Assert.That(rucio.Server.Requests, Is.Empty);
    }

    [Test]
    public async Task Should_say_which_proxy_has_expired()
    {
        var rucio = await StartAsync();
        var ended = new DateTimeOffset(DateTimeOffset.UtcNow.Date.AddDays(-1), TimeSpan.Zero);
        _disk.AddFile("/tmp/x509up", new MockFileData(Certificates.ProxyFile(ended)));
        Configure(rucio.Config("client_x509_proxy = /tmp/x509up", "x509_proxy"));

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message,
            Is.EqualTo(
                $"the X.509 proxy '/tmp/x509up' (client_x509_proxy in [client] of {ConfigPath}) has expired on "
                    + $"{ended:yyyy-MM-ddTHH:mm:ssZ}. Make a new one, e.g. with: voms-proxy-init -voms xenon.biggrid.nl -bits 2048 "
                    + "-hours 168 -out /tmp/x509up"
            )
        );
    }

    [Test]
    public async Task Should_say_which_proxy_is_missing()
    {
        var rucio = await StartAsync();
        Configure(rucio.Config("", "x509_proxy"));

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message,
            Is.EqualTo(
                "the X.509 proxy '/home/tester/user_cert' (its usual place) is missing. Make a new one, e.g. with: voms-proxy-init "
                    + "-voms xenon.biggrid.nl -bits 2048 -hours 168 -out /home/tester/user_cert"
            )
        );
    }

    [Test]
    public async Task Should_say_that_a_proxy_file_holds_none()
    {
        var rucio = await StartAsync();
        _disk.AddFile("/home/tester/user_cert", new MockFileData("my password is h1dden"));
        Configure(rucio.Config("", "x509_proxy"));

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message,
            Is.EqualTo(
                "'/home/tester/user_cert' (its usual place) is not a valid X.509 proxy: it must contain a certificate and its key, as PEM. Make a "
                    + "new one, e.g. with: voms-proxy-init -voms xenon.biggrid.nl -bits 2048 -hours 168 -out /home/tester/user_cert"
            )
        );
    }

    [Test]
    public void Should_say_where_it_looked_if_there_is_no_configuration() =>
        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync(("RUCIO_HOME", "/cvmfs/rucio")))!.Message,
            Is.EqualTo(
                "there is no rucio.cfg, which has the address of Rucio. Looked for $RUCIO_CONFIG (not set), "
                    + "/cvmfs/rucio/etc/rucio.cfg, $VIRTUAL_ENV/etc/rucio.cfg ($VIRTUAL_ENV is not set), $CONDA_PREFIX/etc/rucio.cfg "
                    + "($CONDA_PREFIX is not set), /opt/rucio/etc/rucio.cfg. Source the release's setup.sh, set RUCIO_CONFIG or "
                    + "RUCIO_HOME, or name a snapshot with --rucio=file:PATH."
            )
        );

    [Test]
    public void Should_say_that_the_section_is_missing()
    {
        Configure("[clients]\nrucio_host = https://example.org\n");

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message,
            Is.EqualTo(
                $"{ConfigPath}: there is no section [client] (did you mean 'clients'?). It must contain rucio_host, auth_host and auth_type."
            )
        );
    }

    [Test]
    public void Should_tell_all_faults_of_the_configuration_together()
    {
        Configure("[client]\nrucio_host = rucio\nauth_type = gss\nrequest_retries = many\nca_cert = $NOWHERE/ca\n");

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => ListAsync())!.Message.Split(Environment.NewLine),
            Is.EquivalentTo(
                new[]
                {
                    $"{ConfigPath}:3: auth_type is 'gss'; we can log in with x509_proxy, x509 and userpass.",
                    $"{ConfigPath}:4: request_retries is 'many', which must be a whole number from 0 to 100. Correct it, or leave it "
                        + "out for 3.",
                    $"{ConfigPath}:2: rucio_host is not a valid address (its value is not shown): expected https://HOST, with a port and a path "
                        + "if needed, and no user or password, ? or # in it.",
                    $"{ConfigPath}: auth_host is missing. Write it into [client].",
                    $"{ConfigPath}:5: ca_cert is '$NOWHERE/ca', but the environment does not set that variable. Set it, or write the "
                        + "value into [client].",
                }
            )
        );
    }

    [Test]
    public async Task Should_take_variables_and_the_account_from_the_environment()
    {
        var rucio = await StartAsync();
        rucio.Add(Did, 1);
        Configure(
            rucio
                .Config()
                .Replace(rucio.Server.Address.AbsoluteUri.TrimEnd('/'), "$RUCIO_URL", StringComparison.Ordinal)
                .Replace("production", "somebody", StringComparison.Ordinal)
        );

        var listing = await ListAsync(("RUCIO_URL", rucio.Server.Address.AbsoluteUri), ("RUCIO_ACCOUNT", "production"));

        Assert.That(listing!.Chunks, Is.EqualTo(1));
    }

    private const string FilesPath = "/dids/xnt_007157/raw_records-aaaaaaaaaa/files";

    private static TransportLimits Limits { get; } = new() { FirstPause = TimeSpan.FromMilliseconds(1) };

    private async Task<FakeRucio> StartAsync(X509Certificate2? certificate = null, Func<X509Certificate2, X509Chain?, bool>? client = null)
    {
        _rucio = await FakeRucio.StartAsync(certificate, client);
        Configure(_rucio.Config());
        return _rucio;
    }

    private void Configure(string text) => _disk.AddFile(ConfigPath, new MockFileData(text));

    private async Task<DatasetListing?> ListAsync(params (string, string)[] variables)
    {
        using var source = Source(variables);
        return await source.ListAsync(Did, default);
    }

    private RestDatasetSource Source(params (string, string)[] variables) =>
        (RestDatasetSource)
            DatasetSources.Create(
                Given.Loaded(s => s with { Rucio = new SourceChoice.Rest() }),
                Given.Host(_disk, variables),
                limits: Limits
            );
}
