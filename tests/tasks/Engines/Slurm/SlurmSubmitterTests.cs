using System.IO.Abstractions;
using Outsource.Engines.Slurm;
using Outsource.Foundation.Errors;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>Submission against recorded answers: waits, refusals, lost answers, dependencies.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SlurmSubmitterTests
{
    private const string Busy = "sbatch: error: Batch job submission failed: Resource temporarily unavailable",
        TimedOut = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation";

    private static readonly FileSystem Disk = new();
    private readonly FakeMachine _machine = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private string _folder = null!;
    private SlurmWorld _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _folder = Directory.CreateTempSubdirectory("outsource-slurm-submit-").FullName;
        _world = new SlurmWorld(_folder).Write();
        _ = _world.Plan();
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    /// <summary>T27: with commas, only the first one would have to succeed.</summary>
    [Test]
    public void Should_join_dependencies_by_colons_t27()
    {
        var programs = Numbering();

        Assert.That(Submit(programs), Is.EqualTo(new SubmitResult(4, 0, 0, 0)));
        var calls = programs.Calls.Where(c => c.StartsWith("sbatch", StringComparison.Ordinal)).ToList();
        Assert.That(calls[2], Does.StartWith("sbatch --parsable --dependency=afterok:1:2 --mem=2000M --time=0-02:00:00 --output="));
        Assert.That(calls[2], Does.EndWith("combine_tpc_061001-lower_tpc-combine.sh 0"));
        Assert.That(calls[3], Does.Contain("--dependency=afterok:3 "));
    }

    [Test]
    public void Should_write_a_line_before_and_after_each_job()
    {
        _ = Submit(Numbering());

        Assert.That(
            Entries().Select(e => (e.Step, e.Id)).Take(4),
            Is.EqualTo(new[] { (SlurmStep.Begun, (int?)null), (SlurmStep.Submitted, 1), (SlurmStep.Begun, null), (SlurmStep.Submitted, 2) })
        );
    }

    [Test]
    public void Should_end_with_the_words_of_sbatch_if_it_refuses_t22()
    {
        var programs = new AnsweringPrograms().On("sbatch", "sbatch: error: Batch job submission failed: Invalid qos specification", 1);
        var error = Assert.Throws<OutsourceException>(() => Submit(programs));

        Assert.That(error!.Message, Does.Contain("sbatch refused lower_tpc_061001-lower_tpc-0000: ").And.Contain("Invalid qos specification"));
        Assert.That((programs.Calls.Count, _machine.Waited), Is.EqualTo((1, TimeSpan.Zero)));
    }

    [Test]
    public void Should_wait_longer_each_time_if_slurm_is_busy()
    {
        var calls = 0;
        var programs = new AnsweringPrograms().On("sbatch", _ => ++calls <= 3 ? AnsweringPrograms.Said(Busy, 1) : AnsweringPrograms.Said($"{calls}"));

        Assert.That(Submit(programs).Submitted, Is.EqualTo(4));
        Assert.That(_machine.Waited, Is.EqualTo(TimeSpan.FromSeconds(10 + 20 + 40)));
    }

    [Test]
    public void Should_give_up_after_an_hour_and_keep_the_journal()
    {
        var calls = 0;
        var programs = new AnsweringPrograms().On("sbatch", _ => ++calls <= 1 ? AnsweringPrograms.Said("1") : AnsweringPrograms.Said(Busy, 1));
        var error = Assert.Throws<OutsourceException>(() => Submit(programs));

        Assert.That((error!.ExitCode, error.Message), Is.EqualTo((1, error.Message)));
        Assert.That(error.Message, Does.Contain("Slurm has not taken lower_tpc_061001-lower_tpc-0001 for 60 min"));
        Assert.That(_machine.Waited, Is.InRange(TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(60)));
        Assert.That(Submit(Numbering(10)), Is.EqualTo(new SubmitResult(3, 0, 1, 0)));
    }

    [Test]
    public void Should_take_the_job_from_the_queue_if_its_answer_was_lost()
    {
        var programs = Numbering()
            .On("sbatch", words => words.Contains("0001.sh", StringComparison.Ordinal) ? AnsweringPrograms.Said(TimedOut, 1) : null)
            .On("squeue", $"77|x|outsource:w1:lower_tpc_061001-lower_tpc-0001|PENDING|Priority", 0, "-o");

        Assert.That(Submit(programs).Submitted, Is.EqualTo(4));
        Assert.That(programs.Calls, Has.Some.Contains("--dependency=afterok:1:77 "));
        Assert.That(programs.Calls.Count(c => c.Contains("0001.sh", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void Should_try_again_if_a_lost_job_is_not_in_the_queue()
    {
        var calls = 0;
        var programs = new AnsweringPrograms()
            .On("sbatch", _ => ++calls == 1 ? AnsweringPrograms.Said(TimedOut, 1) : AnsweringPrograms.Said($"{calls}"))
            .On("squeue", "", 0, "-o");

        Assert.That((Submit(programs).Submitted, calls), Is.EqualTo((4, 5)));
    }

    [Test]
    public void Should_submit_nothing_if_it_is_not_known_what_was_submitted()
    {
        using (var journal = new SlurmJournal(Disk, _world.Folder.Journal))
        {
            journal.Append(new SlurmEntry(_machine.UtcNow, SlurmStep.Begun, "lower_tpc_061001-lower_tpc-0000", 0));
        }

        var programs = Numbering().On("squeue", "slurm_load_jobs error: Unable to contact slurm controller", 1);

        Assert.That(() => Submit(programs), Throws.TypeOf<OutsourceException>().With.Message.Contain("Nothing was submitted"));
        Assert.That(programs.Calls, Has.None.StartWith("sbatch"));
    }

    [Test]
    public void Should_wait_while_as_many_jobs_are_queued_as_are_allowed()
    {
        var asked = 0;
        var programs = Numbering()
            .On("squeue", words => words.Contains("-u tester", StringComparison.Ordinal) ? AnsweringPrograms.Said(++asked == 1 ? "1\n2\n3" : "1") : null);

        Assert.That(Submit(programs, o => o with { User = "tester", Choice = o.Choice with { MaxJobs = 3 } }).Submitted, Is.EqualTo(4));
        Assert.That((asked, _machine.Waited), Is.EqualTo((3, TimeSpan.FromSeconds(10))));
        Assert.That(programs.Calls, Has.Some.EqualTo("squeue -h -r -u tester -p lgrandi -o %i"));
    }

    /// <summary>Slurm takes a dependency on a job that it has forgotten for fulfilled.</summary>
    [Test]
    public void Should_not_submit_what_depends_on_a_job_that_has_failed()
    {
        var id = 0;
        var programs = new AnsweringPrograms().On(
            "sbatch",
            words =>
            {
                id++;
                // It has ended before the next one is submitted.
                File.WriteAllText(
                    _world.Folder.EndMark($"lower_tpc_061001-lower_tpc-{id - 1:D4}"),
                    $"{{\"id\":{id},\"node\":\"n\",\"at\":0,\"exit\":{(id == 1 ? 40 : 0)}}}"
                );
                return AnsweringPrograms.Said($"{id}");
            }
        );

        Assert.That(Submit(programs), Is.EqualTo(new SubmitResult(2, 0, 0, 2)));
    }

    [Test]
    public void Should_go_on_if_the_last_line_of_the_journal_is_torn()
    {
        _ = Submit(Numbering());
        File.AppendAllText(_world.Folder.Journal, "{\"at\":\"2026");

        Assert.That(Submit(Numbering()), Is.EqualTo(new SubmitResult(0, 0, 4, 0)));
    }

    private List<SlurmEntry> Entries()
    {
        using var journal = new SlurmJournal(Disk, _world.Folder.Journal);
        return [.. journal.Read()];
    }

    /// <summary>An sbatch that takes every job.</summary>
    private static AnsweringPrograms Numbering(int before = 0)
    {
        var id = before;
        return new AnsweringPrograms().On("sbatch", _ => AnsweringPrograms.Said($"{++id}"));
    }

    private SubmitResult Submit(AnsweringPrograms programs, Func<SubmitOrder, SubmitOrder>? change = null)
    {
        var order = _world.Order(SlurmWorld.Choice with { Pause = TimeSpan.FromSeconds(10) }) with { AtOnce = 1 };
        return new SlurmSubmitter(Disk, programs, _machine).Submit(change?.Invoke(order) ?? order, CancellationToken.None);
    }
}
