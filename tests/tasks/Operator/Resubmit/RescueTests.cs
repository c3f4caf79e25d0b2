using System.IO.Abstractions.TestingHelpers;
using CsCheck;
using Outsource.Engines;
using Outsource.Foundation.Errors;
using Outsource.Model.ClassAds;
using Outsource.Operator.Desk;
using Outsource.Operator.Resubmit;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Options;
using Outsource.Tests.Engines.Records;

namespace Outsource.Tests.Operator.Resubmit;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RescueTests
{
    private readonly SubmitFixture _failed = new SubmitFixture()
        .Ended(SubmitFixture.Added)
        .Ended(SubmitFixture.First, 20)
        .Ended(SubmitFixture.First, 20, minute: 50)
        .DagmanEnded(1)
        .Rescued([SubmitFixture.Added], [SubmitFixture.First]);

    [TestCase("2000", 1.5, "3000")]
    [TestCase(
        "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 2000, (DAGNodeRetry + 1)*2000)",
        2,
        "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 4000, (DAGNodeRetry + 1)*4000)"
    )]
    [TestCase("max({1, MemoryUsage})", 1.5, "int(1.5 * (max({1, MemoryUsage})))")]
    public void Should_multiply_memory_if_asked(string before, decimal factor, string after) =>
        Assert.That(SubmitFileEdit.Memory(before, factor), Is.EqualTo(after));

    [Test]
    public void Should_keep_shape_if_amount_grows() =>
        Gen.Long[1, 1_000_000]
            .Sample(amount => SubmitFileEdit.First(SubmitFileEdit.Memory(ClassAd.GrowingWithRetries(amount), 3)) == amount * 3);

    [TestCase("A || B", "(A || B) && (GLIDEIN_Site =!= \"UC\" && GLIDEIN_Site =!= \"X\")")]
    [TestCase(null, "(GLIDEIN_Site =!= \"UC\" && GLIDEIN_Site =!= \"X\")")]
    [TestCase("(GLIDEIN_Site =!= \"UC\")", "((GLIDEIN_Site =!= \"UC\")) && (GLIDEIN_Site =!= \"X\")")]
    public void Should_keep_away_if_site_excluded(string? before, string after) =>
        Assert.That(SubmitFileEdit.Requirements(before, ["UC", "X"]), Is.EqualTo(after));

    [Test]
    public void Should_come_before_queue_if_key_is_new() =>
        Assert.That(
            SubmitFileEdit.With("a = 1\n+requirements = 2\nqueue\n# end\n", "requirements", "X"),
            Is.EqualTo("a = 1\n+requirements = 2\nrequirements = X\nqueue\n# end\n")
        );

    [Test]
    public void Should_change_failed_job_alone_if_memory_grows()
    {
        var rescue = Rescue("--memory-factor=1.5");

        var changes = rescue.Changes();
        rescue.Apply(changes);

        Assert.That(changes.Select(c => (c.Node, c.Key)), Is.EqualTo(new[] { (SubmitFixture.First, "request_memory") }));
        Assert.That(
            SubmitFile(SubmitFixture.First),
            Does.Contain("request_memory = ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 3000, (DAGNodeRetry + 1)*3000)\n")
        );
        Assert.That(SubmitFile(SubmitFixture.Second), Does.Contain("== 0, 2000,"));
    }

    [TestCase(
        "--memory-factor=0.5",
        "peaklets: 1 job will request 1,000 MB of memory, but used up to 2,400 MB. --memory-factor=1.5 covers it."
    )]
    [TestCase("", "peaklets: 1 job will request 2,000 MB of memory, but used up to 2,400 MB. --memory-factor=1.5 covers it.")]
    [TestCase("--memory-factor=1.1", "peaklets: 1 job will request 2,200 MB of memory, but used up to 2,400 MB. --memory-factor=1.5 covers it.")]
    [TestCase("--memory-factor=1.2", null)]
    public void Should_warn_if_the_new_request_is_below_the_use_that_was_seen(string option, string? warning)
    {
        var rescue = Rescue(option.Length == 0 ? [] : [option]);

        Assert.That(
            TooLittleMemory.Warnings(_failed.Disk, _failed.Submit, rescue.Tried, rescue.Changes()),
            Is.EqualTo(warning is null ? [] : new[] { warning })
        );
    }

    [TestCase(2400, 2000, "--memory-factor=1.5")]
    [TestCase(2000, 2000, "--memory-factor=1.5")]
    [TestCase(3001, 2000, "--memory-factor=2")]
    [TestCase(4001, 2000, "--memory-factor=2.5")]
    [TestCase(40_000, 2000, "--memory-factor=20")]
    [TestCase(40_001, 2000, null)]
    public void Should_cover_what_was_seen_in_halves(long seen, long requested, string? option) =>
        Assert.That(new MemoryUse(seen, requested).Option, Is.EqualTo(option));

    [Test]
    public void Should_say_that_nothing_changes_if_so_it_is()
    {
        var rescue = Rescue("--memory-factor=1", "--exclude-site=UC");
        rescue.Apply(rescue.Changes());

        Assert.That(
            ResubmitReport
                .Lines("test", Rescue("--memory-factor=1", "--exclude-site=UC"), Rescue("--memory-factor=1", "--exclude-site=UC").Changes())
                .Skip(1),
            Is.EqualTo(
                new[]
                {
                    "--memory-factor=1 has no effect: it changes the request of no failed or removed job (with --only, of no job of those runs).",
                    "--exclude-site=UC has no effect: these sites are already excluded.",
                }
            )
        );
    }

    [Test]
    public void Should_keep_all_open_jobs_away_if_site_excluded()
    {
        var rescue = Rescue("--exclude-site=UC");

        rescue.Apply(rescue.Changes());

        foreach (var node in new[] { SubmitFixture.First, SubmitFixture.Second, SubmitFixture.Combine, SubmitFixture.Other })
        {
            Assert.That(SubmitFile(node), Does.Contain("requirements = (HAS_SINGULARITY) && (GLIDEIN_Site =!= \"UC\")\n"));
        }

        Assert.That(SubmitFile(SubmitFixture.Added), Does.Contain("requirements = HAS_SINGULARITY\n"), "the planner's own jobs run here");
    }

    [Test]
    public void Should_leave_other_runs_alone_and_take_them_up_again_if_only()
    {
        var before = _failed.Disk.File.ReadAllText(_failed.Submit.Dag);
        var rescue = Rescue("--only=43000");
        rescue.Apply(rescue.Changes());
        Assert.That(
            _failed.Disk.File.ReadAllText(_failed.Submit.Dag),
            Is.EqualTo(
                before
                    + $"# outsource: left alone by Resubmit --only\nSCRIPT PRE {SubmitFixture.Other} /bin/false\nRETRY "
                    + $"{SubmitFixture.Other} 0\n# outsource: end of left alone\n"
            )
        );
        Assert.That(_failed.Node(SubmitFixture.Other).Node.LeftAlone, Is.True);

        rescue = Rescue();
        rescue.Apply(rescue.Changes());

        Assert.That(_failed.Disk.File.ReadAllText(_failed.Submit.Dag), Is.EqualTo(before));
    }

    [Test]
    public void Should_say_what_changes_if_asked()
    {
        var rescue = Rescue("--memory-factor=2", "--only=43000");

        Assert.That(
            ResubmitReport.Lines("test", rescue, rescue.Changes()).Take(4),
            Is.EqualTo(
                new[]
                {
                    "Resubmit: workflow test continues: 4 nodes are not done, 1 failed; 3 of our jobs are tried.",
                    "Skipped for now: 1 job of run 43001; it ends as failed without being tried, and the next Resubmit can include it.",
                    $"Changes request_memory of 3 jobs ({SubmitFixture.First}, {SubmitFixture.Second}, {SubmitFixture.Combine}):",
                    "  from  ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 2000, (DAGNodeRetry + 1)*2000)",
                }
            )
        );
    }

    [Test]
    public void Should_report_all_faults_if_options_wrong()
    {
        var error = Assert.Throws<UsageException>(() => Rescue("--memory-factor=0", "--exclude-site=a\"", "--only=9,x"))!;

        Assert.That(error.Faults, Has.Count.EqualTo(4));
        Assert.That(
            error.Message,
            Does.Contain("--memory-factor=0 is not a valid factor: it must be a number above 0 and up to 20, such as")
                .And.Contain("run 9 of --only is not in this workflow; its runs are 43000, 43001.")
        );
    }

    [Test]
    public void Should_refuse_if_dagman_runs() =>
        Assert.That(
            () => Check(_failed, new QueueJob(9, 0, QueueJob.Running)),
            Throws
                .TypeOf<UsageException>()
                .With.Message.StartsWith("workflow 'test' is running (DAGMan 9, 20 % done): refused.")
        );

    [Test]
    public void Should_refuse_if_jobs_left_in_queue() =>
        Assert.That(
            () => Check(_failed, new QueueJob(9, 0, QueueJob.Held) { Node = SubmitFixture.First }),
            Throws.TypeOf<UsageException>().With.Message.Contains("--target=Remove")
        );

    [Test]
    public void Should_have_nothing_to_do_if_finished() =>
        Assert.That(
            () => Check(new SubmitFixture().Ended(SubmitFixture.Added).Rescued([SubmitFixture.Added], []).DagmanEnded(0)),
            Throws.TypeOf<NothingToDoException>()
        );

    [Test]
    public void Should_refuse_if_never_started()
    {
        var planned = new SubmitFixture();
        planned.Disk.File.Delete(planned.Submit.DagmanOut);

        Assert.That(() => Check(planned), Throws.TypeOf<UsageException>().With.Message.Contains("never started"));
    }

    [Test]
    public void Should_pass_and_clear_if_monitor_was_killed()
    {
        _failed.Disk.AddFile(_failed.Submit.MonitorPid, new("pid 99999999\n"));

        Check(_failed);
        Leftovers.Clear(_failed.Disk, _failed.Submit);

        Assert.That(_failed.Disk.FileExists(_failed.Submit.MonitorPid), Is.False);
    }

    [Test]
    public void Should_refuse_if_monitor_runs()
    {
        _failed.Disk.AddFile(_failed.Submit.MonitorPid, new("pid 4711\n"));
        _failed.Disk.AddFile("/proc/4711/cmdline", new("python3\0/usr/bin/pegasus-monitord\0"));

        Assert.That(() => Check(_failed), Throws.TypeOf<UsageException>().With.Message.Contains("monitor"));
    }

    [Test]
    public void Should_refuse_if_another_machine_started_it_and_its_end_is_not_logged()
    {
        const string Begun = "000 (009.000.000) 2026-11-22 16:41:00 Job submitted from host: <127.0.0.1:9618>\n...\n",
            Ended = "005 (009.000.000) 2026-11-22 17:00:00 Job terminated.\n\t(1) Normal termination (return value 1)\n...\n";
        _failed.Disk.AddFile(_failed.Submit.DagmanLog, new(Begun));
        Assert.That(() => Check(_failed), Throws.Nothing);
        Assert.That(
            () => Check(_failed, "ap99"),
            Throws
                .TypeOf<UsageException>()
                .With.Message.EndsWith(
                    "was started on ap99, whose queue this machine cannot query, and HTCondor's log does not say that it has ended: "
                        + "refused. Resubmit it there."
                )
        );

        _failed.Disk.AddFile(_failed.Submit.DagmanLog, new(Begun + Ended));
        Assert.That(() => Check(_failed, "ap99"), Throws.Nothing);
    }

    private static void Check(SubmitFixture fixture, params QueueJob[] queue) => Check(fixture, null, queue);

    private static void Check(SubmitFixture fixture, string? elsewhere, params QueueJob[] queue) =>
        Precondition.Check(fixture.Disk, fixture.Submit, fixture.Read(new(queue)), new QueuedWorkflow("test", queue), elsewhere);

    [TestCase("", "'DAG' lists no jobs; the file is incomplete; DAGMan ended with 1; --target=Analyze shows why, --target=Resubmit continues it")]
    [TestCase("JOB a a.sub\n", "'DAG' lacks 2 nodes that ran")]
    public void Should_refuse_if_dag_is_not_whole(string dag, string why)
    {
        _failed.Disk.AddFile(_failed.Submit.Dag, new MockFileData(dag));

        Assert.That(
            () => Check(_failed),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.EqualTo(
                    $"workflow 'test' is not resubmitted: {why.Replace("DAG'", _failed.Submit.Dag + "'", StringComparison.Ordinal)}. "
                        + "Restore its files, or plan the workflow again with --target=Submit --reuse --name=test --replace."
                )
        );
    }

    [Test]
    public void Should_continue_if_dagman_was_taken_away_before_it_said_anything()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete(fixture.Submit.DagmanOut);
        fixture.Disk.AddFile(
            fixture.Submit.DagmanLog,
            new MockFileData(
                "000 (009.000.000) 2026-11-22 16:40:00 Job submitted from host: <127.0.0.1:9618>\n...\n009 (009.000.000) 2026-11-22 "
                    + "16:41:30 Job was aborted.\n\tby me\n...\n"
            )
        );

        Assert.That(() => Check(fixture), Throws.Nothing, "Submit refuses it, as it was started");
    }

    private Rescue Rescue(params string[] options)
    {
        var status = _failed.Read(new([]));
        var invocation = CommandLineParser.Parse(["--target=Resubmit", .. options], [new TaskInfo("Resubmit", "")]);
        return new Rescue(_failed.Disk, _failed.Submit, status, ResubmitOptions.Read(invocation, status.Runs.Select(r => r.Run)));
    }

    private string SubmitFile(string node) => _failed.Disk.File.ReadAllText($"{SubmitFixture.Folder}/00/00/{node}.sub");
}
