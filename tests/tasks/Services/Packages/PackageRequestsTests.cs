using Outsource.Services.Packages;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Packages;

[TestFixture]
internal sealed class PackageRequestsTests
{
    private static readonly OutsourceSettings Settings = Given.Settings with
    {
        Plan = PlanKind.ByLevel,
        UserInstallPackage = ["cutax", "straxen"],
        CheckUserInstallPackage = ["wfsim"],
        UserInstallPath = NamedPaths.None.With("cutax", "/home/me/cutax").With("unlisted", "/x"),
    };

    [Test]
    public void Should_ask_for_what_the_settings_say()
    {
        var request = PackageRequests.Of(Settings, Given.Host(Given.Disk(), ("CUTAX_LOCATION", "/cvmfs/cutax")))!;

        Assert.That(request.Listed, Is.EqualTo(new[] { "cutax", "straxen" }));
        Assert.That(request.Checked, Has.Member("wfsim").And.Member("strax").And.No.Member("straxen"));
        Assert.That(request.Paths, Is.EqualTo(new Dictionary<string, string> { ["cutax"] = "/home/me/cutax" }));
        Assert.That((request.Uploads, request.CutaxLocation), Is.EqualTo((Settings.Uploads, "/cvmfs/cutax")));
    }

    [Test]
    public void Should_ask_for_nothing_if_the_jobs_install_nothing()
    {
        var host = Given.Host(Given.Disk());

        Assert.That(PackageRequests.Of(Settings with { Plan = PlanKind.ByType }, host), Is.Null);
        Assert.That(PackageRequests.Of(Settings with { Payload = JobPayload.Canary }, host), Is.Null);
        Assert.That(PackageRequests.Of(Settings with { UserInstallPackage = [], CheckUserInstallPackage = [] }, host), Is.Null);
        Assert.That(PackageRequests.Of(Settings with { UserInstallPackage = [] }, host), Is.Not.Null);
    }
}
