using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Operator.Report;
using Outsource.Tests.Engines.Records;

namespace Outsource.Tests.Operator.Report;

/// <summary>How many nodes were in which state, over time.</summary>
[TestFixture]
internal sealed class StateTimelineTests
{
    private static readonly QueueAnswer Running = new([new QueueJob(9, 0, QueueJob.Running)]);

    [Test]
    public void Should_count_every_node_at_every_step()
    {
        var status = Held().Read(Running);

        var timeline = StateTimeline.Of(status)!;

        Assert.That(timeline.Samples, Has.Length.EqualTo(49));
        Assert.That(timeline.Samples.Select(s => s.Nodes.Sum()), Is.All.EqualTo(5));
        Assert.That(timeline.Samples.Select(s => s.At), Is.Ordered);
        Assert.That((timeline.Samples[0].At, timeline.Samples[^1].At), Is.EqualTo((At(42), status.AsOf)));
        Assert.That(timeline.Bands.Select(b => b.Name), Is.EqualTo(new[] { "done", "held", "running", "in the queue", "waiting" }));
    }

    [TestCase(42, 0, 0, 0, 1, 4)]
    [TestCase(47, 1, 0, 0, 0, 4)]
    [TestCase(54, 1, 0, 1, 0, 3)]
    [TestCase(72, 2, 1, 0, 0, 2)]
    [TestCase(119, 3, 1, 0, 0, 1)]
    public void Should_know_the_states_at_a_time(int minute, int done, int held, int running, int queued, int waiting)
    {
        var timeline = StateTimeline.Of(Held().Read(Running))!;

        var sample = timeline.Samples.Last(s => s.At <= At(minute));

        Assert.That(sample.Nodes, Is.EqualTo(new[] { done, held, running, queued, waiting }));
    }

    [Test]
    public void Should_end_with_the_numbers_of_now()
    {
        var status = Held().Read(Running);

        var last = StateTimeline.Of(status)!.Samples[^1];

        Assert.That(last.Nodes, Is.EqualTo(new[] { status.Counts[NodeState.Done], status.Counts[NodeState.Held], 0, 0, 1 }));
    }

    [Test]
    public void Should_not_be_drawn_if_nothing_has_happened() => Assert.That(StateTimeline.Of(new SubmitFixture().Read()), Is.Null);

    [Test]
    public void Should_begin_again_with_what_a_rescue_file_says()
    {
        // No log tells when the two were done: they are done from the first event of the DAGMan that knows it.
        var fixture = new SubmitFixture().Rescued([SubmitFixture.Added, SubmitFixture.First], [SubmitFixture.Second]);
        _ = fixture.Ended(SubmitFixture.Second, minute: 60);

        var timeline = StateTimeline.Of(fixture.Read(Running))!;

        Assert.That(timeline.Bands[0].Name, Is.EqualTo("done"));
        Assert.That(timeline.Samples[0].Nodes[0], Is.EqualTo(2));
        Assert.That(timeline.Samples[^1].Nodes[0], Is.EqualTo(3));
    }

    private static SubmitFixture Held() =>
        new SubmitFixture()
            .Ended(SubmitFixture.Added, minute: 45)
            .Ended(SubmitFixture.First, minute: 55)
            .Ended(SubmitFixture.Other, minute: 75)
            .Held(SubmitFixture.Second, minute: 70);

    private static DateTimeOffset At(int minute) => new DateTimeOffset(2026, 11, 22, 16, 0, 0, TimeSpan.Zero).AddMinutes(minute);
}
