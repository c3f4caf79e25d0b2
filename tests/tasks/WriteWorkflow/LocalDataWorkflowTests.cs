using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Services.LocalData;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>The whole host with <c>no_remote</c>: data that local folders have is planned, and jobs are told so.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalDataWorkflowTests
{
    private const string Raw = "raw_records-rfzvpzj4mf";

    private readonly TodayHost _host = new();
    private readonly string _centre = Directory.CreateTempSubdirectory("outsource-centre-").FullName;

    [TearDown]
    public void RemoveFolders()
    {
        _host.Dispose();
        Directory.Delete(_centre, recursive: true);
    }

    [Test]
    public void Should_plan_what_local_folders_have()
    {
        Add(53009, 4_000, 0, 6_000);
        var today = TodayCase.All["tpc"];

        var run = _host.Run("WriteWorkflow", today, [.. TodayHost.Arguments(today), "--engine=slurm"], Keys);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain($"Data is read from local folders only (no_remote): {_centre}."));
        var jobs = CanonicalWorkflow.OfYaml(_host.Generated("workflow.yml")).Jobs.Values;
        Assert.That(jobs.Select(j => j.Arguments[1]).Distinct(), Is.EqualTo(new[] { "53009" }));
        var workflow = File.ReadAllText(_host.Generated("workflow.yml"));
        Assert.That(Count(workflow, $", \"--no-remote\", \"--local-data\", \"{_centre}\""), Is.EqualTo(Count(workflow, "\"--level\"")));
        Assert.That(workflow, Does.Not.Contain("heavy").And.Not.Contain("GLIDEIN_Country"));
        Assert.That(
            File.ReadAllText(_host.Generated("ledger.jsonl")),
            Does.Contain("raw-not-local").And.Contain($"raw_records is in no local folder ({_centre})")
        );
        Assert.That(File.ReadAllText(_host.Generated("plan.jsonl")), Does.Contain("\"chunks\":3"), "also the one without a file");
    }

    [Test]
    public void Should_explain_why_a_run_is_left_out()
    {
        Add(53009, 4_000);
        var today = TodayCase.All["tpc"];

        var run = _host.Run("Explain", today, ["--run=53010", "--fresh"], [.. Keys, ("engine", "local")]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("raw-not-local").And.Contain("or remove no_remote"));
    }

    [Test]
    public void Should_refuse_jobs_of_the_grid()
    {
        var run = _host.Run("DryRun", TodayCase.All["tpc"], Keys);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("no_remote is on, but jobs of engine pegasus run on the grid"));
    }

    private (string, string)[] Keys =>
        [
            ("no_remote", "True"),
            ("local_data", _centre),
            ("context", "xenonnt_offline"),
            ("xedocs_version", "global_v16"),
            ("image", "2025.07.1"),
        ];

    private void Add(int run, params int[] chunks)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_centre, $"{run:D6}-{Raw}")).FullName;
        File.WriteAllText(Path.Combine(folder, $"{Raw}-metadata.json"), StraxData.Metadata(Raw, chunks));
        for (var i = 0; i < chunks.Length; i++)
        {
            if (chunks[i] > 0)
            {
                File.WriteAllBytes(Path.Combine(folder, $"{Raw}-{i:D6}"), new byte[chunks[i]]);
            }
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
