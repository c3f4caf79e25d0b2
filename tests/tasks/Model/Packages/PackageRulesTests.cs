using System.Collections.Immutable;
using Outsource.Model.Packages;

namespace Outsource.Tests.Model.Packages;

[TestFixture]
internal sealed class PackageRulesTests
{
    private static readonly InstalledPackage Editable = new("cutax")
    {
        Version = "2.0.0",
        File = "/home/tester/cutax/cutax/__init__.py",
        GitTop = "/home/tester/cutax",
        Editable = true,
    };

    private static readonly InstalledPackage Release = new("cutax")
    {
        Version = "2.1.0",
        File = "/cvmfs/env/lib/python3.11/site-packages/cutax/__init__.py",
    };

    private static readonly PackageRequest Request = new(["cutax"], []) { CutaxLocation = "/cvmfs/cutax/v2.1.0" };

    [Test]
    public void Should_make_a_tarball_if_a_package_is_editable()
    {
        var decided = Decide(Request, Editable);

        Assert.That(decided.Faults, Is.Empty);
        Assert.That(decided.Decisions, Is.EqualTo(new[] { new PackageDecision(Editable, PackageSource.WorkTree, "/home/tester/cutax") }));
    }

    [Test]
    public void Should_take_the_shared_release_if_cutax_is_not_editable()
    {
        var decided = Decide(Request, Release);

        Assert.That(decided.Faults, Is.Empty);
        Assert.That(
            decided.Decisions.Single(),
            Is.EqualTo(
                new PackageDecision(
                    Release,
                    PackageSource.Shared,
                    "/ospool/uc-shared/project/xenon/xenonnt/software/cutax/v2-1-0.tar.gz"
                )
            )
        );
    }

    [Test]
    public void Should_leave_another_package_to_the_image_if_it_is_not_editable()
    {
        var decided = Decide(Request with { UserInstall = ["cutax", "straxen"] }, Editable, Release with { Name = "straxen" });

        Assert.That(decided.Faults, Is.Empty);
        Assert.That(
            decided.Decisions.Select(d => (d.Package.Name, d.Source)),
            Is.EqualTo(new[] { ("cutax", PackageSource.WorkTree), ("straxen", PackageSource.Image) })
        );
    }

    [Test]
    public void Should_be_own_code_if_python_finds_it_in_a_clone()
    {
        var found = Release with { File = "/home/tester/cutax/cutax/__init__.py", GitTop = "/home/tester/cutax" };

        Assert.That(Decide(Request, found).Decisions.Single().Source, Is.EqualTo(PackageSource.WorkTree));
    }

    [Test]
    public void Should_not_be_own_code_if_the_whole_environment_is_in_a_work_tree()
    {
        Assert.That(Decide(Request, Release with { GitTop = "/cvmfs" }).Decisions.Single().Source, Is.EqualTo(PackageSource.Shared));
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return new TestCaseData(
            Request with { CutaxLocation = null },
            Release,
            "user_install_package: cutax is not editable, so the jobs install the shared release of it, but CUTAX_LOCATION is not set. "
                + "Source the setup.sh of a release, or install cutax with 'pip install -e'."
        ).SetName("no CUTAX_LOCATION");
        yield return new TestCaseData(
            Request,
            Release with { Version = "2.1/../../x" },
            "user_install_package: the version of cutax is '2.1/../../x', which is not a number such as 2.0.0, so its shared release cannot "
                + "be found. Install a release, or install it with 'pip install -e'."
        ).SetName("a version that is a path");
        yield return new TestCaseData(
            Request,
            Release with { Missing = true },
            "user_install_package: 'cutax' is not installed in the environment's python3. Install it, take it out of the list, or name its "
                + "folder with user_install_path.cutax."
        ).SetName("missing");
        yield return new TestCaseData(
            Request,
            Release with { UserSite = true },
            "user_install_package: 'cutax' is installed in your own site-packages "
                + "(/cvmfs/env/lib/python3.11/site-packages/cutax/__init__.py) and is not editable, so it has no sources to send. Uninstall "
                + "it ('pip uninstall'), or install it with 'pip install -e'."
        ).SetName("user site");
        yield return new TestCaseData(
            Request,
            Editable with { GitTop = null },
            "user_install_package: 'cutax' is editable, but /home/tester/cutax/cutax/__init__.py is not in a git work tree, so it is not "
                + "known which files belong to it. Install it from a clone, or make its folder a repository ('git init')."
        ).SetName("no git");
        yield return new TestCaseData(
            Request with { Uploads = true },
            Editable,
            "rucio_upload is not possible with editable packages (cutax): nobody else could make this data again. Switch it off, or install "
                + "releases of them and make the plan anew."
        ).SetName("upload");
    }

    [TestCaseSource(nameof(Wrong))]
    public void Should_refuse_what_breaks_a_rule(PackageRequest request, InstalledPackage package, string fault)
    {
        Assert.That(Decide(request, package).Faults, Is.EqualTo(new[] { fault }));
    }

    [Test]
    public void Should_allow_uploads_if_all_code_is_released()
    {
        Assert.That(Decide(Request with { Uploads = true }, Release).Faults, Is.Empty);
    }

    [TestCase("strax", true, false, "is an editable install")]
    [TestCase("utilix", false, true, "is installed in your own site-packages")]
    [TestCase("wfsim", true, false, "is an editable install")]
    public void Should_refuse_own_code_of_a_checked_package_if_it_is_not_listed(string name, bool editable, bool user, string what)
    {
        var found = new InstalledPackage(name)
        {
            File = "/home/tester/x.py",
            Editable = editable,
            UserSite = user,
        };

        Assert.That(
            Decide(Request with { Check = ["wfsim"] }, Release, found).Faults,
            Is.EqualTo(
                new[]
                {
                    $"'{name}' {what} (/home/tester/x.py), and the jobs have the one of the image. Add it to user_install_package, or "
                        + "uninstall it.",
                }
            )
        );
    }

    [Test]
    public void Should_tell_all_faults_together()
    {
        var decided = Decide(
            Request with { UserInstall = ["cutax", "../x", "gone"] },
            Editable with { GitTop = null },
            new InstalledPackage("admix") { UserSite = true },
            new InstalledPackage("strax")
        );

        Assert.That(decided.Faults, Has.Length.EqualTo(4));
        Assert.That(decided.Decisions, Is.Empty);
    }

    [Test]
    public void Should_check_what_results_depend_on_whatever_is_listed()
    {
        Assert.That(
            new PackageRequest(["cutax", "cutax"], ["wfsim", "strax"]).Checked,
            Is.EqualTo(new[] { "admix", "outsource", "rucio", "strax", "straxen", "utilix", "wfsim" })
        );
    }

    private static PackageDecisions Decide(PackageRequest request, params InstalledPackage[] packages) =>
        PackageRules.Decide(request, packages.ToImmutableDictionary(p => p.Name));
}
