using Outsource.Model.Notices;

namespace Outsource.Tests.Model.Notices;

[TestFixture]
public sealed class NoticeRulesTests
{
    private static readonly NoticeKind[] All = Enum.GetValues<NoticeKind>();

    private static readonly WorkflowSight Running = new("w", 1) { State = "running", Total = 8, Done = 2 };

    private static readonly NoticeMemory Started = new(1);

    [Test]
    public void Should_tell_the_start_once()
    {
        var (first, memory) = NoticeRules.Of(Running, null, All);
        var (second, _) = NoticeRules.Of(Running, memory, All);

        Assert.That(first.Select(n => n.Kind), Is.EqualTo(new[] { NoticeKind.Start }));
        Assert.That(first[0].Text, Is.EqualTo("Workflow w was started: 8 jobs, 2 done."));
        Assert.That(second, Is.Empty);
    }

    [Test]
    public void Should_tell_that_it_was_started_again() =>
        Assert.That(
            NoticeRules.Of(Running with { Starts = 2 }, Started with { EndedAs = "failed", Failed = 3 }, All).Notices.Single().Text,
            Is.EqualTo("Workflow w was started again: 8 jobs, 2 done.")
        );

    [TestCase(true, "succeeded", "Workflow w has ended: succeeded, 7 of 8 jobs done.")]
    [TestCase(false, "failed", "Workflow w has ended: failed, 7 of 8 jobs done, 1 failed. --target=Doctor --name=w shows why.")]
    public void Should_tell_the_end_once(bool succeeded, string state, string text)
    {
        var ended = Running with { State = state, Ended = true, Succeeded = succeeded, Done = 7, Failed = succeeded ? 0 : 1 };

        var (first, memory) = NoticeRules.Of(ended, Started, All);

        Assert.That(first.Select(n => n.Text), Is.EqualTo(new[] { text }));
        Assert.That(NoticeRules.Of(ended, memory, All).Notices, Is.Empty);
    }

    [Test]
    public void Should_tell_holds_and_failures_only_when_they_become_more()
    {
        var worse = Running with { Held = 2, Failed = 1 };
        var (first, memory) = NoticeRules.Of(worse, Started, All);
        var (fewer, less) = NoticeRules.Of(worse with { Held = 1 }, memory, All);
        var (more, _) = NoticeRules.Of(worse with { Held = 3 }, less, All);

        Assert.That(first.Select(n => n.Kind), Is.EqualTo(new[] { NoticeKind.Holds, NoticeKind.Failures }));
        Assert.That(first[0].Text, Is.EqualTo("Workflow w: 2 jobs are held. --target=Doctor --name=w shows why."));
        Assert.That(first[1].Text, Is.EqualTo("Workflow w: 1 job failed, 2 of 8 done. --target=Doctor --name=w shows why."));
        Assert.That(fewer, Is.Empty);
        Assert.That(more.Select(n => n.Kind), Is.EqualTo(new[] { NoticeKind.Holds }));
    }

    [Test]
    public void Should_tell_nothing_of_what_had_ended_before_anybody_asked()
    {
        var (notices, memory) = NoticeRules.Of(Running with { State = "failed", Ended = true }, null, All);

        Assert.That((notices.Length, memory.EndedAs), Is.EqualTo((0, "failed")));
    }

    [Test]
    public void Should_tell_only_what_is_wanted() =>
        Assert.That(
            NoticeRules.Of(Running with { Held = 1 }, null, [NoticeKind.Holds]).Notices.Select(n => n.Kind),
            Is.EqualTo(new[] { NoticeKind.Holds })
        );

    [Test]
    public void Should_tell_nothing_of_what_was_never_started() =>
        Assert.That(NoticeRules.Of(Running with { Starts = 0 }, null, All).Notices, Is.Empty);
}
