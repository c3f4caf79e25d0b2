using System.IO.Abstractions.TestingHelpers;
using Outsource.Services.Proxies;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using MadeProxies = Outsource.Tests.Fixtures.Proxies;

namespace Outsource.Tests.Services.Proxies;

/// <summary>The copy of the proxy that the jobs of plans by level get.</summary>
[TestFixture]
public sealed class ProxyCopyTests
{
    private const string Own = "/home/tester/user_cert",
        Copy = "/work/generated/2024-02-17/.x509_user_proxy";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly string First = MadeProxies.Pem(Now, hours: 50),
        Longer = MadeProxies.Pem(Now, hours: 90),
        Newer = MadeProxies.Pem(Now.AddHours(3), hours: 20),
        Expired = MadeProxies.Pem(Now.AddHours(-60), hours: 20);

    private MockFileSystem _disk = null!;

    [SetUp]
    public void SetUp()
    {
        _disk = new MockFileSystem();
        _disk.AddDirectory("/home/tester");
        _disk.AddDirectory("/work/generated/2024-02-17");
        SetOwn(First);
    }

    [Test]
    public void Should_be_a_copy_if_the_plan_is_by_level()
    {
        Proxy().Put();

        Assert.That(_disk.File.ReadAllText(Copy), Is.EqualTo(First));
        Assert.That((ProxyCopy.SentBy(Settings()), Proxy().Current), Is.EqualTo((Copy, Copy)));
    }

    [Test]
    public void Should_send_the_operators_own_file_if_the_plan_is_by_type()
    {
        Proxy(PlanKind.ByType).Put();

        Assert.That(Proxy(PlanKind.ByType).Renew(), Is.False);
        Assert.That(_disk.FileExists(Copy), Is.False);
        Assert.That((ProxyCopy.SentBy(Settings(PlanKind.ByType)), Proxy(PlanKind.ByType).Current), Is.EqualTo((Own, Own)));
    }

    [TestCase(nameof(Longer), true)]
    [TestCase(nameof(Newer), true)]
    [TestCase(nameof(First), false)]
    [TestCase(nameof(Expired), false)]
    [TestCase("", false)]
    [TestCase("no proxy", false)]
    public void Should_be_renewed_if_the_operators_proxy_is_newer_or_valid_for_longer(string own, bool renewed)
    {
        Proxy().Put();
        SetOwn(Text(own));

        Assert.That(Proxy().Current, Is.EqualTo(renewed ? Own : Copy), "what is checked is what is sent");
        Assert.That(Proxy().Renew(), Is.EqualTo(renewed));
        Assert.That(_disk.File.ReadAllText(Copy), Is.EqualTo(renewed ? Text(own) : First));
        Assert.That((Proxy().Current, Proxy().Renew()), Is.EqualTo((Copy, false)));
    }

    [Test]
    public void Should_be_replaced_if_it_cannot_be_used()
    {
        _disk.AddFile(Copy, new MockFileData("damaged"));

        Assert.That(Proxy().Renew());
        Assert.That(_disk.File.ReadAllText(Copy), Is.EqualTo(First));
    }

    [TestCase(nameof(Expired))]
    [TestCase("no proxy")]
    [TestCase("")]
    public void Should_not_be_made_of_what_cannot_be_used(string own)
    {
        SetOwn(Text(own));
        Proxy().Put();

        Assert.That(_disk.FileExists(Copy), Is.False);
        Assert.That(Proxy().Current, Is.EqualTo(Own), "its check says what to do");
    }

    [Test]
    public void Should_not_be_made_of_a_file_that_others_can_read()
    {
        _disk.File.SetUnixFileMode(Own, Private | UnixFileMode.OtherRead);
        Proxy().Put();

        Assert.That(_disk.FileExists(Copy), Is.False);
        Assert.That(Proxy().Current, Is.EqualTo(Own), "its check says what to do");
    }

    [Test]
    public void Should_not_keep_the_proxy_of_an_earlier_workflow_of_the_folder()
    {
        _disk.AddFile(Copy, new MockFileData(Longer));
        Proxy().Put();

        Assert.That(_disk.File.ReadAllText(Copy), Is.EqualTo(First));
    }

    private static string Text(string name) =>
        name switch
        {
            nameof(First) => First,
            nameof(Longer) => Longer,
            nameof(Newer) => Newer,
            nameof(Expired) => Expired,
            _ => name,
        };

    private void SetOwn(string text)
    {
        _disk.File.Delete(Own);
        if (text.Length > 0)
        {
            _disk.AddFile(Own, new MockFileData(text));
            _disk.File.SetUnixFileMode(Own, Private);
        }
    }

    private static OutsourceSettings Settings(PlanKind plan = PlanKind.ByLevel) =>
        Given.Settings with { Plan = plan, Proxy = Own, Name = "2024-02-17" };

    private ProxyCopy Proxy(PlanKind plan = PlanKind.ByLevel) => new(_disk, Settings(plan), Now);
}
