using System.Text.Json;
using System.Text.Json.Nodes;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Text;
using Outsource.Tests.WriteWorkflow;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// Faults of the Python program of today that only the whole host shows, on the inputs of tests/reference-today. docs/python-faults.md
/// lists all of them, with their tests.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FaultsOfTodayTests
{
    private readonly TodayHost _host = new();

    private static TodayCase Case => TodayCase.All["tpc"];

    [TearDown]
    public void RemoveFolder() => _host.Dispose();

    [Test]
    [Description("T5")]
    public void Should_say_how_to_name_an_image_if_none_is_named()
    {
        var run = _host.Run("LoadConfig", Case, Typed("--image"));

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain("no image is set, which plans by level need. Pass --image=TAG").And.Not.Contain("xception"));
    }

    [Test]
    [Description("T5")]
    public void Should_plan_the_neutron_veto_if_the_context_has_no_first_seconds()
    {
        var file = Described(d => d.Remove("keep_n_seconds_for_monitoring"));

        var run = _host.Run("PlanChunks", Case, [.. One(53002, "neutron_veto"), $"--context-file={file}"]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Contain("has no keep_n_seconds_for_monitoring").And.Contain("the disk of jobs of neutron_veto"));
        Assert.That(File.ReadAllText(_host.Generated("plan.jsonl")), Does.Contain("upper_neutron_veto"));
    }

    [Test]
    [Description("T9")]
    public void Should_have_files_checked_on_their_way()
    {
        _ = _host.Jobs(Case);

        var properties = File.ReadAllLines(_host.Generated("pegasus.properties"));
        Assert.That(properties, Has.Exactly(1).EqualTo("pegasus.integrity.checking=full"));
        Assert.That(properties, Has.None.StartsWith("pegasus.mode"), "the mode for development switches the check off");
    }

    [Test]
    [Description("T11")]
    public void Should_take_memory_and_disk_of_each_level_from_the_configuration()
    {
        var jobs = _host.Jobs(
            Case,
            ("lower_memory", "2000"),
            ("combine_memory", "3000"),
            ("upper_memory", "6000"),
            ("lower_disk", "4000"),
            ("combine_disk", "5000"),
            ("upper_disk", "7 GB")
        );

        string[] Asked(string job, string key) =>
            [.. jobs.Values.Where(j => j.Name == job).Select(j => j.Condor[key].Split(", ")[1]).Distinct()];
        Assert.Multiple(() =>
        {
            Assert.That(Asked("lower_tpc", "request_memory"), Is.EqualTo(new[] { "2400" }));
            Assert.That(Asked("combine_tpc", "request_memory"), Is.EqualTo(new[] { "3600" }));
            Assert.That(Asked("upper_tpc", "request_memory"), Is.EqualTo(new[] { "7200" }));
            Assert.That(Asked("lower_tpc", "request_disk"), Is.EqualTo(new[] { "4800000" }));
            Assert.That(Asked("combine_tpc", "request_disk"), Is.EqualTo(new[] { "6000000" }));
            Assert.That(Asked("upper_tpc", "request_disk"), Is.EqualTo(new[] { "8400000" }));
        });
    }

    [Test]
    [Description("T20")]
    public void Should_limit_the_threads_of_each_job_to_its_cores()
    {
        string[] variables =
        [
            "BLIS_NUM_THREADS", "GOTO_NUM_THREADS", "MKL_NUM_THREADS", "NPROC", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS",
            "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS",
        ];

        var jobs = _host.Jobs(Case, ("lower_cpus", "4"));

        Assert.That(jobs.Values.Where(j => j.Name == "lower_tpc").Select(j => j.Condor["request_cpus"]), Is.All.EqualTo("4"));
        Assert.Multiple(() =>
        {
            foreach (var (key, job) in jobs)
            {
                var cores = job.Condor["request_cpus"];
                Assert.That(variables.Select(v => job.Environment.GetValueOrDefault(v)), Is.All.EqualTo(cores), key);
                Assert.That(job.Environment["XLA_FLAGS"], Does.EndWith($"intra_op_parallelism_threads={cores}"), key);
            }
        });
    }

    [Test]
    public void Should_write_no_workflow_if_there_is_nothing_to_do()
    {
        var run = _host.Run("WriteWorkflow", Case, One(53005, "tpc").Where(a => a != "--ignore_processed"));

        Assert.That(run.ExitCode, Is.EqualTo(3), run.Error);
        Assert.That(run.Error, Does.Contain("nothing to do"));
        Assert.That(new[] { "workflow.yml", "payload", ".xenon_config" }.Where(f => Path.Exists(_host.Generated(f))), Is.Empty);
    }

    [Test]
    public void Should_write_the_workflow_of_one_detector_if_the_context_lacks_a_hash_of_another()
    {
        var file = Described(d =>
            d["plugins"]!.AsArray().Single(p => p!["types"]!["events_nv"] is not null)!["types"]!["events_nv"]!["hash"] = null
        );

        var run = _host.Run("WriteWorkflow", Case, [.. One(53002, "tpc"), $"--context-file={file}"]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var summary = File.ReadAllText(_host.Generated("summary.json"));
        Assert.That(summary, Does.Contain("\"peaklets-hcbk2nr2fc\"").And.Not.Contain("events_nv-"));
    }

    [Test]
    public void Should_plan_one_job_if_as_many_chunks_are_allowed_as_can_be_written()
    {
        var jobs = _host.Jobs(Case, ("chunks_per_job", "2147483647"));

        var names = jobs.Values.Select(j => j.Name).CountBy(n => n).ToDictionary();
        Assert.That(names["lower_tpc"], Is.EqualTo(names["combine_tpc"]).And.Positive);
    }

    /// <summary>A changed description of the context, with its digest.</summary>
    private string Described(Action<JsonObject> change)
    {
        var description = JsonNode.Parse(File.ReadAllText(TodayCase.Input("context-description.json")))!.AsObject();
        change(description);
        using var changed = JsonDocument.Parse(description.ToJsonString());
        description["sha256"] = CanonicalJson.Digest(changed.RootElement, "made", "made_by", "sha256");
        return _host.Write("description.json", description.ToJsonString());
    }

    private static IEnumerable<string> One(int run, string detector) =>
        [.. Typed("--run", "--runlist", "--from", "--to", "--detector"), "--run", $"{run}", "--detector", detector];

    /// <summary>What is typed in the case, without some options and their values.</summary>
    private static List<string> Typed(params string[] without)
    {
        var typed = TodayHost.Arguments(Case).ToList();
        foreach (var at in without.Select(option => typed.IndexOf(option)).Where(at => at >= 0).OrderDescending().ToList())
        {
            typed.RemoveRange(at, 2);
        }

        return typed;
    }
}
