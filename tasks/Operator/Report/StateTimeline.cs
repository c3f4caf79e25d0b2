using System.Collections.Immutable;
using Outsource.Engines.Records;
using Outsource.Workflows.State;

namespace Outsource.Operator.Report;

/// <summary>A band of the timeline: states of nodes that are shown as one.</summary>
/// <param name="Name">Its name on the page.</param>
/// <param name="Style">Its CSS class.</param>
/// <param name="States">The states that it counts.</param>
internal sealed record StateBand(string Name, string Style, ImmutableArray<NodeState> States);

/// <summary>The numbers of nodes at a time.</summary>
/// <param name="At">The time, UTC.</param>
/// <param name="Nodes">Nodes of each band, in the order of <see cref="StateTimeline.Bands"/>.</param>
internal sealed record StateSample(DateTimeOffset At, ImmutableArray<int> Nodes);

/// <summary>How many nodes were in which state, at even steps of time; the last step has the numbers of now.</summary>
/// <param name="Bands">The bands that ever had a node, from the bottom of the drawing upwards.</param>
/// <param name="Samples">The steps, ascending in time.</param>
internal sealed record StateTimeline(ImmutableArray<StateBand> Bands, ImmutableArray<StateSample> Samples)
{
    /// <summary>Steps of time. The table below the drawing has a row for each, so there are not more than a person reads.</summary>
    private const int Steps = 48;

    private static readonly ImmutableArray<StateBand> All =
    [
        new("done", "done", [NodeState.Done]),
        new("failed", "failed", [NodeState.Failed]),
        new("held", "held", [NodeState.Held]),
        new("running", "running", [NodeState.Running, NodeState.Post]),
        new("in the queue", "queued", [NodeState.Idle]),
        new("waiting", "waiting", [NodeState.Ready, NodeState.Unready, NodeState.Futile]),
        new("unknown", "unknown", [NodeState.Unknown]),
    ];

    /// <summary>The timeline of a workflow; null: its logs tell of no time.</summary>
    public static StateTimeline? Of(WorkflowStatus status)
    {
        if (status.Changes.IsEmpty)
        {
            return null;
        }

        var (from, last) = (status.Changes[0].At, status.Changes[^1].At);
        var to = status.Ended || status.AsOf < last ? last : status.AsOf;
        if (to <= from)
        {
            return null;
        }

        var counts = new int[Enum.GetValues<NodeState>().Length];
        counts[(int)NodeState.Unready] = status.Nodes.Count;
        var next = 0;
        var samples = ImmutableArray.CreateBuilder<StateSample>(Steps + 1);
        for (var step = 0; step < Steps; step++)
        {
            var at = from + ((to - from) * ((double)step / Steps));
            for (; next < status.Changes.Length && status.Changes[next].At <= at; next++)
            {
                counts[(int)status.Changes[next].From]--;
                counts[(int)status.Changes[next].To]++;
            }

            samples.Add(Sample(at, state => counts[(int)state]));
        }

        samples.Add(Sample(to, state => status.Counts[state]));
        return WithoutEmptyBands(samples);
    }

    private static StateSample Sample(DateTimeOffset at, Func<NodeState, int> nodes) => new(at, [.. All.Select(b => b.States.Sum(nodes))]);

    private static StateTimeline WithoutEmptyBands(IReadOnlyCollection<StateSample> samples)
    {
        var used = Enumerable.Range(0, All.Length).Where(b => samples.Any(s => s.Nodes[b] > 0)).ToList();
        return new StateTimeline(
            [.. used.Select(b => All[b])],
            [.. samples.Select(s => s with { Nodes = [.. used.Select(b => s.Nodes[b])] })]
        );
    }
}
