using System.Diagnostics;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>The real host, as typed: what plans by level send with their jobs besides the program's own files.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LevelTravelTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DemoRun _demo = new();

    public void Dispose() => _demo.Dispose();

    [Test]
    public void Should_send_a_copy_of_the_proxy_that_only_the_owner_can_read()
    {
        var own = Path.Combine(_demo.Home, "user_cert");
        File.WriteAllText(own, Proxies.Pem(DateTimeOffset.UtcNow));
        File.SetUnixFileMode(own, Private);
        _ = Run("--target=DryRun", "--name=d");
        Assert.That(File.Exists(Path.Combine(_demo.Generated("d"), ".x509_user_proxy")), Is.False, "a dry run copies no secret");

        _ = Run("--target=WriteWorkflow", "--name=w");

        var copy = Path.Combine(_demo.Generated("w"), ".x509_user_proxy");
        Assert.That((File.ReadAllText(copy), File.GetUnixFileMode(copy)), Is.EqualTo((File.ReadAllText(own), Private)));
        var sites = File.ReadAllText(Path.Combine(_demo.Generated("w"), "sites.yml"));
        Assert.That(sites, Does.Not.Contain(own));
        Assert.That(sites.Split(copy), Has.Length.EqualTo(3), "for jobs, and for transfers on the submit host");
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("w"), "SHA256SUMS")), Does.Not.Contain("x509"));
    }

    [Test]
    public void Should_write_the_workflow_again_if_a_package_has_changed()
    {
        var clone = Path.Combine(_demo.Folder, "clone");
        Directory.CreateDirectory(clone);
        File.WriteAllText(Path.Combine(clone, "cutax.py"), "x = 1\n");
        Git(clone, "init", "--quiet");
        Git(clone, "add", "--all");
        Git(clone, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "x");
        string[] arguments = ["--target=WriteWorkflow", "--set", "user_install_package=cutax", "--set", $"user_install_path.cutax={clone}"];
        var named = Run(arguments);
        var name = Path.GetFileName(Directory.GetDirectories(Path.Combine(_demo.WorkDir, "generated")).Single());
        Assert.That(name, Is.EqualTo("user-2025.07.1-xenonnt_offline-global_v16-061030-202505141200"), named.Out);
        var tarball = Path.Combine(_demo.Generated(name), "payload", "cutax.tar.gz");
        var first = File.ReadAllBytes(tarball);
        Assert.That(Run([.. arguments, "--reuse"]).Out, Does.Contain("WriteWorkflow: reused "));

        File.WriteAllText(Path.Combine(clone, "cutax.py"), "x = 2\n");
        var again = Run([.. arguments, "--reuse"]);

        Assert.That(
            again.Out,
            Does.Contain(
                    "WriteWorkflow: not reused, the files of cutax have changed since its tarball was made (not committed: cutax.py)."
                )
                .And.Contain("PlanChunks: reused ")
                .And.Not.Contain("WriteWorkflow: reused ")
        );
        Assert.That(File.ReadAllBytes(tarball), Is.Not.EqualTo(first));
        Assert.That(Run([.. arguments, "--reuse"]).Out, Does.Contain("WriteWorkflow: reused "));
    }

    private ProgramRun Run(params string[] arguments)
    {
        var config = Path.Combine(AppContext.BaseDirectory, "demo", "xenon_config_by_level");
        var run = _demo.Run([$"--config={config}", "--run=61030", .. arguments]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run;
    }

    private static void Git(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder })!;
        git.WaitForExit(60_000);
        Assert.That(git.ExitCode, Is.Zero);
    }
}
