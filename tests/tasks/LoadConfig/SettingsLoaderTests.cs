using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.LoadConfig;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Tests.Build;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.LoadConfig;

public sealed class SettingsLoaderTests
{
    private const string Config = LoaderFixture.ConfigPath;

    private LoaderFixture Fixture { get; set; } = new();

    [SetUp]
    public void SetUp() => Fixture = new LoaderFixture();

    [Test]
    public void Should_load_if_all_is_in_order()
    {
        var loaded = Fixture.Load();
        Assert.Multiple(() =>
        {
            Assert.That(loaded.Notes, Is.Empty);
            Assert.That(loaded.Warnings, Is.Empty);
            Assert.That(loaded.Proof, Is.EqualTo(ImageProof.Proven));
            Assert.That(loaded.Settings.WorkDir, Is.EqualTo(LoaderFixture.Work));
            Assert.That(loaded.Settings.ContextFile, Is.EqualTo("/home/op/contexts.json"));
            Assert.That(loaded.Settings.Proxy, Is.EqualTo("/home/op/user_cert"));
            Assert.That(loaded.Settings.Token, Is.EqualTo("/home/op/.dbtoken"));
            Assert.That(loaded.Settings.CutaxTarball, Is.EqualTo("/ospool/uc-shared/project/xenon/xenonnt/software/cutax/latest.tar.gz"));
            Assert.That(
                loaded.Settings.Image.Path,
                Is.EqualTo("/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1")
            );
            Assert.That(loaded.Settings.RunDb.ToString(), Is.EqualTo("rest"));
            Assert.That(loaded.Settings.Rucio.ToString(), Is.EqualTo("rest"));
            Assert.That(loaded.Settings.PegasusPath, Is.EqualTo("/usr"));
            Assert.That(loaded.Settings.Clock.Offset, Is.EqualTo(TimeSpan.Zero));
        });
    }

    [TestCase("61030:peaklets:2@300", true)]
    [TestCase("61030:peaklets:combine", true)]
    [TestCase("61030:peaklets@300", true)]
    [TestCase("61030:Peaklets", false)]
    [TestCase("61030:peaklets@0", false)]
    [TestCase("1234567:peaklets", false)]
    public void Should_know_a_job_that_is_to_fail(string job, bool known) =>
        Assert.That(CanarySettings.CanaryJob().IsMatch(job), Is.EqualTo(known));

    [Test]
    public void Should_know_the_same_jobs_that_are_to_fail_as_the_canary()
    {
        var pattern = CanarySettings.CanaryJob().ToString();
        var program = File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "payload", "payload_common.py"));

        Assert.That(pattern, Does.StartWith("^").And.EndWith(@"\z"));
        Assert.That(program, Does.Contain($"re.fullmatch(r\"{pattern[1..^2]}\", text)"));
    }

    [TestCase("--run=7157-7160", new[] { 7157, 7158, 7159, 7160 })]
    [TestCase("--run=7159,7157-7158", new[] { 7157, 7158, 7159 })]
    [TestCase("--run=7157-7157", new[] { 7157 })]
    public void Should_take_a_range_of_runs(string typed, int[] runs)
    {
        Fixture.Arguments = [typed];
        Assert.That(Fixture.Load().Settings.Runs, Is.EqualTo(runs));
    }

    [Test]
    public void Should_say_where_each_value_came_from()
    {
        Fixture.Arguments = ["--context=xenonnt_v14", "--run=7157", "--debug"];
        Fixture.Variables["X509_USER_PROXY"] = "/tmp/proxy";
        var settings = Fixture.Load().Settings;
        Assert.Multiple(() =>
        {
            Assert.That(settings.Origins.Keys, Is.EquivalentTo(SettingCatalog.All.Select(s => s.Name)));
            Assert.That(settings.Origins["context"], Is.EqualTo("argument --context"));
            Assert.That(settings.Origins["run"], Is.EqualTo("argument --run"));
            Assert.That(settings.Origins["debug"], Is.EqualTo("argument --debug"));
            Assert.That(settings.Origins["name"], Is.EqualTo("the only run"));
            Assert.That(settings.Origins["image"], Is.EqualTo($"{Config}:{Fixture.Line("image")}"));
            Assert.That(settings.Origins["dtypes"], Is.EqualTo($"{Config}:{Fixture.Line("dtypes")}"));
            Assert.That(settings.Origins["chunks_per_job"], Is.EqualTo("default"));
            Assert.That(settings.Origins["x509_user_proxy"], Is.EqualTo("environment X509_USER_PROXY"));
            Assert.That(settings.Origins["config_file"], Is.EqualTo("home folder"));
        });
    }

    [Test]
    public void Should_prefer_argument_to_file_to_default()
    {
        Fixture.Keys["detector"] = "neutron_veto";
        Fixture.Keys["dtypes"] = "peaklets, hitlets_nv";
        Assert.That(Fixture.Load().Settings.Detector, Is.EqualTo("neutron_veto"));
        Fixture.Arguments = ["--detector=TPC"];
        Assert.That(Fixture.Load().Settings.Detector, Is.EqualTo("tpc"));
        Fixture.Arguments = ["--detector=all"];
        Assert.That(Fixture.Load().Settings.Detector, Is.Null);
    }

    [Test]
    public void Should_strip_comments_from_numbers_and_booleans_only()
    {
        Fixture.Keys["combine_memory"] = "70000   # MB";
        Fixture.Keys["us_only"] = "Yes ; really";
        Fixture.Keys["this_site_only"] = "SITE # not a comment";
        var loaded = Fixture.Load();
        Assert.Multiple(() =>
        {
            Assert.That(loaded.Settings.Combine.MemoryMb, Is.EqualTo(70000));
            Assert.That(loaded.Settings.UsOnly, Is.True);
            Assert.That(loaded.Settings.ThisSiteOnly, Is.EqualTo("SITE # not a comment"));
            Assert.That(
                loaded.Warnings,
                Is.EqualTo(
                    new[]
                    {
                        $"{Config}:{Fixture.Line("this_site_only")}: this_site_only contains a '#' or ';' after a blank: it belongs to the value. Write a comment on a separate line.",
                    }
                )
            );
        });
    }

    [TestCase("1", true)]
    [TestCase("yes", true)]
    [TestCase("TRUE", true)]
    [TestCase("On", true)]
    [TestCase("0", false)]
    [TestCase("no", false)]
    [TestCase("False", false)]
    [TestCase("off", false)]
    public void Should_read_booleans_as_python_does(string text, bool value)
    {
        Fixture.Keys["use_xsede"] = text;
        Assert.That(Fixture.Load().Settings.UseXsede, Is.EqualTo(value));
    }

    [Test]
    public void Should_trim_lists_and_drop_what_is_said_twice()
    {
        Fixture.Keys["raw_records_rse"] = " UC_OSG_USERDISK ,UC_DALI_USERDISK,\n  UC_OSG_USERDISK,, ";
        Fixture.Keys["exclude_sites"] = "";
        Fixture.Keys["dtypes"] = "peaklets, event_info_double, peaklets";
        var loaded = Fixture.Load();
        Assert.Multiple(() =>
        {
            Assert.That(loaded.Settings.RawRecordsRse, Is.EqualTo(new[] { "UC_OSG_USERDISK", "UC_DALI_USERDISK" }));
            Assert.That(loaded.Settings.ExcludeSites, Is.Empty);
            Assert.That(loaded.Settings.DataTypes, Is.EqualTo(new[] { "peaklets", "event_info_double" }));
            Assert.That(
                loaded.Notes,
                Is.EqualTo(new[] { $"{Config}:{Fixture.Line("dtypes")}: dtypes contains peaklets more than once; each is made once." })
            );
        });
    }

    [TestCase(
        "chunks_per_job",
        "0",
        "chunks_per_job is '0', but must be a whole number from 1 to 2147483647. Correct it, or leave it out for 10."
    )]
    [TestCase(
        "chunks_per_job",
        "-3",
        "chunks_per_job is '-3', but must be a whole number from 1 to 2147483647. Correct it, or leave it out for 10."
    )]
    [TestCase(
        "events_memory",
        "-1",
        "events_memory is '-1', but must be a whole number of MB, 1 or more. Correct it, or leave it out for 60000."
    )]
    [TestCase(
        "peaklets_disk",
        "a lot",
        "peaklets_disk is 'a lot', but must be a whole number of KB, 1 or more. Correct it, or leave it out for 50000000."
    )]
    [TestCase(
        "max_daily",
        "# none",
        "max_daily is empty, but must be a whole number from 1 to 2147483647. Correct it, or leave it out for 2000."
    )]
    [TestCase(
        "min_run_number",
        "1.5",
        "min_run_number is '1.5', but must be a whole number from 0 to 2147483647. Correct it, or leave it out for 666."
    )]
    [TestCase(
        "max_daily",
        "99999999999999999999",
        "max_daily is '99999999999999999999', but must be a whole number from 1 to 2147483647. Correct it, or leave it out for 2000."
    )]
    [TestCase(
        "us_only",
        "maybe",
        "us_only is 'maybe', but must be one of 1, yes, true, on, 0, no, false, off. Correct it, or leave it out for False."
    )]
    [TestCase(
        "dtypes",
        "peaklet",
        "unknown data type 'peaklet' in dtypes (did you mean 'peaklets'?): allowed are records, peaklets, peak_basics, "
            + "event_info_double, event_shadow, peak_basics_he, afterpulses, led_calibration, hitlets_nv, events_nv, events_mv."
    )]
    [TestCase(
        "dtypes",
        "",
        "dtypes is empty: data types to process. Write 'dtypes = peaklets, hitlets_nv, events_nv, events_mv, event_info_double, "
            + "afterpulses, led_calibration' or similar into [Outsource]."
    )]
    [TestCase("detector", "tcp", "unknown detector 'tcp' (did you mean 'tpc'?): allowed are all, tpc, neutron_veto, muon_veto.")]
    [TestCase("work_dir", "workflows", "work_dir is 'workflows', but must be an absolute path: begin it with '/'.")]
    [TestCase(
        "work_dir",
        "$NOWHERE/x",
        "work_dir is '$NOWHERE/x', but the environment variable NOWHERE is not set. Set it, or write the full path."
    )]
    [TestCase(
        "work_dir",
        "/scratch\n  max_daily = 3",
        "work_dir extends over lines 7 to 8, since an indented line continues the one above. Remove the indent of that line, or write the value on one line."
    )]
    [TestCase(
        "dtypes",
        "peaklets,\n  rundb_api_password = hunter2",
        "dtypes extends over lines 8 to 9, and one of them looks like another key: an indented line continues the one above. Remove the indent of that line."
    )]
    [TestCase("records_rse", "A, B", "records_rse is 'A, B', which is not a valid RSE name: allowed are letters, digits, '_', '-' and '.'.")]
    [TestCase("raw_records_rse", "UC \"OSG\"", "'UC \"OSG\"' in raw_records_rse is not a valid RSE name: letters, digits, '_', '-' and '.' are allowed.")]
    [TestCase(
        "notification_email",
        "me",
        "notification_email is 'me', which is not a valid mail address: expected for example name@example.org, with letters, digits and '._%+-'. "
            + "Correct it, or leave it empty to send no mail."
    )]
    [TestCase(
        "notification_email",
        "a@b.org;reboot",
        "notification_email is 'a@b.org;reboot', which is not a valid mail address: expected for example name@example.org, with letters, digits "
            + "and '._%+-'. Correct it, or leave it empty to send no mail."
    )]
    [TestCase(
        "notification_email",
        "-x@b.org",
        "notification_email is '-x@b.org', which is not a valid mail address: expected for example name@example.org, with letters, digits and "
            + "'._%+-'. Correct it, or leave it empty to send no mail."
    )]
    [TestCase("exclude_sites", "A\u0007B", "exclude_sites contains a control character. Type the line again.")]
    [TestCase(
        "context",
        "../x",
        "'../x' is not a valid context name. Allowed are letters, digits, '_', '-' and '.', not beginning with '.' or '-'. Correct "
            + "--context or [Outsource] context."
    )]
    [TestCase(
        "context",
        "",
        "no context is set. Pass --context=NAME (for example xenonnt_v14), or write 'context = NAME' into [Outsource]."
    )]
    [TestCase(
        "image",
        "a b",
        "image 'a b' is not valid (blanks, quotes, backslashes, '$' and control characters are not allowed in it): pass a full path "
            + "or a tag, such as 2024.02.1 or /cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1."
    )]
    [TestCase(
        "image",
        "xenonnt/base:1",
        "image 'xenonnt/base:1' is not valid (it is neither a tag nor a full path, which begins with '/', nor an address such as "
            + "docker://xenonnt/base:1): pass a full path or a tag, such as 2024.02.1 or "
            + "/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1."
    )]
    [TestCase("rundb", "rset", "rundb is 'rset', which is not a valid source (did you mean 'rest'?): allowed are rest, mongo or file:PATH.")]
    [TestCase("rundb", "file:", "rundb is 'file:' without a path: write rundb=file:PATH.")]
    [TestCase("rucio", "mongo", "rucio is 'mongo', which is not a valid source: allowed are rest or file:PATH.")]
    [TestCase(
        "rucio",
        "file:rucio.json",
        "rucio names the file '/home/op/rucio.json', which does not exist. Correct the path; allowed are rest or file:PATH."
    )]
    [TestCase(
        "context_file",
        "none.json",
        "context_file is '/home/op/none.json', which does not exist. Correct the path; in a configuration it is relative to the "
            + "configuration's folder."
    )]
    [TestCase(
        "pegasus_properties",
        "p",
        "pegasus_properties is '/home/op/p', which does not exist. Correct the path; in a configuration it is relative to the "
            + "configuration's folder."
    )]
    [TestCase(
        "tables_folder",
        "mine",
        "tables_folder: there is no folder '/home/op/mine'. Name one that holds data-types.yml, rses.yml or modes.yml, or leave the "
            + "setting out."
    )]
    public void Should_refuse_a_key(string key, string value, string message)
    {
        Fixture.Keys[key] = value;
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { $"{Config}:{Fixture.Line(key)}: {message}" }));
    }

    [TestCase(
        "work_dir",
        "work_dir is missing: folder for everything that is written. Write 'work_dir = /scratch/$USER/workflows' or similar into [Outsource]."
    )]
    [TestCase(
        "dtypes",
        "dtypes is missing: data types to process. Write 'dtypes = peaklets, hitlets_nv, events_nv, events_mv, event_info_double, "
            + "afterpulses, led_calibration' or similar into [Outsource]."
    )]
    [TestCase(
        "raw_records_rse",
        "raw_records_rse is missing: RSEs from which raw data may be read; from tape only with --stage. Write 'raw_records_rse = "
            + "UC_OSG_USERDISK' or similar into [Outsource]."
    )]
    public void Should_refuse_if_a_key_is_missing(string key, string message)
    {
        Fixture.Keys[key] = null;
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { $"{Config}: {message}" }));
    }

    [TestCase(
        "--run=abc",
        "--run=abc is not a run number: expected a whole number from 1 to 2147483647, such as --run=7157, or a range of at most 100,000 "
            + "runs, such as --run=7157-7160."
    )]
    [TestCase(
        "--run=0",
        "--run=0 is not a run number: expected a whole number from 1 to 2147483647, such as --run=7157, or a range of at most 100,000 "
            + "runs, such as --run=7157-7160."
    )]
    [TestCase(
        "--run=-7",
        "--run=-7 is not a run number: expected a whole number from 1 to 2147483647, such as --run=7157, or a range of at most 100,000 "
            + "runs, such as --run=7157-7160."
    )]
    [TestCase(
        "--run=7160-7157",
        "--run=7160-7157 is not a run number: expected a whole number from 1 to 2147483647, such as --run=7157, or a range of at most "
            + "100,000 runs, such as --run=7157-7160."
    )]
    [TestCase(
        "--run=1-100001",
        "--run=1-100001 is not a run number: expected a whole number from 1 to 2147483647, such as --run=7157, or a range of at most "
            + "100,000 runs, such as --run=7157-7160."
    )]
    [TestCase("--from=x", "--from=x is not a run number: expected a whole number from 1 to 2147483647, such as --from=7157.")]
    [TestCase("--detector=muon", "unknown detector 'muon' (did you mean 'muon_veto'?): allowed are all, tpc, neutron_veto, muon_veto.")]
    [TestCase("--from=8000 --to=7000", "--from=8000 is greater than --to=7000. Swap them.")]
    [TestCase(
        "--from=2025-06-12",
        "--from=2025-06-12 is not a run number: expected a whole number from 1 to 2147483647, such as --from=7157. For a date write "
            + "--since=2025-06-12."
    )]
    [TestCase(
        "--to=2025-06-12",
        "--to=2025-06-12 is not a run number: expected a whole number from 1 to 2147483647, such as --to=7157. For a date write "
            + "--until=2025-06-12."
    )]
    [TestCase(
        "--from=7157-7160",
        "--from=7157-7160 is not a run number: expected a whole number from 1 to 2147483647, such as --from=7157. For a range write "
            + "--run=7157-7160."
    )]
    [TestCase(
        "--run=2025-06-12",
        "--run=2025-06-12 is not a run number: expected a whole number from 1 to 2147483647, such as --run=7157, or a range of at most "
            + "100,000 runs, such as --run=7157-7160. For the runs of a date write --since=2025-06-12 --until=2025-06-12."
    )]
    [TestCase(
        "--since=yesterday",
        "--since=yesterday is not a date: expected a date such as --since=2025-06-12, or a date and time such as "
            + "--since=2025-06-12T14:00, in UTC."
    )]
    [TestCase(
        "--until=2025-02-30",
        "--until=2025-02-30 is not a date: expected a date such as --until=2025-06-12, or a date and time such as "
            + "--until=2025-06-12T14:00, in UTC."
    )]
    [TestCase(
        "--until=61030",
        "--until=61030 is not a date: expected a date such as --until=2025-06-12, or a date and time such as "
            + "--until=2025-06-12T14:00, in UTC. For a run number write --to=61030."
    )]
    [TestCase("--since=2025-06-13 --until=2025-06-12", "--since=2025-06-13 is later than --until=2025-06-12. Swap them.")]
    [TestCase(
        "--since=2025-06-12T14:00 --until=2025-06-12T13:59",
        "--since=2025-06-12T14:00:00Z is later than --until=2025-06-12T13:59:00Z. Swap them."
    )]
    [TestCase(
        "--run=7157 --from=8000",
        "--run and --from=8000 exclude each other: no run of --run is in that range. Leave one of them out."
    )]
    [TestCase(
        "--run=7157-7160 --from=7000 --to=7100",
        "--run and --from=7000 and --to=7100 exclude each other: no run of --run is in that range. Leave one of them out."
    )]
    [TestCase("--run=7157 --runlist=x", "--run and --runlist exclude each other: give one.")]
    [TestCase(
        "--detector=muonveto",
        "unknown detector 'muonveto' (did you mean 'muon_veto'?): allowed are all, tpc, neutron_veto, muon_veto."
    )]
    [TestCase(
        "--name=a/b",
        "--name=a/b is not a valid workflow name (it contains '/'). Allowed are letters, digits, '.', '_' and '-', at most 100 characters, not beginning with '.' or '-', and no '..'."
    )]
    [TestCase(
        "--name=a..b",
        "--name=a..b is not a valid workflow name (it contains '..'). Allowed are letters, digits, '.', '_' and '-', at most 100 characters, not beginning with '.' or '-', and no '..'."
    )]
    [TestCase(
        "--name=..",
        "--name=.. is not a valid workflow name (it begins with '.'). Allowed are letters, digits, '.', '_' and '-', at most 100 characters, not beginning with '.' or '-', and no '..'."
    )]
    [TestCase(
        "--name=-x",
        "--name=-x is not a valid workflow name (it begins with '-'). Allowed are letters, digits, '.', '_' and '-', at most 100 characters, not beginning with '.' or '-', and no '..'."
    )]
    [TestCase(
        "--name=x\u00e4",
        "--name=x\u00e4 is not a valid workflow name (it contains '\u00e4'). Allowed are letters, digits, '.', '_' and '-', at most 100 characters, not beginning with '.' or '-', and no '..'."
    )]
    [TestCase(
        "--rundb=file:nope.json",
        "rundb names the file '/home/op/project/nope.json', which does not exist. Correct the path; allowed are rest, mongo or file:PATH."
    )]
    [TestCase("--context-file=nope.json", "context_file is '/home/op/project/nope.json', which does not exist. Correct the path.")]
    public void Should_refuse_an_argument(string arguments, string message)
    {
        Fixture.Arguments = arguments.Split(' ');
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { message }));
    }

    [Test]
    public void Should_warn_if_some_of_the_named_runs_are_outside_of_the_range()
    {
        Fixture.Arguments = ["--run=7157-7160", "--from=7159"];

        Assert.That(
            Fixture.Load().Warnings,
            Has.Some.EqualTo("2 of 4 requested runs are outside --from=7159, and cannot be selected.")
        );
    }

    [TestCase("--since=2025-06-12", "2025-06-12", "2025-06-12T00:00:00.0000000+00:00")]
    [TestCase("--since=2025-06-12T14:00", "2025-06-12T14:00:00Z", "2025-06-12T14:00:00.0000000+00:00")]
    [TestCase("--since=2025-06-12t14:00:05z", "2025-06-12T14:00:05Z", "2025-06-12T14:00:05.0000000+00:00")]
    [TestCase("--since=2025-06-12 14:00+02:00", "2025-06-12T12:00:00Z", "2025-06-12T12:00:00.0000000+00:00")]
    public void Should_read_a_time_as_utc(string argument, string recorded, string first)
    {
        Fixture.Arguments = [argument];
        var loaded = Fixture.Load();
        var since = SettingCatalog.ByName["since"];

        Assert.That(since.Of(loaded.Settings), Is.EqualTo(recorded));
        Assert.That(loaded.Settings.Since!.First.ToString("O"), Is.EqualTo(first));
        Assert.That(loaded.Settings.Origins["since"], Is.EqualTo("argument --since"));
    }

    [Test]
    public void Should_refuse_a_name_of_more_than_100_characters()
    {
        Fixture.Arguments = ["--name=" + new string('x', 101)];
        Assert.That(Fixture.Faults()[0], Does.Contain("it has 101 characters"));
        Fixture.Arguments = ["--name=" + new string('x', 100)];
        Assert.That(Fixture.Load().Settings.Name, Has.Length.EqualTo(100));
    }

    [Test]
    public void Should_report_all_faults_in_one_go_in_the_order_of_the_file()
    {
        Fixture.Arguments = ["--run=abc", "--name=a/b"];
        Fixture.Keys["dtypes"] = "peaklet";
        Fixture.Keys["chunks_per_job"] = "0";
        Fixture.Keys["us_only"] = "maybe";
        Fixture.Keys["work_dir"] = null;
        Fixture.RunDbKeys["rundb_api_password"] = "";
        var faults = Fixture.Faults();
        Assert.That(faults, Has.Count.EqualTo(7));
        Assert.That(
            faults.Select(f =>
                f.StartsWith(Config + ":", StringComparison.Ordinal) && char.IsDigit(f[Config.Length + 1])
                    ? int.Parse(f[(Config.Length + 1)..].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)
                : f.StartsWith(Config, StringComparison.Ordinal) ? 999
                : 0
            ),
            Is.Ordered
        );
    }

    [Test]
    public void Should_report_faults_of_the_syntax_together_with_those_of_values()
    {
        Fixture.Keys["chunks_per_job"] = "0\nnonsense\nus_only = maybe";
        Assert.That(Fixture.Faults(), Has.Count.EqualTo(3));
    }

    [Test]
    public void Should_warn_of_unknown_keys_with_the_nearest_one()
    {
        Fixture.Keys["chunk_per_job"] = "5";
        Fixture.RunDbKeys["whatever"] = "is others' business";
        Assert.That(
            Fixture.Load().Warnings,
            Is.EqualTo(
                new[]
                {
                    $"{Config}:{Fixture.Line("chunk_per_job")}: unknown key 'chunk_per_job' in [Outsource] (did you mean "
                        + "'chunks_per_job'?); it has no effect.",
                }
            )
        );
    }

    [TestCase("CNAF_TAPE_USERDISK", "raw_records_rse contains CNAF_TAPE_USERDISK, which is tape: raw data is never read from it.")]
    [TestCase("LNGS_USERDISK", "raw_records_rse contains LNGS_USERDISK, which jobs cannot read.")]
    [TestCase(
        "UC_OSG_USERDSK",
        "raw_records_rse contains UC_OSG_USERDSK, which is not in the table of RSEs (did you mean 'UC_OSG_USERDISK'?): jobs that read from it are not restricted to a site."
    )]
    public void Should_warn_of_an_rse(string rse, string warning)
    {
        Fixture.Keys["raw_records_rse"] = rse;
        Assert.That(Fixture.Load().Warnings, Is.EqualTo(new[] { $"{Config}:{Fixture.Line("raw_records_rse")}: {warning}" }));
    }

    [Test]
    public void Should_warn_if_nothing_can_be_selected()
    {
        Fixture.Arguments = ["--to=500", "--detector=muon_veto"];
        Assert.That(
            Fixture.Load().Warnings,
            Is.EqualTo(
                new[]
                {
                    "none of the requested data types (peaklets, event_info_double) belongs to detector 'muon_veto': there is "
                        + "nothing to do.",
                    "--to=500 is below min_run_number = 666 (default): no run can be selected.",
                }
            )
        );
    }

    // ---- the run list

    [Test]
    public void Should_read_a_run_list()
    {
        Fixture.Disk.AddFile(LoaderFixture.WorkingDirectory + "/runs.txt", new MockFileData("# mine\n7158\n\n 7157 # good\r\n007158\n7158"));
        Fixture.Arguments = ["--runlist=runs.txt"];
        var loaded = Fixture.Load();
        Assert.That(loaded.Settings.Runs, Is.EqualTo(new[] { 7157, 7158 }));
        Assert.That(loaded.Notes, Is.EqualTo(new[] { "/home/op/project/runs.txt contains a run more than once: 7158. Each is used once." }));
        Assert.That(loaded.Settings.Origins["run"], Is.EqualTo("argument --runlist"));
    }

    [Test]
    public void Should_refuse_bad_lines_of_a_run_list_with_their_numbers()
    {
        Fixture.Disk.AddFile("/r", new MockFileData("7157\n7158 7159\n-1\n"));
        Fixture.Arguments = ["--runlist=/r"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "/r:2: '7158 7159' is not a run number: a run list has one whole number per line, from 1 to 2147483647.",
                    "/r:3: '-1' is not a run number: a run list has one whole number per line, from 1 to 2147483647.",
                }
            )
        );
    }

    [Test]
    public void Should_refuse_an_empty_or_missing_run_list()
    {
        Fixture.Disk.AddFile("/r", new MockFileData("# nothing\n"));
        Fixture.Arguments = ["--runlist=/r"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(new[] { "/r: the run list contains no runs. Write one number per line, or leave --runlist out to consider all runs." })
        );
        Fixture.Arguments = ["--runlist=/none"];
        Assert.That(Fixture.Faults()[0], Does.StartWith("/none: the run list cannot be read: "));
    }

    // ---- finding the configuration

    [Test]
    public void Should_find_the_configuration_in_order()
    {
        Fixture.Disk.AddFile(
            "/c/argument",
            new MockFileData(Fixture.Config().Replace("contexts.json", "/home/op/contexts.json", StringComparison.Ordinal))
        );
        Fixture.Disk.AddFile(
            "/c/variable",
            new MockFileData(Fixture.Config().Replace("contexts.json", "/home/op/contexts.json", StringComparison.Ordinal))
        );
        Fixture.Variables["XENON_CONFIG"] = "/c/variable";
        Assert.That(Fixture.Load().Settings.ConfigFile, Is.EqualTo("/c/variable"));
        Fixture.Arguments = ["--config=../../../c/argument"];
        Assert.That(Fixture.Load().Settings.ConfigFile, Is.EqualTo("/c/argument"));
    }

    [Test]
    public void Should_take_no_other_configuration_if_the_named_one_is_missing()
    {
        Fixture.Variables["XENON_CONFIG"] = "/none";
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "the configuration '/none', named by XENON_CONFIG, does not exist. Correct the name; no other configuration is used instead.",
                }
            )
        );
        Fixture.Arguments = ["--config=/nor"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "the configuration '/nor', named by --config, does not exist. Correct the name; no other configuration is used instead.",
                }
            )
        );
        Fixture.Arguments = ["--config=/home"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(new[] { "the configuration '/home', named by --config, is a folder. Name a file." })
        );
    }

    [Test]
    public void Should_say_where_it_looked_if_there_is_no_configuration()
    {
        Fixture.ConfigText = "";
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"no configuration: --config is not given, XENON_CONFIG is not set, and '{Config}' does not exist. --target=Init "
                        + "writes one to fill in; or pass one with --config=FILE.",
                }
            )
        );
    }

    [Test]
    public void Should_fall_back_to_the_demo_and_say_so_first()
    {
        Demo();
        Fixture.ConfigText = "";
        var loaded = Fixture.Load();
        Assert.That(loaded.Settings.Demo, Is.True);
        Assert.That(loaded.Settings.WorkDir, Is.EqualTo("/checkout/.outsource/demo"));
        Assert.That(loaded.Settings.RunDb.ToString(), Is.EqualTo("file:/opt/outsource/demo/runs.jsonl"));
        Assert.That(
            loaded.Notes[0],
            Is.EqualTo("No configuration was found, so this is the embedded demo (/opt/outsource/demo/.xenon_config).")
        );
    }

    [Test]
    public void Should_take_the_demo_if_asked_for_although_there_is_a_configuration()
    {
        Demo();
        Fixture.Variables["OUTSOURCE_DEMO"] = "/elsewhere";
        Fixture.Arguments = ["--demo"];
        Assert.That(Fixture.Load().Settings.WorkDir, Is.EqualTo("/elsewhere"));
        Fixture.Arguments = ["--demo", "--config=/x"];
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { "--demo and --config=/x exclude each other: give one." }));
    }

    [TestCase("--config=/opt/outsource/demo/by_level")]
    [TestCase("--demo", "--config=/opt/outsource/demo/by_level")]
    public void Should_know_the_other_configuration_of_the_demo_as_the_demo(params string[] arguments)
    {
        Demo();
        var text = Fixture.Disk.File.ReadAllText("/opt/outsource/demo/.xenon_config");
        Fixture.Disk.AddFile("/opt/outsource/demo/by_level", new MockFileData(text));
        Fixture.Arguments = arguments;

        var loaded = Fixture.Load();

        Assert.That(loaded.Settings.Demo, Is.True);
        Assert.That(loaded.Notes[0], Is.EqualTo("This is the embedded demo (/opt/outsource/demo/by_level)."));
    }

    [Test]
    public void Should_not_go_on_with_another_demo_than_the_one_that_is_named()
    {
        Demo();
        Fixture.Arguments = ["--demo", "--config=/opt/outsource/demo/missing"];
        Assert.That(Fixture.Faults().Single(), Does.StartWith("the configuration '/opt/outsource/demo/missing', named by --config, "));
    }

    [Test]
    public void Should_say_so_if_the_configuration_cannot_be_read()
    {
        Fixture.Disk.AddFile(Config, new MockFileData("[Outsource]") { AllowedFileShare = FileShare.None });
        Assert.That(
            Fixture.Faults()[0],
            Does.Match($"^{Config}: the configuration cannot be read: .*\\. Make it readable, or pass another with --config=FILE\\.$")
        );
    }

    [TestCase("[basic]\nx = 1\n", "there is no section [Outsource]. Add it (docs/configuration.md); the name is case-sensitive.")]
    [TestCase(
        "[outsource]\nx = 1\n",
        "there is no section [Outsource] (did you mean 'outsource'?). Add it (docs/configuration.md); the name is case-sensitive."
    )]
    public void Should_refuse_if_there_is_no_section_of_ours(string text, string message)
    {
        Fixture.ConfigText = text;
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { $"{Config}: {message}" }));
    }

    // ---- sources

    private RunDbCredentials OfMongo(params (string Key, string Value)[] keys)
    {
        foreach (
            var (key, value) in keys.Prepend(("xent_database", "xenonnt"))
                .Prepend(("xent_password", "p"))
                .Prepend(("xent_user", "u"))
                .Prepend(("xent_url", "one.invalid:1, two.invalid:2"))
        )
        {
            Fixture.RunDbKeys[key] = value;
        }

        var settings = Fixture.Load().Settings;
        return RunDbCredentialsReader.Read(Fixture.Host(), settings);
    }

    [Test]
    public void Should_decode_user_and_password_of_the_mongodb_as_its_python_driver_does()
    {
        var read = OfMongo(("xent_user", "nt%40xenon"), ("xent_password", "q%40z+z%2525"));

        Assert.That((read.MongoUser, read.MongoPassword), Is.EqualTo(("nt@xenon", "q@z z%25")));
    }

    [TestCase("50%off")]
    [TestCase("100%")]
    [TestCase("%zz")]
    public void Should_refuse_a_percent_sign_in_a_password_that_encodes_nothing(string password)
    {
        var error = Assert.Throws<UsageException>(() => OfMongo(("xent_password", password)))!;

        Assert.That(
            error.Message,
            Does.Contain("xent_password contains a % without two hexadecimal digits after it (its value is not shown).")
                .And.Not.Contains(password)
        );
    }

    [Test]
    public void Should_use_the_keys_that_utilix_has_for_its_mongodb_client()
    {
        var read = OfMongo(
            ("force_single_server", "False"),
            ("direct_connection", "false"),
            ("read_preference", "primaryPreferred"),
            ("max_pool_size", "7"),
            ("socket_timeout", "5000"),
            ("connect_timeout", "3000  # ms")
        );

        Assert.That(read.MongoHosts, Is.EqualTo(new[] { "one.invalid:1", "two.invalid:2" }));
        Assert.That(
            (read.MongoDirect, read.MongoReadPreference, read.MongoPool, read.MongoAnswer.TotalSeconds, read.MongoConnect.TotalSeconds),
            Is.EqualTo((false, "primaryPreferred", 7, 5.0, 3.0))
        );
    }

    [TestCase(
        "force_single_server",
        "False",
        "force_single_server is False, and xent_url names 2 hosts: write direct_connection = False too, because only one host can be "
            + "used directly."
    )]
    [TestCase(
        "direct_connection",
        "maybe",
        "direct_connection is 'maybe', which must be True or False. Correct it, or leave it out for True."
    )]
    [TestCase(
        "read_preference",
        "second",
        "read_preference is 'second'; allowed are primary, primaryPreferred, secondary, secondaryPreferred, nearest. Correct it, or "
            + "leave it out for secondary."
    )]
    [TestCase(
        "max_pool_size",
        "0",
        "max_pool_size is '0', which must be a whole number from 1 to 10000. Correct it, or leave it out for 100."
    )]
    [TestCase(
        "socket_timeout",
        "60 s",
        "socket_timeout is '60 s', which must be a whole number from 1 to 3600000. Correct it, or leave it out for 60000."
    )]
    public void Should_say_what_is_wrong_with_a_key_for_the_mongodb_client(string key, string value, string message) =>
        Assert.That(Assert.Throws<UsageException>(() => OfMongo((key, value)))!.Message, Does.EndWith(": " + message));

    [TestCase("http://tokens.invalid/api/", "http://tokens.invalid/api")]
    public void Should_read_the_address_of_tokens(string value, string expected)
    {
        Fixture.RunDbKeys["tk_rundb_api_url"] = value;
        Fixture.Arguments = ["--rundb=rest"];
        Assert.That(RunDbCredentialsReader.Read(Fixture.Host(), Fixture.Load().Settings).TokenUrl, Is.EqualTo(new Uri(expected)));
    }

    [TestCase("tk_rundb_api_url", "tokens")]
    [TestCase("tk_rundb_api_url", "https://tokens.invalid/?a=b")]
    [TestCase("rundb_api_url", "https://rundb.invalid/#api")]
    public void Should_refuse_what_is_no_address(string key, string value)
    {
        Fixture.RunDbKeys[key] = value;
        Fixture.Arguments = ["--rundb=rest"];
        Assert.That(Fixture.Faults().Single(), Does.Contain($"{key} is not an address (its value is not shown)"));
    }

    [Test]
    public void Should_choose_the_run_db_by_what_is_configured()
    {
        Fixture.RunDbKeys["xent_url"] = "one.invalid:1, two.invalid:2";
        Fixture.RunDbKeys["xent_user"] = "u";
        Fixture.RunDbKeys["xent_password"] = LoaderFixture.MongoPassword;
        Fixture.RunDbKeys["xent_database"] = "xenonnt";
        var settings = Fixture.Load().Settings;
        Assert.That(settings.RunDb.ToString(), Is.EqualTo("mongo"));
        Assert.That(RunDbCredentialsReader.Read(Fixture.Host(), settings).MongoHosts, Is.EqualTo(new[] { "two.invalid:2" }));

        Fixture.Arguments = ["--rundb=REST"];
        Assert.That(Fixture.Load().Settings.RunDb.ToString(), Is.EqualTo("rest"));

        Fixture.Disk.AddFile("/home/op/project/runs.json", new MockFileData("[]"));
        Fixture.Arguments = ["--rundb=file:runs.json"];
        Assert.That(Fixture.Load().Settings.RunDb.ToString(), Is.EqualTo("file:/home/op/project/runs.json"));
    }

    [Test]
    public void Should_say_all_three_ways_if_there_is_no_run_db()
    {
        Fixture.RunDbKeys.Clear();
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"{Config}: no run database is configured. Set rundb_api_url (rundb = rest) or xent_url (rundb = mongo) in [RunDB], or pass a snapshot with --rundb=file:PATH or [Outsource] rundb.",
                }
            )
        );
    }

    [TestCase(
        "rundb_api_url",
        "hunter2.invalid",
        "rundb_api_url is not an address (its value is not shown): expected http://HOST or https://HOST, optionally with a port and a path, and nothing after it."
    )]
    [TestCase(
        "rundb_api_url",
        "http://me:hunter2@host",
        "rundb_api_url contains a user or password (its value is not shown): write them into rundb_api_user and rundb_api_password."
    )]
    [TestCase(
        "rundb_api_password",
        "<ask teamA>",
        "rundb_api_password still has the placeholder of the sample. Ask the RunDB administrators for the value."
    )]
    [TestCase("rundb_api_password", "", "rundb_api_password is empty, but rundb = rest needs it: its password. Write it into [RunDB].")]
    [TestCase(
        "rundb_api_password",
        "hunter2\n  hunter2",
        "rundb_api_password has several lines, since an indented line continues the one above. Remove the indent of that line."
    )]
    [TestCase("rundb_retry", "hunter2", "rundb_retry must be a whole number from 1 to 100. Correct it, or leave it out for 3.")]
    public void Should_never_show_a_value_of_the_run_db(string key, string value, string message)
    {
        Fixture.RunDbKeys[key] = value;
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { $"{Config}:{Fixture.Line(key)}: {message}" }));
    }

    [Test]
    public void Should_not_show_a_password_that_lost_its_delimiter()
    {
        Fixture.RunDbKeys["rundb_api_user"] = "x\nrundb_api_password hunter2";
        Assert.That(Fixture.Faults(), Is.Not.Empty);
    }

    [Test]
    public void Should_make_the_credentials_show_nothing_of_themselves()
    {
        var credentials = RunDbCredentialsReader.Read(Fixture.Host(), Fixture.Load().Settings);
        Assert.That(credentials.ApiPassword, Is.EqualTo(LoaderFixture.Password));
        Assert.That(credentials.ToString(), Is.EqualTo("RunDB credentials (not shown)"));
    }

    // ---- what restricts

    [TestCase(
        "excluded_sites",
        "SU-ITS",
        "unknown key 'excluded_sites' in [Outsource] (did you mean 'exclude_sites'?): it looks like one that restricts what is "
            + "processed, or where, but it has no effect. Correct it, or remove it."
    )]
    [TestCase("exclude_site", "SU-ITS", "(did you mean 'exclude_sites'?): it looks like")]
    [TestCase("site_blacklist", "SU-ITS", "unknown key 'site_blacklist' in [Outsource]: it looks like")]
    [TestCase("min_run", "7000", "it looks like")]
    [TestCase("max_runnumber", "7000", "(did you mean 'max_run_number'?): it looks like")]
    [TestCase("max_dayly", "3", "(did you mean 'max_daily'?): it looks like")]
    [TestCase("exclude_tag", "bad", "(did you mean 'exclude_tags'?): it looks like")]
    [TestCase("skip_runs", "7157", "it looks like")]
    [TestCase("us-only", "True", "it looks like")]
    [TestCase("saltax", "True", "saltax restricts what is processed, but plans by type do not read it")]
    public void Should_refuse_an_unknown_key_that_would_restrict(string key, string value, string words)
    {
        Fixture.Keys[key] = value;
        var fault = Fixture.Faults().Single();
        Assert.That(fault, Does.StartWith($"{Config}:{Fixture.Line(key)}: ").And.Contain(words));
    }

    [TestCase("user_install_packages", "cutax")]
    [TestCase("rcc_nodes", "dali1")]
    public void Should_warn_of_any_other_unknown_key(string key, string value)
    {
        Fixture.Keys[key] = value;
        Assert.That(
            Fixture.Load().Warnings.Single(),
            Does.StartWith($"{Config}:{Fixture.Line(key)}: unknown key '{key}' in [Outsource]").And.EndWith("it has no effect.")
        );
    }

    [TestCase("eu_only", "False")]
    [TestCase("saltax", "no")]
    [TestCase("user_install_package", "cutax")]
    [TestCase("rough_disk", "16000")]
    [TestCase("rcc_exclude_nodes", "dali1")]
    [TestCase("dagman_maxjobs", "5000")]
    [TestCase("rucio_upload", "True")]
    [TestCase("logging_level", "INFO")]
    [TestCase("db_logging_level", "WARNING")]
    public void Should_pass_over_a_key_that_is_off(string key, string value)
    {
        Fixture.Keys[key] = value;
        Assert.That(Fixture.Load().Warnings, Is.Empty);
    }

    [Test]
    public void Should_refuse_a_key_that_restricts_in_another_section()
    {
        Fixture.RunDbKeys["exclude_sites"] = "SU-ITS";
        Assert.That(
            Fixture.Faults().Single(),
            Does.EndWith("key 'exclude_sites' is in [RunDB], where it has no effect. Move it to [Outsource].")
        );
    }

    [Test]
    public void Should_read_the_lists_and_bounds_of_the_python_program()
    {
        foreach (
            var (key, value) in new[]
            {
                ("include_modes", "tpc_*, bkg_linked"),
                ("include_sources", "none"),
                ("exclude_sources", "ambe"),
                ("include_tags", "_sr1"),
                ("exclude_tags", "bad, messy"),
                ("max_run_number", "60000 # of the first science runs"),
                ("stage", "True"),
                ("xedocs_version", "global_v14"),
            }
        )
        {
            Fixture.Keys[key] = value;
        }

        var settings = Fixture.Load().Settings;
        Assert.Multiple(() =>
        {
            Assert.That(settings.IncludeModes, Is.EqualTo(new[] { "tpc_*", "bkg_linked" }));
            Assert.That(settings.IncludeSources, Is.EqualTo(new[] { "none" }));
            Assert.That(settings.ExcludeSources, Is.EqualTo(new[] { "ambe" }));
            Assert.That(settings.IncludeTags, Is.EqualTo(new[] { "_sr1" }));
            Assert.That(settings.ExcludeTags, Is.EqualTo(new[] { "bad", "messy" }));
            Assert.That(settings.MaxRunNumber, Is.EqualTo(60000));
            Assert.That(settings.HighestRun, Is.EqualTo(60000));
            Assert.That(settings.Stage, Is.True);
            Assert.That(settings.XedocsVersion, Is.EqualTo("global_v14"));
        });
    }

    [Test]
    public void Should_refuse_bounds_with_nothing_between()
    {
        Fixture.Keys["max_run_number"] = "500";
        Assert.That(
            Fixture.Faults().Single(),
            Does.EndWith("max_run_number = 500 is below min_run_number = 666: no run can be selected. Correct one of them.")
        );
    }

    [TestCase("global v14")]
    [TestCase("-x")]
    public void Should_refuse_a_version_of_the_corrections_that_is_none(string version)
    {
        Fixture.Keys["xedocs_version"] = version;
        Assert.That(Fixture.Faults().Single(), Does.Contain($"xedocs_version is '{version}', which is not a global version"));
    }

    [Test]
    public void Should_refuse_to_upload_what_is_made_with_the_corrections_of_the_day()
    {
        Fixture.Keys["xedocs_version"] = "global_ONLINE";
        Assert.That(Fixture.Faults().Single(), Does.Contain("these corrections change under the same hash"));
    }

    // ---- the image

    [TestCase("CONDA_PREFIX", "/cvmfs/xenon.opensciencegrid.org/releases/nT/2024.02.1/anaconda/envs/XENONnT_2024.02.1")]
    [TestCase("PATH", "/usr/bin:/cvmfs/xenon.opensciencegrid.org/releases/nT/2024.02.1/bin:/bin")]
    [TestCase("PATH", "/usr/bin:/opt/anaconda/envs/XENONnT_2024.02.1/bin")]
    public void Should_take_the_tag_of_the_environment_if_no_image_is_named(string variable, string value)
    {
        Fixture.Keys["image"] = null;
        Fixture.Variables[variable] = value;
        var settings = Fixture.Load().Settings;
        Assert.That(settings.Image, Is.EqualTo(new ImageReference(ImageReference.Prefix + "2024.02.1", "2024.02.1")));
        Assert.That(settings.Origins["image"], Is.EqualTo($"environment {variable}"));
    }

    [Test]
    public void Should_say_both_ways_if_there_is_no_image()
    {
        Fixture.Keys["image"] = null;
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "no image is set, and no CVMFS release is active (PATH, CONDA_PREFIX). Pass --image=TAG (or set [Outsource] image), or source the setup.sh of a release first.",
                }
            )
        );
    }

    [TestCase("/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1", "2024.02.1", ImageProof.Proven)]
    [TestCase("/data/images/mine.sif", null, ImageProof.Unproven)]
    public void Should_leave_a_path_as_it_is(string path, string? tag, ImageProof proof)
    {
        Fixture.Arguments = [$"--image={path}"];
        var loaded = Fixture.Load();
        Assert.That(loaded.Settings.Image, Is.EqualTo(new ImageReference(path, tag)));
        Assert.That(loaded.Proof, Is.EqualTo(proof));
        Assert.That(loaded.Warnings, Has.Count.EqualTo(proof == ImageProof.Proven ? 0 : 1));
    }

    [Test]
    public void Should_put_the_tarball_where_the_environment_says()
    {
        Fixture.Variables["CUTAX_LOCATION"] = "/ospool/cutax/v1.15.0";
        Assert.That(Fixture.Load().Settings.CutaxTarball, Is.EqualTo("/ospool/cutax/v1-15-0.tar.gz"));
    }

    // ---- the context

    [Test]
    public void Should_refuse_if_image_and_context_are_of_different_releases()
    {
        Fixture.Documents.Add(("2023.11.1", "2.2.0", null));
        Fixture.Arguments = ["--image=2022.06.2"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "image tag '2022.06.2' does not fit context 'xenonnt_v14': its documents have tag '2024.02.1' (straxen 2.2.1), "
                        + "tag '2023.11.1' (straxen 2.2.0). "
                        + "Images that fit: /cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1, "
                        + "/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2023.11.1. "
                        + "Pass one with --image, or --accept-image-mismatch to continue.",
                }
            )
        );
    }

    [Test]
    public void Should_choose_the_document_of_the_image()
    {
        Fixture.Documents.Add(("2023.11.1", "2.2.0", null));
        Fixture.Documents.Add((null, "2.0.0", null));
        Fixture.Arguments = ["--image=2023.11.1"];
        var loaded = Fixture.Load();
        Assert.That(loaded.Context.StraxenVersion, Is.EqualTo("2.2.0"));
        Assert.That(loaded.Proof, Is.EqualTo(ImageProof.Proven));
    }

    [Test]
    public void Should_go_on_with_a_mismatch_if_that_is_accepted()
    {
        Fixture.Arguments = ["--image=2022.06.2", "--accept-image-mismatch"];
        var loaded = Fixture.Load();
        Assert.That(loaded.Proof, Is.EqualTo(ImageProof.MismatchAccepted));
        Assert.That(
            loaded.Warnings,
            Is.EqualTo(
                new[]
                {
                    "image tag '2022.06.2' differs from tag '2024.02.1' of context 'xenonnt_v14' (straxen 2.2.1), accepted with "
                        + "--accept-image-mismatch: the jobs may make data with other hashes.",
                }
            )
        );
    }

    [Test]
    public void Should_take_the_newest_of_several_or_ask()
    {
        Fixture.Documents.Clear();
        Fixture.Documents.AddRange([(null, "2.2.0", "2023-01-01T00:00:00"), (null, "2.2.1", "2024-01-01T00:00:00")]);
        Assert.That(Fixture.Load().Context.StraxenVersion, Is.EqualTo("2.2.1"));
    }

    [Test]
    public void Should_ask_if_several_documents_are_equally_good()
    {
        Fixture.Documents.Clear();
        Fixture.Documents.AddRange([(null, "2.2.0", null), (null, "2.2.1", "2024-01-01T00:00:00")]);
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "context 'xenonnt_v14' is 2 times in /home/op/contexts.json and no date_added shows which is the newest: tag "
                        + "none, straxen 2.2.0; tag none, straxen 2.2.1, added 2024-01-01T00:00:00Z. Name a file that contains the right "
                        + "one with --context-file.",
                }
            )
        );
    }

    [Test]
    public void Should_know_the_nearest_context()
    {
        Fixture.Arguments = ["--context=xenonnt_v15"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "context 'xenonnt_v15' is unknown to /home/op/contexts.json (did you mean 'xenonnt_v14'?): it knows xenonnt_v14. "
                        + "Correct --context.",
                }
            )
        );
    }

    [Test]
    public void Should_say_how_to_name_a_context_file_if_there_is_no_catalogue()
    {
        Fixture.Keys["context_file"] = null;
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "there is no source of context documents for 'xenonnt_v14'. Pass a file with --context-file=FILE, or set "
                        + "context_file in [Outsource].",
                }
            )
        );
    }

    [Test]
    public void Should_ask_the_given_catalogue_if_no_file_is_named()
    {
        Fixture.Keys["context_file"] = null;
        Fixture.Catalogue = (_, _) => new FileContextCatalogue(Fixture.Disk, "/home/op/contexts.json");
        Assert.That(Fixture.Load().Proof, Is.EqualTo(ImageProof.Proven));
    }

    [Test]
    public void Should_name_every_hash_that_is_missing()
    {
        Fixture.Disk.AddFile(
            "/home/op/contexts.json",
            new MockFileData(
                LoaderFixture.Document(
                    "xenonnt_v14",
                    "2024.02.1",
                    "2.2.1",
                    hashes: "{\"peaklets\": \"4kngbte7xa\", \"raw_records\": \"NOT-A-HASH\"}"
                )
            )
        );
        Fixture.Keys["dtypes"] = "peaklets";
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "data type 'peaklets' needs the hash of 'lone_hits', which it stores, but context 'xenonnt_v14' (straxen 2.2.1) "
                        + "of /home/op/contexts.json does not define it. If that release has no 'lone_hits', write that into "
                        + "data-types.yml (stores of 'peaklets': {name: lone_hits, until: straxen VERSION}) in a folder that "
                        + "tables_folder names; otherwise drop 'peaklets' from dtypes, or choose another context.",
                    "context 'xenonnt_v14' of /home/op/contexts.json: the hash 'NOT-A-HASH' of 'raw_records' is not a lineage hash, "
                        + "which has 10 lower-case letters and digits. Correct the document.",
                }
            )
        );
    }

    [Test]
    public void Should_need_no_hash_of_another_detector()
    {
        Fixture.Disk.AddFile(
            "/home/op/contexts.json",
            new MockFileData(
                LoaderFixture.Document(
                    "xenonnt_v14",
                    "2024.02.1",
                    "2.2.1",
                    hashes: "{\"hitlets_nv\": \"35udxufrfz\", \"raw_records_nv\": \"hh6wvuvzq2\", \"odd\": 3}"
                )
            )
        );
        Fixture.Keys["dtypes"] = "peaklets, hitlets_nv";
        Fixture.Arguments = ["--detector=neutron_veto"];
        var loaded = Fixture.Load();
        Assert.That(loaded.Context.Hashes, Has.Count.EqualTo(2));
        Assert.That(
            loaded.Notes,
            Is.EqualTo(
                new[]
                {
                    "context document 'xenonnt_v14' of /home/op/contexts.json: the hash of 'odd' is a number and was ignored; a "
                        + "lineage hash is a text.",
                }
            )
        );
    }

    [TestCase(
        "not json",
        "/home/op/contexts.json:1: this is not JSON. A context file contains one document, a JSON array of documents, or JSON lines "
            + "(one document a line)."
    )]
    [TestCase("[{}]", "/home/op/contexts.json: the context document: field 'name' is missing; it must be a text.")]
    [TestCase("[3]", "/home/op/contexts.json: the context document: expected a JSON object, found a number.")]
    [TestCase(
        "{\"name\": \"c\", \"straxen_version\": \"2.2.1\", \"hashes\": []}",
        "/home/op/contexts.json: the context document ('c'): field 'hashes' must map data types to lineage hashes, found an array."
    )]
    [TestCase(
        "{\"name\": \"c\", \"straxen_version\": 2, \"hashes\": {}}",
        "/home/op/contexts.json: the context document ('c'): field 'straxen_version' must be a text, found a number."
    )]
    [TestCase(
        "{\"name\": \"c\", \"straxen_version\": \"../..\", \"hashes\": {}}",
        "/home/op/contexts.json: the context document ('c'): field 'straxen_version' is '../..', which is not a valid version: letters, "
            + "digits, '.', '_', '-' and '+' only."
    )]
    public void Should_name_the_field_if_a_context_document_is_malformed(string json, string fault)
    {
        Fixture.Disk.AddFile("/home/op/contexts.json", new MockFileData(json));
        Assert.That(Fixture.Faults()[0], Is.EqualTo(fault));
    }

    private void Demo()
    {
        Fixture.Demo = "/opt/outsource/demo/.xenon_config";
        Fixture.Disk.AddFile("/opt/outsource/demo/runs.jsonl", new MockFileData(""));
        Fixture.Disk.AddFile(
            "/opt/outsource/demo/contexts.json",
            new MockFileData(LoaderFixture.Document("xenonnt_v14", "2024.02.1", "2.2.1"))
        );
        Fixture.Keys["work_dir"] = "$OUTSOURCE_DEMO";
        Fixture.Keys["rundb"] = "file:runs.jsonl";
        Fixture.Disk.AddFile(Fixture.Demo, new MockFileData(Fixture.Config()));
    }
}
