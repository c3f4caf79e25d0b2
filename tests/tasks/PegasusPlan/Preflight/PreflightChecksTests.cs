using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.LoadConfig;
using Outsource.Model.Sites;
using Outsource.PegasusPlan.Preflight;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Planning;

namespace Outsource.Tests.PegasusPlan.Preflight;

/// <summary>All checks on a submit host where everything is in order; a test changes one thing.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PreflightChecksTests
{
    private const string Folder = "/work/generated/2024-02-17",
        Proxy = "/home/tester/user_cert",
        Token = "/home/tester/.dbtoken",
        Config = "/home/tester/.xenon_config",
        Secret = "never-shown",
        Image = ImageReference.Prefix + "2024.02.1",
        Profile = "/sites.yml",
        Keys =
            "[RunDB]\nrundb_api_url = https://rundb.invalid\nrundb_api_user = me\nxent_url = mongo.invalid:27017\nxent_user = "
            + "u\nxent_password = p\nxent_database = xenonnt\n";

    private static readonly DateTimeOffset Now = Given.Settings.Clock;

    private static readonly string Good = Proxies.Pem(Now);

    private readonly Dictionary<string, string> _files = [];
    private readonly Grid _grid = new();
    private readonly FakeMachine _machine = new(Now);
    private (string Name, string Value)[] _variables = [];
    private JobPlan? _plan;
    private Func<OutsourceSettings, OutsourceSettings> _change = s => s;
    private ImageProof _proof = ImageProof.Proven;

    public PreflightChecksTests()
    {
        _files[Proxy] = Good;
        _files[Token] = $"{{\"string\": \"{Secret}\", \"creation_time\": {Now.ToUnixTimeSeconds()}, \"user\": \"me\"}}";
        _files[Config] = $"{Keys}rundb_api_password = {Secret}\n";
        _files["/cutax.tar.gz"] = "\u001f\u008b";
        _files[Image] = "";
        foreach (var tool in new[] { "gfal-mkdir", "gfal-copy", "gfal-rm" })
        {
            _files["/usr/bin/" + tool] = "";
        }

        _machine.Free = new FreeSpace(1_000_000_000_000, 10_000_000);
        _plan = new JobPlan { Fingerprint = "f", Groups = [JobGroupTests.Group(20, 10)] };
    }

    [Test]
    public void Should_pass_if_everything_is_fine() =>
        Assert.That(
            Look().Select(c => $"{c.State} {c.Subject}: {c.Finding}"),
            Is.EqualTo(
                new[]
                {
                    "Ok Pegasus: 5.1.2 (/usr/bin/pegasus-version)",
                    "Ok HTCondor: 23.9.6 (/usr/bin/condor_version)",
                    "Ok Java: 21.0.13 (/usr/bin/java)",
                    "Ok schedd: answers",
                    "Ok proxy permissions: only you can read it",
                    $"Ok proxy: '{Proxy}', of CN=A Person, O=Grid",
                    "Ok proxy time left: 167 h 0 min left, until 2024-02-23 23:00 UTC",
                    "Ok proxy key: RSA, 2048 bits",
                    "Ok proxy kind: RFC 3820",
                    "Ok proxy VOMS attributes: 95 h 0 min left, until 2024-02-20 23:00 UTC",
                    "Ok proxy and workflow: the length of the workflow is unknown: no earlier workflow below work_dir has such jobs",
                    "Ok staging tools: gfal-mkdir, gfal-copy and gfal-rm for gsidavs://xenon-gridftp.grid.uchicago.edu:2880",
                    "Ok jobs' configuration: has what the jobs' packages read",
                    "Ok RunDB token: 48 h left",
                    "Ok Rucio identity: not used (file:/rucio.json)",
                    $"Ok image: {Image} can be read",
                    "Ok release tags: image 2024.02.1, context 2024.02.1, environment none",
                    "Ok strax: 2.1.2, jobs need 2.0 or later",
                    "Ok cutax tarball: /cutax.tar.gz",
                    "Ok work_dir: /work is writable",
                    "Ok room: 1000.0 GB and 10,000,000 files free, about 0.5 GB and 1,030 files needed besides results",
                    "Ok requirements: 2 different expressions parse",
                }
            )
        );

    [TestCase(
        new[] { "/usr/share/pegasus/notification/email", "/usr/sbin/sendmail" },
        CheckState.Ok,
        "mail to me@example.org at start and end"
    )]
    [TestCase(
        new[] { "/usr/share/pegasus/notification/email" },
        CheckState.Warning,
        "'/usr/sbin/sendmail' is missing, so mail is sent only if a mail server runs on this machine"
    )]
    [TestCase(
        new[] { "/usr/sbin/sendmail" },
        CheckState.Warning,
        "'/usr/share/pegasus/notification/email' is missing, so no mail can be sent"
    )]
    public void Should_say_whether_mail_can_come_if_an_address_is_given(string[] there, CheckState state, string finding)
    {
        _change = s => s with { NotificationEmail = "me@example.org" };
        foreach (var path in there)
        {
            _files[path] = "";
        }

        var mail = Look().Single(c => c.Subject == "notification");

        Assert.That((mail.State, mail.Finding), Is.EqualTo((state, finding)));
    }

    [Test]
    public void Should_say_every_place_tried_and_the_remedy_if_a_program_is_missing()
    {
        _grid.Missing = new UsageException("java was not found. Tried: /a/java, /b/java. Install a Java runtime.");
        Changed("Java", CheckState.Failed, "java was not found. Tried: /a/java, /b/java", "Install a Java runtime.");
    }

    [Test]
    public void Should_fail_if_schedd_is_silent()
    {
        _grid.Queue = new QueueAnswer(null, "condor_q failed with exit code 1");
        Changed(
            "schedd",
            CheckState.Failed,
            "condor_q failed with exit code 1",
            "Run this on an access point with a running schedd, or wait."
        );
    }

    [Test]
    public void Should_look_at_the_proxy_that_the_sites_ship_if_they_are_written()
    {
        _files[Path.Combine(Folder, WorkflowFolder.Sites)] =
            "sites:\n- name: condorpool\n  profiles: {condor: {x509userproxy: /old/proxy}}\n";
        _files["/old/proxy"] = Proxies.Pem(Now, hours: 2);

        var failed = Look().Where(c => c.State == CheckState.Failed).ToList();
        Assert.That(
            failed.Select(c => $"{c.Subject}: {c.Finding}"),
            Is.EqualTo(
                new[]
                {
                    $"proxy shipped: the jobs get '/old/proxy', but X509_USER_PROXY or ~/user_cert is now '{Proxy}'",
                    "proxy time left: 2 h 0 min left, until 2024-02-17 02:00 UTC; at least 20 h are needed",
                }
            )
        );
    }

    [Test]
    public void Should_look_at_the_proxy_of_the_jobs_if_the_site_profile_gives_them_another()
    {
        Profiled("jobs: {condor: {x509userproxy: /of/jobs}}");
        _files["/of/jobs"] = Good;
        Changed("proxy shipped", CheckState.Failed, $"the jobs get '/of/jobs', but X509_USER_PROXY or ~/user_cert is now '{Proxy}'");
    }

    [TestCase("sites: []\n")]
    [TestCase("sites: nothing\n")]
    [TestCase("{")]
    public void Should_fail_if_the_sites_report_no_proxy(string sites)
    {
        _files[Path.Combine(Folder, WorkflowFolder.Sites)] = sites;
        var failed = Look().Single(c => c.State == CheckState.Failed);
        Assert.That((failed.Subject, failed.Remedy), Is.EqualTo(("proxy", "Write the workflow again with --target=WriteWorkflow --replace.")));
        Assert.That(failed.Finding, Does.StartWith("cannot determine the proxy from the site catalog: "));
    }

    [Test]
    public void Should_ask_for_no_proxy_if_the_sites_ship_none()
    {
        Profiled("sites: {condorpool: {profiles: {condor: {x509userproxy: null}}}}");
        _files.Remove(Proxy);
        Assert.That(
            Look().Where(c => c.Subject.StartsWith("proxy", StringComparison.Ordinal)),
            Is.EqualTo(new[] { CheckResult.Ok("proxy", "none is shipped with these sites") })
        );
    }

    [TestCase(-49, CheckState.Warning, "'/home/tester/.dbtoken': it is older than 48 h")]
    [TestCase(-47.5, CheckState.Warning, "30 min left, 24 h are needed")]
    [TestCase(-46.5, CheckState.Warning, "2 h left, 24 h are needed")]
    [TestCase(-24.5, CheckState.Warning, "24 h left, 24 h are needed")]
    public void Should_say_how_long_the_token_holds(double hours, CheckState state, string finding)
    {
        _files[Token] = $"{{\"string\": \"{Secret}\", \"creation_time\": {Now.AddHours(hours).ToUnixTimeSeconds()}, \"user\": \"me\"}}";
        Changed("RunDB token", state, finding);
    }

    [TestCase(-23, true)]
    [TestCase(-25, false)]
    public void Should_need_no_password_if_the_token_outlives_a_day(double hours, bool enough)
    {
        _files[Token] = $"{{\"string\": \"{Secret}\", \"creation_time\": {Now.AddHours(hours).ToUnixTimeSeconds()}, \"user\": \"me\"}}";
        _files[Config] = Keys;
        Assert.That(Look().Single(c => c.Subject == "RunDB token").State, Is.EqualTo(enough ? CheckState.Ok : CheckState.Failed));
    }

    [Test]
    public void Should_ask_for_no_token_if_nothing_is_entered()
    {
        _change = s => s with { Debug = true };
        _files.Remove(Token);
        _files[Config] = Keys;
        Assert.That(
            Look().Single(c => c.Subject == "RunDB token"),
            Is.EqualTo(CheckResult.Ok("RunDB token", "not needed: with --debug nothing is registered"))
        );
    }

    [TestCase("rundb_api_url")]
    [TestCase("rundb_api_user")]
    public void Should_fail_if_the_run_db_cannot_be_asked_by_any_job(string key)
    {
        _files[Config] = string.Join('\n', Keys.Split('\n').Where(l => !l.StartsWith(key, StringComparison.Ordinal)));
        Assert.That(Look().Single(c => c.Subject == "RunDB token").Finding, Is.EqualTo($"{key} is not configured"));
    }

    [Test]
    public void Should_warn_if_the_proxy_has_less_than_a_day()
    {
        _files[Proxy] = Proxies.Pem(Now, hours: 22);
        Assert.That(
            Look().Single(c => c.Subject == "proxy time left"),
            Has.Property(nameof(CheckResult.State))
                .EqualTo(CheckState.Warning)
                .And.Property(nameof(CheckResult.Finding))
                .EndsWith("24 h are advised")
        );
    }

    [Test]
    public void Should_look_at_the_copy_of_the_proxy_if_the_plan_is_by_level()
    {
        const string Copy = $"{Folder}/.x509_user_proxy";
        _change = s => s with { Plan = PlanKind.ByLevel, X509MinValidHours = 48 };
        Assert.That(Finding("proxy"), Does.StartWith($"'{Proxy}', of "), "there is no copy yet: it is made before the check");

        _files[Copy] = Proxies.Pem(Now, hours: 40);
        Assert.That(Finding("proxy"), Does.StartWith($"'{Proxy}', of "), "it is valid for longer, so it is copied again");

        _files[Proxy] = Proxies.Pem(Now, hours: 30);
        Assert.That(Finding("proxy"), Does.StartWith($"'{Copy}', of "));
        var left = Look().Single(c => c.Subject == "proxy time left");
        Assert.That(left.State, Is.EqualTo(CheckState.Failed));
        Assert.That(left.Finding, Does.StartWith("40 h 0 min left, ").And.EndsWith("; at least 48 h are needed"));
        Assert.That(left.Remedy, Does.EndWith($"-out {Proxy}."), "a new one is made at its own place");

        string Finding(string subject) => Look().Single(c => c.Subject == subject).Finding;
    }

    [Test]
    public void Should_name_the_stand_ins_if_the_jobs_cannot_ask_for_corrections()
    {
        _files[Config] =
            Keys.Replace("xent_password = p\n", "", StringComparison.Ordinal)
                .Replace("xent_url = mongo.invalid:27017\n", "", StringComparison.Ordinal) + $"rundb_api_password = {Secret}\n";
        var check = Look().Single(c => c.State != CheckState.Ok);
        Assert.That((check.Subject, check.State), Is.EqualTo(("jobs' configuration", CheckState.Warning)));
        Assert.That(check.Finding, Does.StartWith("xent_url, xent_password of [RunDB] are placeholders"));
    }

    [TestCase("[RunDB]\nxent_url = a:1\n", "[RunDB] xent_user is missing (")]
    [TestCase("[RunDB]\nrundb_retry = 5\n", "[RunDB] rundb_retry must not be sent (")]
    [TestCase("[basic]\nlogging_level = debug\n", "[basic] logging_level is not one of NOTSET, ")]
    [TestCase("torn", "text before the first section")]
    public void Should_look_at_the_very_file_that_is_shipped_if_it_is_written(string shipped, string finding)
    {
        _files[Path.Combine(Folder, PayloadFiles.Config)] = shipped;
        var check = Look().Single(c => c.Subject == "jobs' configuration");
        Assert.That(check.State, Is.EqualTo(CheckState.Failed));
        Assert.That(check.Finding, Does.Contain(finding).And.Not.Contain(Secret));
    }

    [Test]
    public void Should_fail_if_an_old_secret_would_be_shipped()
    {
        var loaded = Given.Loaded(_change);
        var disk = Given.Disk((Config, _files[Config].Replace(Secret, "the-old-one", StringComparison.Ordinal)));
        _files[Path.Combine(Folder, PayloadFiles.Config)] = ReducedConfig.Of(Given.Host(disk), loaded);
        Changed(
            "jobs' configuration",
            CheckState.Failed,
            $"'{Folder}/.xenon_config' differs from '{Config}' (values are not shown)",
            "Write it again: --target=WriteWorkflow --reuse --name=2024-02-17."
        );

        _files[Path.Combine(Folder, PayloadFiles.Config)] = ReducedConfig.Of(
            Given.Host(Given.Disk((Config, _files[Config]))),
            loaded
        );
        Assert.That(Look().Single(c => c.Subject == "jobs' configuration").State, Is.EqualTo(CheckState.Ok));
    }

    [Test]
    public void Should_warn_if_a_value_holds_a_variable_that_only_the_job_knows()
    {
        _files[Config] = Keys + "rundb_api_password = a$OF_THE_JOB\n";
        Changed(
            "jobs' configuration",
            CheckState.Warning,
            "rundb_api_password contains a $NAME that is not set here: the jobs use its value there"
        );
    }

    [Test]
    public void Should_fail_if_neither_token_nor_password_is_there()
    {
        _files.Remove(Token);
        _files[Config] = Keys;
        Changed(
            "RunDB token",
            CheckState.Failed,
            $"'{Token}': there is none yet",
            "Add rundb_api_url, rundb_api_user and rundb_api_password to [RunDB]: with them PegasusPlan requests a new one."
        );
    }

    [Test]
    public void Should_fail_if_staging_needs_what_is_not_there()
    {
        _files["/cvmfs/xenon.opensciencegrid.org/other"] = "";
        _ = _files.Remove("/usr/bin/gfal-copy") && _files.Remove("/usr/bin/gfal-rm");
        const string Release = "/cvmfs/xenon.opensciencegrid.org/releases/nT/2024.02.1/anaconda";
        Changed(
            "staging tools",
            CheckState.Failed,
            $"transfers to and from gsidavs://xenon-gridftp.grid.uchicago.edu:2880 need gfal-mkdir, gfal-copy and gfal-rm on this machine, but gfal-copy and gfal-rm are not in the PATH of site local ({Release}/envs/XENONnT_2024.02.1/bin, "
                + $"{Release}/condabin, /usr/bin, /bin)",
            "Install them (gfal2-util), or give site local a PATH that has them with --site-profile."
        );
    }

    [Test]
    public void Should_say_that_cvmfs_is_away_if_the_tools_would_lie_there()
    {
        _files.Remove("/usr/bin/gfal-mkdir");
        var failed = Look().Single(c => c.State == CheckState.Failed);
        Assert.That(
            failed.Finding,
            Does.EndWith(
                "gfal-mkdir is not in the PATH of site local "
                    + "(/cvmfs/xenon.opensciencegrid.org/releases/nT/2024.02.1/anaconda/envs/XENONnT_2024.02.1/bin, "
                    + "/cvmfs/xenon.opensciencegrid.org/releases/nT/2024.02.1/anaconda/condabin, /usr/bin, /bin); "
                    + "/cvmfs/xenon.opensciencegrid.org is not mounted here"
            )
        );
        Assert.That(failed.Remedy, Does.StartWith("Submit on a machine with CVMFS"));
    }

    [TestCase("gsiftp://host/x", new[] { "globus-url-copy" }, CheckState.Ok)]
    [TestCase("gsiftp://host/x", new string[0], CheckState.Failed)]
    [TestCase("root://host/x", new[] { "globus-url-copy" }, CheckState.Failed)]
    [TestCase("webdavs://host/x", new[] { "curl" }, CheckState.Ok)]
    [TestCase("file:///scratch", new string[0], null)]
    [TestCase("s3://user@host/x", new string[0], null)]
    public void Should_ask_for_the_tools_of_the_address(string address, string[] tools, CheckState? state)
    {
        foreach (var tool in new[] { "gfal-mkdir", "gfal-copy", "gfal-rm" })
        {
            _files.Remove("/usr/bin/" + tool);
        }

        foreach (var tool in tools)
        {
            _files["/opt/" + tool] = "";
        }

        Profiled(
            "planner: {staging_site: mine}\nsites: {local: {profiles: {env: {PATH: '/opt:/bin'}}}, mine: {directories: "
                + $"[{{type: sharedScratch, path: /x, fileServers: [{{url: '{address}', operation: all}}]}}]}}}}"
        );
        Assert.That(Look().SingleOrDefault(c => c.Subject == "staging tools")?.State, Is.EqualTo(state));
    }

    [Test]
    public void Should_not_ask_the_schedd_if_htcondor_is_missing()
    {
        _grid.ScheddMissing = true;
        Changed("schedd", CheckState.Failed, "not asked: HTCondor's condor_q is missing", "See HTCondor above.");
    }

    [Test]
    public void Should_say_who_rucio_knows_if_it_is_asked()
    {
        _change = s => s with { Rucio = new SourceChoice.Rest() };
        _variables = [("RUCIO_HOME", "/rucio")];
        _files["/rucio/etc/rucio.cfg"] =
            "[client]\nrucio_host = https://rucio.invalid\nauth_host = https://auth.invalid\nauth_type = x509_proxy\naccount = "
            + "production\n";
        Assert.That(
            Look().Single(c => c.Subject == "Rucio identity"),
            Is.EqualTo(CheckResult.Ok("Rucio identity", "account production (/rucio/etc/rucio.cfg)"))
        );

        _files["/rucio/etc/rucio.cfg"] = "[client]\nauth_host = https://auth.invalid\nauth_type = x509_proxy\naccount = production\n";
        var failed = Look().Single(c => c.State == CheckState.Failed);
        Assert.That(failed.Subject, Is.EqualTo("Rucio identity"));
        Assert.That(failed.Finding, Does.Contain("rucio_host"));
    }

    [TestCase(true, CheckState.Failed, "is missing, though /cvmfs/singularity.opensciencegrid.org is mounted")]
    [TestCase(false, CheckState.Warning, "/cvmfs/singularity.opensciencegrid.org is not mounted here, so the existence of")]
    public void Should_look_for_the_image_if_cvmfs_is_mounted(bool mounted, CheckState state, string words)
    {
        _files.Remove(Image);
        if (mounted)
        {
            _files["/cvmfs/singularity.opensciencegrid.org/other"] = "";
        }

        var check = Look().Single(c => c.State != CheckState.Ok);
        Assert.That((check.Subject, check.State), Is.EqualTo(("image", state)));
        Assert.That(check.Finding, Does.Contain(words).And.Contain($"'{Image}'"));
    }

    [Test]
    public void Should_warn_if_the_shell_replaces_another_release()
    {
        _variables = [("CONDA_PREFIX", "/cvmfs/xenon.opensciencegrid.org/releases/nT/2023.11.1/anaconda/envs/XENONnT_2023.11.1")];
        Changed("release tags", CheckState.Warning, "image 2024.02.1, context 2024.02.1, environment 2023.11.1");
    }

    [Test]
    public void Should_warn_if_nothing_proves_the_image()
    {
        _proof = ImageProof.Unproven;
        Changed("release tags", CheckState.Warning, "image 2024.02.1, context 2024.02.1, environment none: unproven");
    }

    [Test]
    public void Should_fail_if_cutax_is_not_there_or_no_tarball()
    {
        _files["/cutax.tar.gz"] = "<html>";
        Changed("cutax tarball", CheckState.Failed, "'/cutax.tar.gz' is not a gzip file");
        _files.Remove("/cutax.tar.gz");
        var failed = Look().Single(c => c.State == CheckState.Failed);
        Assert.That(failed.Subject, Is.EqualTo("cutax tarball"));
        Assert.That(failed.Finding, Does.StartWith("'/cutax.tar.gz' cannot be read: "));
    }

    [TestCase(400_000_000, 10_000_000, "0.4 GB and 10,000,000 files free, about 0.5 GB and 1,030 files needed besides results")]
    [TestCase(1_000_000_000, 1_029, "1.0 GB and 1,029 files free, about 0.5 GB and 1,030 files needed besides results")]
    public void Should_fail_if_room_is_short(long bytes, long files, string finding)
    {
        _machine.Free = new FreeSpace(bytes, files);
        Changed("room", CheckState.Failed, finding, "Free some space below '/work', or submit fewer runs at a time.");
    }

    [Test]
    public void Should_not_miss_inodes_if_the_file_system_counts_none()
    {
        _machine.Free = new FreeSpace(1_000_000_000, null);
        Assert.That(
            Look().Single(c => c.Subject == "room"),
            Is.EqualTo(CheckResult.Ok("room", "1.0 GB free, about 0.5 GB and 1,030 files needed besides results"))
        );
    }

    [Test]
    public void Should_warn_if_unknown_how_much_is_free()
    {
        _machine.Free = null;
        Changed(
            "room",
            CheckState.Warning,
            "the free space is unknown",
            "Make sure that 0.5 GB and 1,030 files are free below '/work'."
        );
    }

    [Test]
    public void Should_fail_if_a_requirement_does_not_parse()
    {
        _plan = _plan! with { Groups = [_plan.Groups[0] with { Requirements = "A && (B" }] };
        Changed(
            "requirements",
            CheckState.Failed,
            "'A && (B': ')' is missing at its end (column 8)",
            "Correct its sources: exclude_sites, this_site_only, the tables or --site-profile."
        );
    }

    [Test]
    public void Should_parse_what_the_site_profile_demands_instead()
    {
        Profiled("jobs: {condor: {requirements: 'A = 1', request_memory: '1 +'}}");
        Changed(
            "requirements",
            CheckState.Failed,
            "'1 +': it ends where a value is expected (column 4); 'A = 1': '=' is not expected (column 3)"
        );
    }

    [Test]
    public void Should_parse_what_the_site_demands_if_the_jobs_demand_nothing()
    {
        Profiled("jobs: {condor: {requirements: null}}\nsites: {condorpool: {profiles: {condor: {requirements: 'A B'}}}}");
        Changed("requirements", CheckState.Failed, "'A B': 'B' is not expected (column 3)");
    }

    private void Profiled(string text)
    {
        _files[Profile] = $"schema: {SiteProfile.Schema}\n{text}\n";
        _change = s => s with { SiteProfile = Profile };
    }

    /// <summary>This check, and no other, is not ok.</summary>
    private void Changed(string subject, CheckState state, string finding, string? cure = null)
    {
        var check = Look().Single(c => c.State != CheckState.Ok);
        Assert.That((check.Subject, check.State, check.Finding), Is.EqualTo((subject, state, finding)));
        Assert.That(check.Remedy, cure is null ? Is.Not.Empty : Is.EqualTo(cure));
    }

    private IReadOnlyList<CheckResult> Look()
    {
        var disk = new MockFileSystem();
        disk.AddDirectory("/work");
        foreach (var (path, text) in _files)
        {
            disk.AddFile(path, new MockFileData(System.Text.Encoding.Latin1.GetBytes(text)));
        }

        foreach (var secret in new[] { Proxy, "/old/proxy", "/of/jobs", $"{Folder}/.x509_user_proxy" }.Where(disk.FileExists))
        {
            disk.File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var checks = new PreflightChecks(
            Given.Host(disk, _variables),
            _machine,
            _grid,
            Given.Loaded(_change, _proof),
            Folder,
            _plan
        ).All();
        Assert.That(checks.Select(c => c.Finding + c.Remedy), Has.None.Contains(Secret));
        return checks;
    }

    /// <summary>Programs that are all there.</summary>
    private sealed class Grid : IGridPrograms
    {
        public UsageException? Missing { get; set; }

        public bool ScheddMissing { get; set; }

        public QueueAnswer Queue { get; set; } = new([]);

        public InstalledProgram Pegasus() => new("/usr/bin/pegasus-version", "5.1.2");

        public InstalledProgram Condor() => new("/usr/bin/condor_version", "23.9.6");

        public InstalledProgram Java() => Missing is null ? new InstalledProgram("/usr/bin/java", "21.0.13") : throw Missing;

        public QueueAnswer AskSchedd() =>
            ScheddMissing ? throw new UsageException("condor_q was not found in PATH (3 folders). Run this elsewhere.") : Queue;

        public ImmutableArray<string> PlanCommand(PlanOrder order) => throw new NotSupportedException();

        public ImmutableArray<string> StartCommand(string submitDirectory) => throw new NotSupportedException();

        public CommandOutput Plan(PlanOrder order, string folder, Action<string> said) => throw new NotSupportedException();

        public CommandOutput Start(string submitDirectory) => throw new NotSupportedException();

        public EngineKind Kind => EngineKind.Pegasus;

        public QueueAnswer ManagersOf(SubmitDirectory directory) => throw new NotSupportedException();

        public ImmutableArray<InstalledProgram> Programs() => throw new NotSupportedException();

        public QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories) => throw new NotSupportedException();

        public void Hold(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) => throw new NotSupportedException();

        public void Release(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) => throw new NotSupportedException();

        public IReadOnlyList<string> Remove(SubmitDirectory directory, IReadOnlyList<QueueJob> managers, IReadOnlyList<QueueJob> jobs) =>
            throw new NotSupportedException();
    }
}
