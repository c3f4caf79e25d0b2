using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;

namespace Outsource.Operator.Draw;

/// <summary>Assembles a graph: all nodes first, in the order of the plan, then the edges between them.</summary>
/// <param name="groups">Job groups, in the order of the plan.</param>
/// <param name="wording">The texts of the graph.</param>
internal sealed class GraphAssembly(IReadOnlyCollection<JobGroup> groups, GraphWording wording)
{
    private readonly ImmutableArray<GraphNode>.Builder _nodes = ImmutableArray.CreateBuilder<GraphNode>();
    private readonly ImmutableArray<GraphEdge>.Builder _edges = ImmutableArray.CreateBuilder<GraphEdge>();

    /// <summary>Data that already exist → their node.</summary>
    private readonly Dictionary<(InputKind Kind, string Type), int> _data = [];

    /// <summary>Data type → the node that reads for it, and the node that has made it.</summary>
    private readonly Dictionary<string, int> _first = new(StringComparer.Ordinal),
        _last = new(StringComparer.Ordinal);

    /// <summary>The graph.</summary>
    public WorkflowGraph Build()
    {
        var byType = groups.GroupBy(g => g.Type, StringComparer.Ordinal).Select(g => g.ToList()).ToList();
        var datasets = Stored(groups)
            .GroupBy(g => (g.Input.Kind, g.Input.Type))
            .ToDictionary(g => g.Key, g => g.DistinctBy(i => (i.Run, i.Input.Did)).ToList());
        foreach (var alike in byType)
        {
            AddData(alike, datasets);
            AddJobs(alike);
        }

        foreach (var alike in byType)
        {
            AddEdges(alike);
        }

        return new WorkflowGraph(wording.Title, wording.Description, _nodes.DrainToImmutable(), _edges.DrainToImmutable());
    }

    /// <summary>Groups that read data which no job of this workflow makes.</summary>
    private static IEnumerable<JobGroup> Stored(IEnumerable<JobGroup> groups) => groups.Where(g => g.Input.Kind != InputKind.Workflow);

    private int Add(GraphNode node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private void AddData(List<JobGroup> alike, Dictionary<(InputKind Kind, string Type), List<JobGroup>> datasets)
    {
        foreach (var key in Stored(alike).Select(g => (g.Input.Kind, g.Input.Type)).Distinct().Order())
        {
            if (!_data.ContainsKey(key))
            {
                _data[key] = Add(new GraphNode(GraphNodeKind.Data, key.Type, [Word(key.Kind), wording.Places(datasets[key])]));
            }
        }
    }

    private void AddJobs(List<JobGroup> alike)
    {
        var one = alike[0];
        _first[one.Type] = Add(new GraphNode(GraphNodeKind.Processing, $"{one.JobName} {wording.Count(alike)}", wording.Details(alike)));
        _last[one.Type] = one.Chunked
            ? Add(new GraphNode(GraphNodeKind.Combine, wording.Combine(alike), [one.Type, GraphWording.Amounts(one.CombineResources!)]))
            : _first[one.Type];
    }

    private void AddEdges(List<JobGroup> alike)
    {
        var type = alike[0].Type;
        foreach (var readers in Stored(alike).GroupBy(g => (g.Input.Kind, g.Input.Type)).OrderBy(g => g.Key))
        {
            List<JobGroup> all = [.. readers];
            _edges.Add(new GraphEdge(_data[readers.Key], _first[type], all[0].Chunked ? wording.Chunks(all) : ""));
        }

        foreach (var parent in alike.SelectMany(g => g.Parents).Distinct(StringComparer.Ordinal).Where(_first.ContainsKey))
        {
            _edges.Add(new GraphEdge(_last[parent], _first[type], parent));
        }

        if (alike[0].Chunked)
        {
            _edges.Add(new GraphEdge(_first[type], _last[type], wording.Outputs(alike)));
        }
    }

    private static string Word(InputKind kind) =>
        kind switch
        {
            InputKind.Raw => "raw data",
            InputKind.Stored => "already stored",
            _ => "raw data, processed on the way",
        };
}
