using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>
/// The real host, as typed: all that travels with the jobs lies with the workflow, and a change of any of it makes the workflow anew.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class TravelTests : IDisposable
{
    private readonly DemoRun _demo = new();
    private readonly Dictionary<string, string?> _variables;
    private string _config;

    public TravelTests()
    {
        var demo = Path.Combine(Checkout.Root, "tasks", "demo");
        _config = File.ReadAllText(Path.Combine(demo, ".xenon_config"))
            .Replace("file:", $"file:{demo}/", StringComparison.Ordinal)
            .Replace("context_file = ", $"context_file = {demo}/", StringComparison.Ordinal)
            .Replace("[RunDB]\n", "[RunDB]\nrundb_api_password = FIRST-SECRET\nxent_password = M-SECRET\n", StringComparison.Ordinal);
        Cutax("first");
        _ = _demo.File("own.properties", "a.key=first\n");
        _ = _demo.File("sites.yml", "schema: outsource/sites/1\njobs: {condor: {request_cpus: \"1\"}}\n");
        _variables = new Dictionary<string, string?>
        {
            ["OUTSOURCE_DEMO"] = _demo.WorkDir,
            ["HOME"] = _demo.Home,
            ["SOURCE_DATE_EPOCH"] = "1747224000",
            ["X509_USER_PROXY"] = null,
            ["CUTAX_LOCATION"] = Path.Combine(_demo.Folder, "cutax"),
            ["CONDA_PREFIX"] = null,
        };
    }

    private string Copy => Path.Combine(_demo.Generated("w"), "payload", "cutax.tar.gz");

    private string Catalog => File.ReadAllText(Path.Combine(_demo.Generated("w"), "replicas.yml"));

    public void Dispose() => _demo.Dispose();

    private void Cutax(string text) =>
        File.WriteAllBytes(Path.Combine(_demo.Folder, "cutax.tar.gz"), [0x1f, 0x8b, .. System.Text.Encoding.ASCII.GetBytes(text)]);

    private ProgramRun Host(params string[] arguments) =>
        ProgramRun
            .Start(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
                    $"--config={_demo.File("config", _config)}",
                    .. arguments.Any(a => a.StartsWith("--name", StringComparison.Ordinal)) ? [] : new[] { "--name=w" },
                    "--run=61030",
                    .. arguments,
                ],
                _demo.Folder,
                _variables
            )
            .End();

    private ProgramRun Written(params string[] arguments)
    {
        var run = Host(["--target=WriteWorkflow", .. arguments]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run;
    }

    [TestCase("first", " 1 chunk output of an earlier run exists already")]
    [TestCase("second", "1 in outputs/w is empty, or cannot be proved")]
    public void Should_take_over_chunk_outputs_that_the_same_software_made(string cutax, string words)
    {
        Written("--debug");
        var outputs = Directory.CreateDirectory(Path.Combine(_demo.WorkDir, "outputs", "w")).FullName;
        File.WriteAllText(Path.Combine(outputs, "061030-output-peaklets-0000.tar.gz"), "parts");

        Cutax(cutax);

        Assert.That(Written("--debug", "--force").Out, Does.Contain(words));
    }

    [Test]
    public void Should_keep_the_cutax_tarball_with_its_checksum_with_the_workflow()
    {
        Written();
        var first = File.ReadAllBytes(Copy);
        Cutax("second");

        Assert.That(File.ReadAllBytes(Copy), Is.EqualTo(first));
        Assert.That(
            Catalog,
            Does.Contain($"pfn: \"file://{Copy.Replace(" ", "%20", StringComparison.Ordinal)}\"").Or.Contain($"pfn: \"file://{Copy}\"")
        );
        Assert.That(
            Catalog,
            Does.Contain($"checksum: {{sha256: \"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(first))}\"}}")
        );
        Assert.That(
            Catalog,
            Does.Not.Contain(Path.Combine(_demo.Folder, "cutax.tar.gz")).And.Not.Contain(Path.Combine(_demo.Home, ".dbtoken"))
        );
    }

    [Test]
    public void Should_go_on_with_the_tarball_it_has_if_no_release_is_sourced()
    {
        Written();
        _variables["CUTAX_LOCATION"] = null;

        Assert.That(Written("--reuse").Out, Does.Contain("WriteWorkflow: reused "));
        Assert.That(File.Exists(Copy));
    }

    [Test]
    public void Should_copy_the_token_for_the_owner_only_and_take_none_along_in_debug()
    {
        var token = FormattableString.Invariant(
            $"{{\"string\": \"a.b.c\", \"creation_time\": {DateTimeOffset.UtcNow.ToUnixTimeSeconds()}, \"user\": \"demo\"}}"
        );
        File.WriteAllText(Path.Combine(_demo.Home, ".dbtoken"), token);
        Written();

        var copy = Path.Combine(_demo.Generated("w"), ".dbtoken");
        Assert.That(File.ReadAllText(copy), Is.EqualTo(token));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(copy), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }

        Written("--name=d", "--debug");
        Assert.That(File.Exists(Path.Combine(_demo.Generated("d"), ".dbtoken")), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("d"), "replicas.yml")), Does.Contain("/payload/stand-in"));
    }

    private static IEnumerable<TestCaseData> Changes()
    {
        static TestCaseData Case(string what, Action<TravelTests> change) => new TestCaseData(change).SetArgDisplayNames(what);
        yield return Case("the cutax tarball", t => t.Cutax("second"));
        yield return Case("a property file", t => t._demo.File("own.properties", "a.key=second\n"));
        yield return Case(
            "a site profile",
            t => t._demo.File("sites.yml", "schema: outsource/sites/1\njobs: {condor: {request_cpus: \"2\"}}\n")
        );
        yield return Case("the proxy's place", t => t._variables["X509_USER_PROXY"] = "/other/proxy");
        foreach (
            var (key, from, to) in new[]
            {
                ("a password", "FIRST-SECRET", "SECOND-SECRET"),
                ("another password", "M-SECRET", "N-SECRET"),
                ("the level", "logging_level = WARNING", "logging_level = DEBUG"),
                ("the RunDB's address", "http://rundb.invalid:5000", "http://rundb.invalid:5001"),
                ("the RunDB's user", "rundb_api_user = demo", "rundb_api_user = other"),
                ("MongoDB's address", "xent_url = rundb", "xent_url = mongo"),
                ("MongoDB's user", "xent_user = demo", "xent_user = other"),
                ("MongoDB's database", "xent_database = xenonnt", "xent_database = other"),
                ("XENON1T's address", "[RunDB]\n", "[RunDB]\nxe1t_url = other:1\n"),
                ("a key of MongoDB's client", "[RunDB]\n", "[RunDB]\nread_preference = nearest\n"),
                ("the login's address", "[RunDB]\n", "[RunDB]\ntk_rundb_api_url = http://tk.invalid\n"),
            }
        )
        {
            yield return Case(key, t => t._config = t._config.Replace(from, to, StringComparison.Ordinal));
        }
    }

    [TestCaseSource(nameof(Changes))]
    public void Should_be_written_again_if_what_travels_has_changed(Action<TravelTests> change)
    {
        string[] files = [$"--site-profile={Path.Combine(_demo.Folder, "sites.yml")}"];
        _config = _config.Replace(
            "[Outsource]\n",
            $"[Outsource]\npegasus_properties = {Path.Combine(_demo.Folder, "own.properties")}\n",
            StringComparison.Ordinal
        );
        Written(files);
        Assert.That(Written([.. files, "--reuse"]).Out, Does.Contain("WriteWorkflow: reused "), "nothing has changed");
        var before = Shipped();

        change(this);
        var run = Written([.. files, "--reuse"]);

        Assert.That(run.Out, Does.Not.Contain("WriteWorkflow: reused "));
        Assert.That(Shipped(), Is.Not.EqualTo(before));
        Assert.That(run.Out + run.Error, Does.Not.Contain("-SECRET"));
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("w"), "workflow.yml")), Does.Not.Contain("SECRET"));
    }

    private string Shipped() =>
        string.Concat(
            new[] { ".xenon_config", "payload/cutax.tar.gz", "pegasus.properties", "sites.yml", "workflow.yml" }.Select(f =>
                File.ReadAllText(Path.Combine(_demo.Generated("w"), f))
            )
        );

    [Test]
    public void Should_lead_out_of_it_if_the_cutax_tarball_was_not_there()
    {
        File.WriteAllText(
            Path.Combine(_demo.Home, ".dbtoken"),
            FormattableString.Invariant(
                $"{{\"string\": \"a.b.c\", \"creation_time\": {DateTimeOffset.UtcNow.ToUnixTimeSeconds()}, \"user\": \"demo\"}}"
            )
        );
        var (location, proxy) = (_variables["CUTAX_LOCATION"], Path.Combine(_demo.Folder, "proxy"));
        _variables["CUTAX_LOCATION"] = null;
        var first = Host("--target=Submit");
        Assert.That(first.ExitCode, Is.Not.Zero);
        Assert.That(first.Out + first.Error, Does.Contain("Set CUTAX_LOCATION"));

        // The same command, from a shell in which the release is sourced; the machine of this test has no Pegasus, at which it ends.
        (_variables["CUTAX_LOCATION"], _variables["X509_USER_PROXY"]) = (location, proxy);
        foreach (var arguments in new[] { new[] { "--target=Submit" }, ["--target=Submit", "--reuse"] })
        {
            var again = Host(arguments);
            Assert.That(
                again.Error,
                Does.Not.Contain("exists already").And.Not.Contain("other settings").And.Not.Contain("CUTAX_LOCATION")
            );
            Assert.That(File.Exists(Copy));
        }
    }

    [Test]
    public void Should_ask_for_what_the_jobs_need_before_anything_is_written_and_only_where_it_is_used()
    {
        _config = _config.Replace("rundb_api_password = FIRST-SECRET\n", "", StringComparison.Ordinal);
        var refused = Host("--target=Submit");

        Assert.That(refused.ExitCode, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain("rundb_api_password is missing in [RunDB]").And.Contain("--debug"));
        Assert.That(Directory.Exists(_demo.Generated("w")) && Directory.EnumerateFiles(_demo.Generated("w"), "*.y*ml").Any(), Is.False);

        Assert.That(Host("--target=Submit", "--debug").Error, Does.Not.Contain("rundb_api_password"));
        Assert.That(
            Written("--name=later").Error,
            Does.Contain("Warning").And.Contain("rundb_api_password").And.Contain("cannot be submitted")
        );
    }
}
