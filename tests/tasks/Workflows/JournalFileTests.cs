using Outsource.Tests.Fixtures;
using Outsource.Workflows;

namespace Outsource.Tests.Workflows;

public sealed class JournalFileTests
{
    private static readonly DateTimeOffset Now = new(2024, 2, 17, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Should_read_back_every_step([Values] Step step)
    {
        var journal = new JournalFile(Given.Disk(("/w/x", "")), "/w");
        journal.Append(new JournalEntry(Now, step, StepState.Done));

        Assert.That(journal.Read(), Is.EqualTo(new[] { new JournalEntry(Now, step, StepState.Done) }));
    }

    [TestCase("""{"at":"2024-02-17T00:00:00+00:00","state":"done"}""", TestName = "Should_skip_a_line_if_it_has_no_step")]
    [TestCase("""{"at":"2024-02-17T00:00:00+00:00","step":"dance","state":"done"}""", TestName = "Should_skip_a_line_if_its_step_is_unknown")]
    [TestCase("""{"at":"2024-02-17T00:00:00+00:00","step":"pl""", TestName = "Should_skip_a_line_if_it_was_cut_off")]
    public void Should_skip_a_line(string line)
    {
        var journal = new JournalFile(Given.Disk(("/w/journal.jsonl", line + "\n")), "/w");
        journal.Append(new JournalEntry(Now, Step.Hold, StepState.Done));

        Assert.That(journal.Read().Select(e => e.Step), Is.EqualTo(new[] { Step.Hold }));
    }

    [Test]
    public void Should_write_steps_in_lower_case()
    {
        var disk = Given.Disk(("/w/x", ""));
        new JournalFile(disk, "/w").Append(new JournalEntry(Now, Step.Resubmit, StepState.Begun));

        Assert.That(
            disk.File.ReadAllText("/w/journal.jsonl"),
            Is.EqualTo("{\"at\":\"2024-02-17T00:00:00+00:00\",\"step\":\"resubmit\",\"state\":\"begun\"}\n")
        );
    }
}
