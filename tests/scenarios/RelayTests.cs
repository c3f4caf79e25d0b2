using System.Text;
using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Jobs;
using Outsource.Foundation.Files;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Slurm;
using Outsource.Tests.Fixtures;
using FileSystem = System.IO.Abstractions.FileSystem;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// A workflow of canaries of which the grid has made a part, finished on a real Slurm by the program as an operator calls it. Of run 61030
/// one part is missing; of run 61031 the lower level is merged, and the neutron veto is complete.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class RelayTests
{
    /// <summary>The demo, by level, with types of three detectors.</summary>
    private static readonly string[] Planning =
    [
        "--demo",
        "--payload=canary",
        "--plan=by-level",
        "--image=2025.07.1",
        $"--context-file={Path.Combine(AppContext.BaseDirectory, "demo", "context_by_level.json")}",
        .. Set("rcc_partition=lgrandi"),
        .. Set("include_data_types=peaklets,events_nv,events_mv,event_info_double"),
        .. Set("raw_records_rses=UC_OSG_USERDISK,UC_DALI_USERDISK,SDSC_USERDISK,SDSC_NSDF_USERDISK,NIKHEF2_USERDISK"),
        .. Set("assume_compression=0.24"),
        .. Set("combine_memory=8000"),
        .. Set("combine_disk=10 GB"),
    ];

    private SlurmRig _rig = null!;
    private string _home = null!;
    private string _site = null!;

    private string Work => Path.Combine(_rig.Folder, "work");

    [OneTimeSetUp]
    public void Begin()
    {
        if (SlurmRig.Missing is { } why)
        {
            Assert.Ignore($"No Slurm is started: {why}.");
        }

        _rig = SlurmRig.Start();
        _home = Directory.CreateDirectory(Path.Combine(_rig.Folder, "home")).FullName;
        _site = Path.Combine(_rig.Folder, "site", "g");
        // Other groups than the relay's configuration would make.
        string[] made = ["--context=xenonnt_offline", "--xedocs-version=global_v16", .. Set("chunks_per_job=15")];
        var written = Program(["--target=WriteWorkflow", "--name=g", "--run=61030,61031", .. made]);
        Assert.That(written.ExitCode, Is.Zero, written.Error);
        GridJobs.Run(Path.Combine(Work, "generated", "g"), Path.Combine(_rig.Folder, "grid"), _site, IsMade);
    }

    [OneTimeTearDown]
    public void Stop() => _rig?.Dispose();

    [Test, Order(1)]
    public void Should_print_and_write_what_it_would_do_and_submit_nothing_with_debug_t16()
    {
        var run = Relay("--name=g", "--debug");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("Relay: workflow 'g' has 4 runs and detectors: 1 finished, 2 upper-only, 1 missing-parts."));
        Assert.That(run.Out, Does.Contain("PegasusRun: not started, because of --debug."));
        Assert.That(
            File.ReadAllLines(Path.Combine(Work, "generated", "g-relay", "relay.jsonl"))[1..],
            Is.EqualTo(
                new[]
                {
                    """{"run":61030,"detector":"tpc","state":"missing-parts","missing":[[15,30]]}""",
                    """{"run":61031,"detector":"tpc","state":"upper-only"}""",
                    """{"run":61031,"detector":"neutron_veto","state":"finished"}""",
                    """{"run":61031,"detector":"muon_veto","state":"upper-only"}""",
                }
            )
        );
        Assert.That(Jobs("g-relay"), Is.Empty);
        Assert.That(Directory.EnumerateFiles(Work, "lower_tpc_061030-lower_tpc-0001.sh", SearchOption.AllDirectories), Is.Not.Empty);
    }

    [Test, Order(2)]
    public void Should_submit_only_what_is_missing_and_nothing_twice()
    {
        var run = Relay("--name=g", "--replace");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        string[] expected =
        [
            "combine_tpc_061030-lower_tpc-combine",
            "lower_tpc_061030-lower_tpc-0001",
            "upper_muon_veto_061031-upper_muon_veto",
            "upper_tpc_061030-upper_tpc",
            "upper_tpc_061031-upper_tpc",
        ];
        Assert.That(Jobs("g-relay").Order(StringComparer.Ordinal), Is.EqualTo(expected));

        var again = Relay("--name=g");
        Assert.That(again.ExitCode, Is.Not.Zero, again.Out);
        _rig.WaitUntilIdle(TestContext.CurrentContext.CancellationToken);

        var status = Program("--target=Status", "--name=g-relay", "--json");
        Assert.That(status.Out, Does.Contain("\"state\": \"succeeded\""), status.Out + Logs());
        Assert.That(Jobs("g-relay").Order(StringComparer.Ordinal), Is.EqualTo(expected), "nothing was submitted twice");
        var made = Path.Combine(Work, "outputs", "g-relay");
        Assert.That(
            Directory.EnumerateDirectories(Path.Combine(made, "strax_data_rcc")).Select(Path.GetFileName),
            Has.Some.StartsWith("061030-event_basics-").And.Some.StartsWith("061031-event_basics-").And.Some.StartsWith("061031-events_mv-")
        );
        Assert.That(
            Directory.EnumerateDirectories(Path.Combine(made, "strax_data_rcc_per_chunk")).Select(Path.GetFileName),
            Has.Some.Matches("^061030-peaklets-.*-chunks-15-30$")
        );
        Assert.That(Program("--target=Resubmit", "--name=g-relay", "--yes").ExitCode, Is.EqualTo(3));
    }

    [Test]
    public void Should_continue_a_workflow_of_todays_program()
    {
        var folder = Today("today", text => text);

        var run = Relay($"--workflow={folder}", "--debug", "--staging=" + _site);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("Relay: workflow 'today' has 4 runs and detectors: 1 finished, 2 upper-only, 1 missing-parts."));
        Assert.That(
            File.ReadAllText(Path.Combine(Work, "generated", "today-relay", "plan.jsonl")),
            Does.Contain("\"groups\":[[0,15],[15,30],[30,44]]").Or.Contain("[0, 15]")
        );
        Assert.That(Jobs("today-relay"), Is.Empty);
    }

    [Test]
    public void Should_run_only_uppers_if_asked_to()
    {
        var folder = Today("uppers", text => text);

        var run = Relay($"--workflow={folder}", "--debug", "--levels=upper", "--staging=" + _site);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("4 runs and detectors: 1 finished, 2 upper-only, 1 left-out."));
        var parts = Path.Combine(Work, "outputs", "uppers", "strax_data_osg_per_chunk");
        Assert.That(Directory.Exists(parts), Is.False, "parts are not fetched");
        var key = Relay($"--workflow={folder}", "--name=key", "--debug", "--set", "rcc_upper_only=true", "--no-fetch");
        Assert.That(key.Out, Does.Contain("1 left-out."), key.Error);
    }

    [Test]
    public void Should_refuse_what_was_made_with_another_context_description()
    {
        var today = Today("other", text => Regex.Replace(text, "-peaklets-[a-z2-7]{10}-", "-peaklets-aaaaaaaaaa-"));
        var hash = Relay($"--workflow={today}", "--no-fetch");
        Assert.That(hash.ExitCode, Is.EqualTo(2), hash.Out);
        Assert.That(
            hash.Error,
            Does.Match("workflow 'other' was made with another context description: peaklets has hash aaaaaaaaaa there, and ")
        );

        var ours = Path.Combine(_rig.Folder, "ours");
        Directory.CreateDirectory(ours);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Work, "generated", "g")))
        {
            File.Copy(file, Path.Combine(ours, Path.GetFileName(file)));
        }

        var settings = Path.Combine(ours, "settings.yml");
        var text = Regex.Replace(File.ReadAllText(settings), "(?m)^seal: .*\n", "");
        File.WriteAllText(settings, Seal.OfYaml(Regex.Replace(text, "(?m)^context_description: .*$", "context_description: \"beef\"")));
        var digest = Relay($"--workflow={ours}", "--no-fetch");
        Assert.That(digest.ExitCode, Is.EqualTo(2), digest.Out);
        Assert.That(
            digest.Error,
            Does.Match(@"'ours' was made with another context description \(sha256 beef\) than the one here \(sha256 [0-9a-f]{64}\)")
        );
        Assert.That(Jobs("other-relay").Concat(Jobs("ours-relay")), Is.Empty);
    }

    [TestCase("--name=none", 2, "there is no workflow 'none'")]
    [TestCase("--workflow=none", 2, "--workflow=none names no workflow")]
    [TestCase("--name=g --run=61099", 2, "run 61099 of --run is not in the earlier workflow; its runs are 61030-61031.")]
    [TestCase("--name=g --levels=middle", 2, "middle")]
    [TestCase("--name=g --levels=lower,upper", 2, "--levels=lower,upper is not possible")]
    [TestCase("--name=g --context=xenonnt_v99", 2, "xenonnt_v99")]
    public void Should_say_what_is_wrong(string words, int code, string why)
    {
        var run = Program(["--target=Relay", "--no-fetch", .. words.Split(' ')]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((code, run.Error)), run.Out);
        Assert.That(run.Error, Does.Contain(why));
    }

    [Test]
    public void Should_end_with_1_and_submit_nothing_if_the_site_has_no_folder()
    {
        var folder = Today("gone", text => text);

        var run = Relay($"--workflow={folder}", "--staging=" + Path.Combine(_rig.Folder, "nowhere"));

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Out);
        Assert.That(run.Error, Does.Contain("the staging site has no folder"));
        Assert.That(Jobs("gone-relay"), Is.Empty);
    }

    private static string[] Set(string assignment) => ["--set", assignment];

    private static bool IsMade(WorkflowJob job) =>
        job.Site != "local"
        && (
            job.Id.StartsWith("061030", StringComparison.Ordinal)
                ? job.Name == "lower_tpc" && !job.Id.EndsWith("-0001", StringComparison.Ordinal)
                : job.Name is "lower_tpc" or "combine_tpc" or "upper_neutron_veto"
        );

    /// <summary>The workflow as the Python program would have written it: arguments by position, and an untar job.</summary>
    private string Today(string name, Func<string, string> change)
    {
        var text = new StringBuilder("pegasus: 5.0.4\nname: outsource_workflow\njobs:\n");
        var number = 0;
        foreach (var job in new WorkflowYaml(new FileSystem(), Path.Combine(Work, "generated", "g", "workflow.yml")).Jobs())
        {
            string Value(string option) => job.Arguments[job.Arguments.IndexOf(option) + 1];
            if (job.Site == "local")
            {
                continue;
            }

            string[] head = [Value("--run"), Value("--context"), Value("--xedocs-version")];
            string[] middle = ["'false'", "'false'", "'true'", "'false'", "'true'", "'false'", "input", "output", "strax_data"];
            string[] arguments = job.Name.Split('_')[0] switch
            {
                "combine" => [.. head, .. middle[..3], .. middle[6..], Value("--output"), Value("--chunk-stops").Replace(',', ' ')],
                "lower" => [.. head, Value("--chunk-start"), Value("--chunk-stop"), .. middle, Value("--output"), .. Types()],
                _ => [.. head, "-1", "-1", .. middle, Value("--output"), .. Types()],
            };
            IEnumerable<string> Types() => Value("--data-types").Split(',');
            text.Append($"- type: job\n  name: {job.Name}\n  id: ID{++number:D7}\n  arguments: [{string.Join(", ", arguments)}]\n");
        }

        text.Append("- type: job\n  name: untar_tpc\n  id: ID9999999\n  arguments: [053000-x-output.tar.gz, /w]\n");
        var folder = Directory.CreateDirectory(Path.Combine(_rig.Folder, name, "generated")).FullName;
        File.WriteAllText(Path.Combine(folder, "workflow.yml"), change(text.ToString()));
        return Path.GetDirectoryName(folder)!;
    }

    private List<string> Jobs(string workflow) =>
    [
        .. _rig.Ask("squeue", "-h", "-t", "all", "-o", "%k")
            .Split('\n')
            .Select(j => j.Trim())
            .Where(j => j.StartsWith($"outsource:{workflow}:", StringComparison.Ordinal))
            .Select(j => j.Split(':')[2]),
    ];

    private string Logs() =>
        string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(Work, "runs"), "*.out.*", SearchOption.AllDirectories)
                .Select(f => $"\n{f}\n{File.ReadAllText(f)}")
        );

    private ProgramRun Relay(params string[] args) =>
        Program([
            "--target=Relay",
            "--include-in-flight",
            .. args,
            .. args.Any(a => a.StartsWith("--staging", StringComparison.Ordinal)) ? Array.Empty<string>() : ["--staging=" + _site],
        ]);

    private ProgramRun Program(params string[] args)
    {
        var plans = args[0] is "--target=Relay" or "--target=WriteWorkflow";
        return ProgramRun
            .Start(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args, .. plans ? Planning : ["--demo"]],
                _home,
                new Dictionary<string, string?>
                {
                    ["HOME"] = _home,
                    ["OUTSOURCE_DEMO"] = Work,
                    ["SLURM_CONF"] = _rig.Configuration,
                }
            )
            .End();
    }
}
