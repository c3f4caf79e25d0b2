using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Model.Failures;
using Outsource.Operator.Analyze;
using Outsource.Operator.Diagnosis;
using Outsource.Operator.Doctor;
using Outsource.Operator.Resubmit;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Options;
using Outsource.Tests.Engines.Records;
using Outsource.Workflows.State;

namespace Outsource.Tests.Operator.Doctor;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DoctorTests
{
    private static readonly TaskInfo[] Tasks = [.. Enum.GetNames<Target>().Select(t => new TaskInfo(t, ""))];

    private readonly SubmitFixture _fixture = new SubmitFixture()
        .Ended(SubmitFixture.Added)
        .Ended(SubmitFixture.First, 21)
        .Ended(SubmitFixture.First, 21, minute: 50)
        .Ended(SubmitFixture.Second, 3)
        .Ended(SubmitFixture.Second, 3, minute: 52)
        .Held(SubmitFixture.Other);

    [Test]
    public void Should_put_each_failed_or_held_job_into_one_group()
    {
        var status = _fixture.Read();

        var groups = Groups(status);

        var troubled = status.Nodes.Where(n => n.State is NodeState.Failed or NodeState.Held).Select(n => n.Node.Name);
        Assert.That(groups.SelectMany(g => g.Jobs).Select(j => j.Node.Node.Name), Is.EquivalentTo(troubled));
        Assert.That(groups.Select(g => g.Name[..7]), Is.EqualTo(new[] { "unknown", "hashes-", "memory-" }), "unknown, no retry, others");
    }

    [Test]
    public void Should_show_cause_remedy_and_command_of_a_group()
    {
        var status = _fixture.Read();
        var treatment = new Treatment(status, Parse("--target=Doctor"));

        var memory = Groups(status).Single(g => g.Name == "memory-exceeded");

        Assert.That(
            DoctorReport.Lines(new TreatedGroup(memory, treatment.Of(memory))),
            Is.EqualTo(
                new[]
                {
                    "memory-exceeded: 1 job held, used more memory than it requested",
                    "    | Error from slot1_1@vm: memory usage exceeded request_memory",
                    $"    jobs: {SubmitFixture.Other}",
                    "    runs: 43001",
                    "    Give it more memory, here or with the key of its level.",
                    "    ./build.sh --target=Remove --name=test --cause=memory-exceeded",
                }
            )
        );
    }

    [Test]
    public void Should_name_the_same_unknown_cause_alike_in_every_look()
    {
        var (first, second) = (Groups(_fixture.Read()), Groups(_fixture.Read()));

        Assert.That(first[0].Name, Is.EqualTo(second[0].Name).And.Match("^unknown-[0-9a-f]{6}$"));
    }

    /// <summary>Whatever a table says, what is printed is accepted by our own parser, by the target's options too.</summary>
    [TestCase("test", null)]
    [TestCase("it's a test", "/my own.ini")]
    public void Should_print_commands_that_the_program_takes(string name, string? config)
    {
        string[] words = ["--target=Doctor", "--set=tables_folder=/t", "--set=doctor_site_share=0.3", .. config is null ? Array.Empty<string>() : [$"--config={config}"]];
        foreach (var ended in new[] { true, false })
        {
            var status = _fixture.Read() with { Name = name, State = ended ? WorkflowState.Failed : WorkflowState.Running };
            var treatment = new Treatment(status, Parse(words));
            foreach (var mending in Enum.GetValues<Mending>())
            {
                foreach (var node in status.Nodes.Where(JobDiagnosis.IsTroubled))
                {
                    foreach (var known in new[] { null, new KnownCause("a-cause", "") { Mending = mending } })
                    {
                        var group = new CauseGroup("a-cause", [new DiagnosedJob(node, known, null, "Site_1")]);

                        var command = treatment.Of(group);

                        Assert.That(() => OptionTargets.Check(Parse([.. command.Arguments])), Throws.Nothing, command.Text);
                        Assert.That(command.Arguments, Does.Contain($"--target={command.Target}"));
                    }
                }
            }

            Assert.That(() => OptionTargets.Check(Parse([.. treatment.Without(["A", "B"]).Arguments])), Throws.Nothing);
        }
    }

    [TestCase(Mending.Again, "--target=Resubmit --name=test --cause=c")]
    [TestCase(Mending.Memory, "--target=Resubmit --name=test --cause=c --memory-factor=1.5")]
    [TestCase(Mending.Disk, "--target=Resubmit --name=test --cause=c --disk-factor=1.5")]
    [TestCase(Mending.Sites, "--target=Resubmit --name=test --cause=c --exclude-site=SU-ITS")]
    [TestCase(Mending.LeaveOut, "--target=Resubmit --name=test --leave-out=c")]
    [TestCase(Mending.Plan, "--target=DryRun --run=43000")]
    public void Should_propose_what_the_table_says_if_jobs_failed(Mending mending, string command)
    {
        var status = _fixture.Read();
        var node = status.Nodes.Single(n => n.Node.Name == SubmitFixture.First);
        var group = new CauseGroup("c", [new DiagnosedJob(node, new KnownCause("c", "") { Mending = mending }, null, "SU-ITS")]);

        Assert.That(new Treatment(status, Parse("--target=Doctor")).Of(group).Arguments, Is.EqualTo(command.Split(' ')));
    }

    [TestCase(Mending.Again, Target.Release)]
    [TestCase(Mending.Memory, Target.Remove)]
    [TestCase(Mending.Disk, Target.Remove)]
    [TestCase(Mending.Sites, Target.Release)]
    [TestCase(Mending.LeaveOut, Target.Remove)]
    [TestCase(Mending.Plan, Target.Remove)]
    public void Should_release_or_remove_if_jobs_are_held(Mending mending, Target target)
    {
        var status = _fixture.Read();
        var node = status.Nodes.Single(n => n.Node.Name == SubmitFixture.Other);
        var group = new CauseGroup("c", [new DiagnosedJob(node, new KnownCause("c", "") { Mending = mending }, null, null)]);

        var command = new Treatment(status, Parse("--target=Doctor")).Of(group);

        Assert.That(command.Arguments, Is.EqualTo(new[] { $"--target={target}", "--name=test", "--cause=c" }));
        Assert.That(command.AfterItsEnd, Is.False);
    }

    [Test]
    public void Should_try_only_the_jobs_of_the_cause_if_it_is_named()
    {
        var status = _fixture.Read();
        var options = ResubmitOptions.Read(Parse("--target=Resubmit", "--memory-factor=2", "--exclude-site=X"), []) with
        {
            Treated = [SubmitFixture.First],
        };

        var rescue = new Rescue(_fixture.Disk, _fixture.Submit, status, options);

        Assert.That(rescue.Tried.Select(n => n.Node.Name), Is.EqualTo(new[] { SubmitFixture.First, SubmitFixture.Combine }));
        Assert.That(rescue.LeftAlone.Select(n => n.Node.Name), Is.EqualTo(new[] { SubmitFixture.Second, SubmitFixture.Other }));
        Assert.That(
            rescue.Changes().Select(c => (c.Node, c.Key)),
            Is.EqualTo(new[] { (SubmitFixture.First, "request_memory"), (SubmitFixture.First, "requirements") })
        );
    }

    [Test]
    public void Should_skip_the_jobs_of_the_cause_if_it_is_left_out()
    {
        var status = _fixture.Read();
        var options = ResubmitOptions.Read(Parse("--target=Resubmit"), []) with { Spared = [SubmitFixture.First] };

        var rescue = new Rescue(_fixture.Disk, _fixture.Submit, status, options);

        Assert.That(rescue.LeftAlone.Select(n => n.Node.Name), Is.EqualTo(new[] { SubmitFixture.First }));
    }

    [Test]
    public void Should_count_attempts_by_site_from_what_the_wrapper_printed()
    {
        void Left(string node, int attempt, string site) =>
            _fixture.Disk.AddFile(
                $"{SubmitFixture.Folder}/00/00/{node}.err.{attempt:D3}",
                new MockFileData(
                    "2026-11-22 15:20:23: PegasusLite: version 5.1.2\n2026-11-22 15:20:23: Executing on host n1 OSG_SITE_NAME=x "
                        + $"GLIDEIN_Site={site} GLIDEIN_ResourceName=y\n"
                )
            );
        Left(SubmitFixture.First, 0, "SU-ITS");
        Left(SubmitFixture.First, 1, "Purdue Geddes");
        Left(SubmitFixture.Second, 0, "SU-ITS");
        Left("nobody", 0, "SU-ITS");

        var sites = new SiteAttempts(_fixture.Disk, _fixture.Submit).Count(_fixture.Read().Nodes, CancellationToken.None).Sites;

        Assert.That(sites, Is.EqualTo(new[] { new SiteCount("SU-ITS", 2, 2), new SiteCount("Purdue Geddes", 1, 1) }));
    }

    [TestCase("2026: Executing on host n1 IP=1.2.3.4 GLIDEIN_Site=SU-ITS", "SU-ITS")]
    [TestCase("2026: Executing on host n1 GLIDEIN_Site=Purdue Geddes GLIDEIN_ResourceName=Purdue", "Purdue Geddes")]
    [TestCase("2026: Executing on host n1 GLIDEIN_Site=a\"; rm", null)]
    [TestCase("2026: Executing on host n1", null)]
    [TestCase("GLIDEIN_Site=x", null)]
    public void Should_know_the_site_if_the_wrapper_printed_it(string line, string? site) =>
        Assert.That(JobRecord.SiteIn(line), Is.EqualTo(site));

    private ImmutableArray<CauseGroup> Groups(WorkflowStatus status) =>
        new JobDiagnosis(new FailureReader(_fixture.Disk, _fixture.Submit), CauseTable.Read(_fixture.Disk, null)).Of(
            JobDiagnosis.Troubled(status),
            CancellationToken.None
        );

    private static Invocation Parse(params string[] words) => CommandLineParser.Parse(words, Tasks);
}
