using System.IO.Abstractions;
using System.Security.Cryptography;
using Outsource.Foundation.Machine;
using Outsource.PegasusPlan.Preflight;
using Outsource.Services.Proxies;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.PegasusPlan.Preflight;

/// <summary>Proxies made for the test.</summary>
internal sealed class ProxyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private string _path = "";

    [SetUp]
    public void SetUp() => _path = Path.GetTempFileName();

    [TearDown]
    public void TearDown() => File.Delete(_path);

    [Test]
    public void Should_pass_if_everything_is_fine()
    {
        var checks = Look(Proxy());

        Assert.That(
            checks.Select(c => (c.Subject, c.State)),
            Is.EqualTo(
                new[]
                {
                    ("proxy permissions", CheckState.Ok),
                    ("proxy", CheckState.Ok),
                    ("proxy time left", CheckState.Ok),
                    ("proxy key", CheckState.Ok),
                    ("proxy kind", CheckState.Ok),
                    ("proxy VOMS attributes", CheckState.Ok),
                }
            )
        );
        Assert.That(checks[1].Finding, Does.EndWith("of CN=A Person, O=Grid"));
        Assert.That(checks[2].Finding, Is.EqualTo("167 h 0 min left, until 2026-11-29 11:00 UTC"));
        Assert.That(checks[3].Finding, Is.EqualTo("RSA, 2048 bits"));
        Assert.That(checks[5].Finding, Does.StartWith("95 h 0 min left"));
    }

    [Test]
    public void Should_fail_if_expired() =>
        Fails(Proxy(hours: -1), "proxy time left", "ended at 2026-11-22 11:00 UTC; at least 20 h are needed");

    [Test]
    public void Should_fail_if_too_short() =>
        Fails(Proxy(hours: 19), "proxy time left", "19 h 0 min left, until 2026-11-23 07:00 UTC; at least 20 h are needed");

    [Test]
    public void Should_fail_if_key_is_weak() => Fails(Proxy(bits: 1024), "proxy key", "it has 1024 bits, at least 2048 are needed");

    [Test]
    public void Should_fail_if_legacy() =>
        Fails(Proxy(kind: ProxyKind.Legacy), "proxy kind", "it is a legacy proxy (Globus 2), which current storage elements reject");

    [Test]
    public void Should_fail_if_voms_is_missing() =>
        Fails(Proxy(voms: false), "proxy VOMS attributes", "it has none, so storage elements do not accept it for XENON");

    [Test]
    public void Should_fail_if_others_may_read_it()
    {
        var checks = Look(Proxy(), mode: UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.That(
            checks[0],
            Is.EqualTo(
                CheckResult.Failed(
                    "proxy permissions",
                    $"'{_path}' has mode 0644, but the planner accepts only 0600",
                    $"chmod 600 {_path}"
                )
            )
        );
    }

    [Test]
    public void Should_say_nothing_of_its_mode_if_it_is_no_proxy()
    {
        var check = Look(
                "root:x:0:0:root:/root:/bin/bash\n",
                mode: UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
            )
            .Single();
        Assert.That(check.Finding, Is.EqualTo($"'{_path}' cannot be used: it contains no PEM block"));
        Assert.That(
            check.Remedy,
            Is.EqualTo(
                "Set X509_USER_PROXY to a proxy. Make a new one: voms-proxy-init -rfc -voms xenon.biggrid.nl -bits 2048 -hours 168 "
                    + "-out /home/u/user_cert."
            ),
            "the file that is something else is neither changed nor written over"
        );
    }

    [Test]
    public void Should_name_the_real_path_if_a_new_one_is_needed() =>
        Assert.That(
            Look(Proxy(hours: 2)).Single(c => c.State == CheckState.Failed).Remedy,
            Is.EqualTo($"Make a new one: voms-proxy-init -rfc -voms xenon.biggrid.nl -bits 2048 -hours 168 -out {_path}.")
        );

    [Test]
    public void Should_take_the_first_end_if_it_is_a_chain_of_proxies()
    {
        var proxy = ProxyFile.Parse(Proxy(depth: 3, hours: 30));
        Assert.That(
            (proxy.Kind, proxy.Certificates, proxy.Until, proxy.Subject),
            Is.EqualTo((ProxyKind.Rfc, 4, Now.AddHours(30), "CN=A Person, O=Grid"))
        );
    }

    [TestCase("no PEM at all", "it contains no PEM block")]
    [TestCase("", "it contains no PEM block")]
    public void Should_say_why_if_not_pem(string text, string why) =>
        Assert.That(Look(text)[^1].Finding, Is.EqualTo($"'{_path}' cannot be used: {why}"));

    [Test]
    public void Should_say_why_and_show_nothing_if_key_is_missing_or_another()
    {
        var proxy = Proxy();
        var key = proxy[
            proxy.IndexOf("-----BEGIN RSA", StringComparison.Ordinal)..(
                proxy.IndexOf("END RSA PRIVATE KEY-----", StringComparison.Ordinal) + 24
            )
        ];
        using var other = RSA.Create(2048);

        Assert.That(
            Assert.Throws<FormatException>(() => ProxyFile.Parse(proxy.Replace(key, "", StringComparison.Ordinal)))!.Message,
            Is.EqualTo("it contains no private key: it is a certificate, not a proxy")
        );
        Assert.That(
            Assert
                .Throws<FormatException>(() =>
                    ProxyFile.Parse(proxy.Replace(key, other.ExportRSAPrivateKeyPem(), StringComparison.Ordinal))
                )!
                .Message,
            Is.EqualTo("its private key does not match its first certificate")
        );
        Assert.That(
            Assert.Throws<FormatException>(() => ProxyFile.Parse(key))!.Message,
            Is.EqualTo("it contains no certificate, only RSA PRIVATE KEY")
        );
        Assert.That(
            Assert
                .Throws<FormatException>(() => ProxyFile.Parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))!
                .Message,
            Is.EqualTo("it contains a certificate or a key that is not valid")
        );
    }

    [Test]
    public void Should_fail_if_another_file_is_shipped()
    {
        var checks = Look(Proxy(), meant: "/home/me/other");
        Assert.That(
            checks[0].Finding,
            Is.EqualTo($"the jobs get '{_path}', but X509_USER_PROXY or ~/user_cert is now '/home/me/other'")
        );
    }

    [Test]
    public void Should_fail_if_it_is_not_there()
    {
        File.Delete(_path);
        Assert.That(Checks(_path, _path).Single().Finding, Is.EqualTo($"'{_path}' is missing"));
    }

    private void Fails(string proxy, string subject, string finding)
    {
        var failed = Look(proxy).Where(c => c.State != CheckState.Ok).ToList();
        Assert.That(failed.Select(c => (c.Subject, c.State, c.Finding)), Is.EqualTo(new[] { (subject, CheckState.Failed, finding) }));
        Assert.That(failed[0].Remedy, Does.Contain("voms-proxy-init -rfc"));
    }

    private List<CheckResult> Look(string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, string? meant = null)
    {
        File.WriteAllText(_path, content);
        File.SetUnixFileMode(_path, mode);
        return Checks(_path, meant ?? _path);
    }

    private static List<CheckResult> Checks(string shipped, string meant) =>
        [
            .. new ProxyChecks(
                new HostEnvironment
                {
                    Disk = new FileSystem(),
                    Now = Now,
                    Variables = new Dictionary<string, string>(),
                    WorkingDirectory = "/",
                    User = "u",
                    Home = "/home/u",
                    HostName = "h",
                    DataFolder = "/",
                    DemoWorkDir = "/",
                },
                new FakeMachine(Now)
            ).Of(shipped, meant),
        ];

    private static string Proxy(int hours = 167, int bits = 2048, ProxyKind kind = ProxyKind.Rfc, bool voms = true, int depth = 1) =>
        Proxies.Pem(Now, hours, bits, kind, voms, depth);
}
