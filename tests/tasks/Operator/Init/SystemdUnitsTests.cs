using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Operator.Init;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Init;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SystemdUnitsTests
{
    private readonly MockFileSystem _disk = new();

    [Test]
    public void Should_quote_what_systemd_would_read_otherwise()
    {
        var (_, text) = Units("/opt/my 100% \"tools\"/outsource").Texts("/home/$USER/c")[0];

        Assert.That(text, Does.Contain("ExecStart=\"/opt/my 100%% \\\"tools\\\"/outsource\" --target=Submit --yes --one-at-a-time "));
        Assert.That(text, Does.Contain("\nEnvironment=\"XENON_CONFIG=/home/$$USER/c\"\n"));
    }

    [Test]
    public void Should_call_the_program_every_day_and_for_messages()
    {
        var units = Units("/opt/outsource").Texts(null).ToDictionary(u => u.Name, u => u.Text);

        Assert.That(
            units["outsource-submit.timer"],
            Does.Contain("OnCalendar=*-*-* 05:17:00\nRandomizedDelaySec=10min\nPersistent=true\n")
        );
        Assert.That(units["outsource-notify.service"], Does.Contain("ExecStart=\"/opt/outsource\" --target=Notify --log="));
        Assert.That(units.Values, Has.None.Contains("XENON_CONFIG"));
    }

    [Test]
    public void Should_write_nothing_if_one_is_there()
    {
        var folder = Units("/opt/outsource").Write(null);
        _disk.File.Delete(folder + "/outsource-submit.service");

        Assert.That(() => Units("/x").Write(null), Throws.TypeOf<UsageException>().With.Message.Contains("is not overwritten"));
        Assert.That(_disk.Directory.GetFiles(folder), Has.Length.EqualTo(3));
    }

    private SystemdUnits Units(string program) => new(Given.Host(_disk), program);
}
