using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>The plan for Slurm has the jobs of workflow.yml, and leaves what every command reads of a workflow.</summary>
internal sealed class SlurmPlannerTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("outsource-slurm-plan-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Should_plan_every_job_after_those_it_depends_on()
    {
        var world = new SlurmWorld(_folder) { Runs = 2 }.Write();
        var planned = world.Plan(SlurmWorld.Choice with { MemoryOverhead = 6000, MaxHours = 2.5 });
        var jobs = world.Jobs();

        Assert.That((planned.Jobs, planned.Local, planned.LongestHours), Is.EqualTo((8, 0, 2.5)));
        Assert.That(planned.Firsts.Select(f => f.Level), Is.EqualTo(new[] { "combine", "lower", "upper" }));
        var combine = jobs.Single(j => j.Name == "combine_tpc_061002-lower_tpc-combine");
        Assert.That(combine.Dependencies, Is.EqualTo(new[] { "lower_tpc_061002-lower_tpc-0000", "lower_tpc_061002-lower_tpc-0001" }));
        Assert.That((combine.Level, combine.Run, combine.Group), Is.EqualTo(("combine", 61002, (int?)null)));
        // 2000 MB and 2 h, by half of it more with each retry, with the container, and never more than rcc_max_hours.
        Assert.That(combine.Attempts.Select(a => (a.MemoryMb, a.Hours)), Is.EqualTo(new[] { (8000L, 2.0), (9000L, 2.5), (10000L, 2.5) }));
        Assert.That(jobs.Select((j, i) => j.Dependencies.All(d => jobs.FindIndex(p => p.Name == d) < i)), Is.All.True);
    }

    [Test]
    public void Should_leave_what_commands_read_of_a_workflow()
    {
        var world = new SlurmWorld(_folder).Write();
        _ = world.Plan();
        var directory = new SubmitDirectory(new FileSystem(), world.Submit);
        var dag = DagFile.Read(new FileSystem(), directory.Dag);

        Assert.That((directory.IsPlanned, directory.IsStarted, directory.RootId is null), Is.EqualTo((true, false, false)));
        Assert.That(dag.Nodes.Keys, Is.EqualTo(world.Jobs().Select(j => j.Name)));
        Assert.That(dag.Nodes["upper_tpc_061001-upper_tpc"].Parents.Select(p => p.Name), Is.EqualTo(new[] { "combine_tpc_061001-lower_tpc-combine" }));
        Assert.That(File.Exists(directory.In(dag.Nodes["upper_tpc_061001-upper_tpc"].SubmitFile)), Is.True);
        Assert.That(File.GetUnixFileMode(world.Folder.Script("upper_tpc_061001-upper_tpc")), Is.EqualTo((UnixFileMode)0b111_000_000));
    }

    [Test]
    public void Should_leave_out_jobs_of_the_submit_host_t15()
    {
        var world = new SlurmWorld(_folder) { Untars = true }.Write();

        Assert.That((world.Plan().Jobs, world.Plan().Local), Is.EqualTo((4, 1)));
    }

    [Test]
    public void Should_give_the_same_plan_if_it_is_planned_again()
    {
        var world = new SlurmWorld(_folder).Write();
        _ = world.Plan();
        var first = File.ReadAllText(world.Folder.Plan);
        _ = world.Plan();

        Assert.That(File.ReadAllText(world.Folder.Plan), Is.EqualTo(first));
    }

    [Test]
    public void Should_plan_parents_first_if_the_file_names_them_last()
    {
        var world = new SlurmWorld(_folder).Write();
        var file = Path.Combine(world.Source, "workflow.yml");
        var text = File.ReadAllText(file);
        var (start, end) = (text.IndexOf("  - type: job", StringComparison.Ordinal), text.IndexOf("jobDependencies:", StringComparison.Ordinal));
        var jobs = text[start..end].Split("  - type: job\n", StringSplitOptions.RemoveEmptyEntries).Reverse().Select(j => "  - type: job\n" + j);
        File.WriteAllText(file, text[..start] + string.Concat(jobs) + text[end..]);
        _ = world.Plan();

        Assert.That(world.Jobs().Select(j => j.Level), Is.EqualTo(new[] { "lower", "lower", "combine", "upper" }));
    }

    [Test]
    public void Should_refuse_a_workflow_that_waits_for_itself()
    {
        var world = new SlurmWorld(_folder).Write();
        File.AppendAllText(Path.Combine(world.Source, "workflow.yml"), "  - {id: \"061001-upper_tpc\", children: [\"061001-lower_tpc-0000\"]}\n");

        Assert.That(() => world.Plan(), Throws.TypeOf<OutsourceException>().With.Message.Contain("waits for"));
        Assert.That(new SubmitDirectory(new FileSystem(), world.Submit).IsPlanned, Is.False);
    }

    [Test]
    public void Should_refuse_a_plan_of_which_a_line_is_lost()
    {
        var world = new SlurmWorld(_folder).Write();
        _ = world.Plan();
        File.WriteAllLines(world.Folder.Plan, File.ReadAllLines(world.Folder.Plan).SkipLast(1));

        Assert.That(() => world.Jobs(), Throws.TypeOf<OutsourceException>().With.Message.Contain("its seal does not match"));
    }
}
