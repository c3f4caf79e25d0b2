using Outsource.Build.Hosting;
using Outsource.Settings.Options;

namespace Outsource.Tests.Build.Hosting;

public sealed class CommandOutcomeTests
{
    [TestCase(Target.DryRun, null, "stopped; nothing was planned or submitted.")]
    [TestCase(Target.DryRun, "QueryRuns", "stopped; nothing was planned or submitted.")]
    [TestCase(Target.DryRun, "PlanChunks", "stopped; nothing was submitted.")]
    [TestCase(Target.Submit, "PegasusPlan", "stopped; nothing was submitted.")]
    [TestCase(
        Target.Submit,
        "PegasusRun",
        "stopped while the workflow was started: --target=Status shows whether it runs. The same command, given again, continues."
    )]
    [TestCase(Target.Status, "Status", "stopped.")]
    [TestCase(null, null, "stopped.")]
    public void Should_say_what_was_certainly_not_done_if_the_operator_stops_it(Target? target, string? stage, string sentence)
    {
        var outcome = new CommandOutcome();
        outcome.Expect(target);
        if (stage is not null)
        {
            outcome.Begins(stage);
        }

        Assert.That(outcome.Stopped, Is.EqualTo(sentence));
    }

    [TestCase(35.2, "waiting for RunDB http://rundb.example (try 1 of 3), gives up in 36 s")]
    [TestCase(-1, "waiting for RunDB http://rundb.example (try 1 of 3), gives up in 0 s")]
    public void Should_say_when_it_gives_up_if_an_answer_takes_long(double left, string text) =>
        Assert.That(AwaitedAnswer.Of("RunDB http://rundb.example (try 1 of 3)", TimeSpan.FromSeconds(left)), Is.EqualTo(text));
}
