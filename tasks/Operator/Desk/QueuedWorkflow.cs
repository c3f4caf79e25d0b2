using System.Collections.Immutable;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.Operator.Desk;

/// <summary>The jobs of one workflow in the queue.</summary>
/// <param name="name">Name of the workflow.</param>
/// <param name="jobs">Its jobs; those that have ended but are still listed do not count.</param>
public sealed class QueuedWorkflow(string name, IEnumerable<QueueJob> jobs)
{
    public string Name { get; } = name;

    /// <summary>How messages name what runs the whole workflow.</summary>
    public string Manager { get; init; } = EngineNames.Of(EngineKind.Pegasus).Manager;

    /// <summary>All that have not ended.</summary>
    public ImmutableArray<QueueJob> All { get; } = [.. jobs.Where(j => j.Status is not (QueueJob.Completed or QueueJob.Removing))];

    /// <summary>DAGMan itself; more than one is an error.</summary>
    public ImmutableArray<QueueJob> Dagmans => [.. All.Where(j => j.Node is null)];

    /// <summary>The DAGMans of its parts.</summary>
    public ImmutableArray<QueueJob> Parts => [.. All.Where(j => j.IsPart)];

    /// <summary>The jobs of its nodes.</summary>
    public ImmutableArray<QueueJob> Jobs => [.. All.Where(j => j.Node is not null && !j.IsPart)];

    /// <summary>Summary for a question.</summary>
    public string Summary
    {
        get
        {
            string Count(int status, string word) => Jobs.Count(j => j.Status == status) is > 0 and var n ? $"{n} {word}" : "";
            var words = new[] { Count(QueueJob.Running, "running"), Count(QueueJob.Idle, "idle"), Count(QueueJob.Held, "held") }
                .Where(w => w.Length > 0)
                .ToList();
            return $"{Counted.Of(Jobs.Length, "job")}{(words.Count > 0 ? ": " + string.Join(", ", words) : "")}; {Manager} "
                + $"{(Dagmans.IsEmpty ? "is missing" : string.Join(", ", Dagmans.Select(d => d.Cluster)))}";
        }
    }

    /// <summary>Jobs of these runs, all or those of a status.</summary>
    public ImmutableArray<QueueJob> Of(ImmutableSortedSet<int>? only, params IEnumerable<int> statuses) =>
        [.. Jobs.Where(j => only.Has(NodeName.Parse(j.Node!)) && statuses.Contains(j.Status))];

    /// <summary>The runs that have jobs here.</summary>
    public IEnumerable<int> Runs => Jobs.Select(j => NodeName.Parse(j.Node!).Run).OfType<int>().Distinct();
}
