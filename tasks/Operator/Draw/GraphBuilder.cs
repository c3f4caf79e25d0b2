using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Draw;

/// <summary>Makes graphs of a plan: the chunk jobs of a type are one node with a count.</summary>
public static class GraphBuilder
{
    /// <summary>The graph of one run.</summary>
    /// <param name="run">Run number.</param>
    /// <param name="groups">Its job groups, in the order of the plan.</param>
    public static WorkflowGraph OfRun(int run, IEnumerable<JobGroup> groups)
    {
        var all = groups.ToList();
        var jobs = all.Sum(g => g.Jobs);
        return Build(
            $"Run {RunDocument.Padded(run)}",
            all,
            g => Invariant($"×{g.ProcessingJobs:N0}"),
            g => [Makes(g), Amounts(g.Resources)],
            _ => "combine ×1",
            g => [g[0].Type, Amounts(g[0].CombineResources!)],
            inputs => inputs[0].Input.Rses is [var only] ? $"at {only}" : Invariant($"at {inputs[0].Input.Rses.Length} RSEs"),
            (g, edge) =>
                edge switch
                {
                    EdgeKind.Read when g[0].Chunked => Counted.Of(g[0].Chunks, "chunk"),
                    EdgeKind.Collect => Counted.Of(g[0].ProcessingJobs, "output"),
                    EdgeKind.Pass => g[0].Type,
                    _ => "",
                },
            Invariant($"{Counted.Of(jobs, "job")} of {Counted.Of(all.Count, "data type")}.")
        );
    }

    /// <summary>The whole plan in condensed form: a node per job name and type with its count over all runs.</summary>
    public static WorkflowGraph OfPlan(string name, JobPlan plan) =>
        Build(
            $"Workflow {name}",
            plan.Groups,
            null,
            null,
            g => Invariant($"combine ×{g.Count:N0}"),
            g => [g[0].Type, Amounts(g[0].CombineResources!)],
            inputs => Counted.Of(inputs.Count, "input"),
            (g, edge) =>
                edge switch
                {
                    EdgeKind.Read when g[0].Chunked => Counted.Of(g.Sum(c => (long)c.Chunks), "chunk"),
                    EdgeKind.Collect => Counted.Of(g.Sum(c => (long)c.ProcessingJobs), "output"),
                    EdgeKind.Pass => g[0].Type,
                    _ => "",
                },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Counted.Of(plan.Jobs, "job")} for {Counted.Of(plan.Runs, "run")} and {Counted.Of(plan.Chunks, "chunk")}; jobs of "
                    + $"one name and data type are one node."
            )
        );

    private enum EdgeKind
    {
        Read,
        Collect,
        Pass,
    }

    private static WorkflowGraph Build(
        string title,
        IReadOnlyCollection<JobGroup> groups,
        Func<JobGroup, string>? countOf,
        Func<JobGroup, ImmutableArray<string>>? detailsOf,
        Func<List<JobGroup>, string> combineTitle,
        Func<List<JobGroup>, ImmutableArray<string>> combineDetails,
        Func<List<JobGroup>, string> dataDetail,
        Func<List<JobGroup>, EdgeKind, string> label,
        string description
    )
    {
        var nodes = ImmutableArray.CreateBuilder<GraphNode>();
        var edges = ImmutableArray.CreateBuilder<GraphEdge>();
        var byType = groups.GroupBy(g => g.Type, StringComparer.Ordinal).Select(g => g.ToList()).ToList();
        var data = new Dictionary<(InputKind Kind, string Type), int>();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        int Add(GraphNode node)
        {
            nodes.Add(node);
            return nodes.Count - 1;
        }

        var datasets = groups
            .Where(g => g.Input.Kind != InputKind.Workflow)
            .GroupBy(g => (g.Input.Kind, g.Input.Type))
            .ToDictionary(g => g.Key, g => g.DistinctBy(i => (i.Run, i.Input.Did)).ToList());
        foreach (var alike in byType)
        {
            foreach (
                var key in alike.Where(g => g.Input.Kind != InputKind.Workflow).Select(g => (g.Input.Kind, g.Input.Type)).Distinct().Order()
            )
            {
                data.TryAdd(
                    key,
                    data.TryGetValue(key, out var known)
                        ? known
                        : Add(new GraphNode(GraphNodeKind.Data, key.Type, [InputWord(key.Kind), dataDetail(datasets[key])]))
                );
            }

            var one = alike[0];
            var jobs = alike.Sum(g => (long)g.ProcessingJobs);
            first[one.Type] = Add(
                new GraphNode(
                    GraphNodeKind.Processing,
                    $"{one.JobName} {countOf?.Invoke(one) ?? Invariant($"×{jobs:N0}")}",
                    detailsOf?.Invoke(one)
                        ??
                        [
                            string.Join(
                                " · ",
                                new[] { one.Type == one.JobName ? "" : one.Type, Counted.Of(alike.Count, "run") }.Where(w => w.Length > 0)
                            ),
                            Amounts(one.Resources),
                        ]
                )
            );
            last[one.Type] = one.Chunked
                ? Add(new GraphNode(GraphNodeKind.Combine, combineTitle(alike), combineDetails(alike)))
                : first[one.Type];
        }

        foreach (var alike in byType)
        {
            var type = alike[0].Type;
            foreach (
                var read in alike
                    .Where(g => g.Input.Kind != InputKind.Workflow)
                    .GroupBy(g => (g.Input.Kind, g.Input.Type))
                    .OrderBy(g => g.Key)
            )
            {
                edges.Add(new GraphEdge(data[read.Key], first[type], label([.. read], EdgeKind.Read)));
            }

            foreach (var parent in alike.SelectMany(g => g.Parents).Distinct(StringComparer.Ordinal).Where(first.ContainsKey))
            {
                edges.Add(new GraphEdge(last[parent], first[type], label(byType.Find(g => g[0].Type == parent)!, EdgeKind.Pass)));
            }

            if (alike[0].Chunked)
            {
                edges.Add(new GraphEdge(first[type], last[type], label(alike, EdgeKind.Collect)));
            }
        }

        return new WorkflowGraph(title, description, nodes.DrainToImmutable(), edges.DrainToImmutable());
    }

    private static string Makes(JobGroup group) => group.Type == group.JobName ? "" : group.Type;

    private static string Amounts(Resources each) => Invariant($"{each.MemoryMb / 1000.0:0.#} GB memory, {each.DiskKb / 1e6:0.#} GB disk");

    private static string InputWord(InputKind kind) =>
        kind switch
        {
            InputKind.Raw => "raw data",
            InputKind.Stored => "stored already",
            _ => "raw data, read on the way",
        };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
