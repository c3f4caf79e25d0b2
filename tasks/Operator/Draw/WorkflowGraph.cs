using System.Collections.Immutable;

namespace Outsource.Operator.Draw;

/// <summary>The meaning of a node.</summary>
public enum GraphNodeKind
{
    /// <summary>Data that exists before the workflow begins.</summary>
    Data,

    /// <summary>Processing jobs; those of one run and type, or of one type, are one node.</summary>
    Processing,

    /// <summary>Combine jobs.</summary>
    Combine,
}

/// <summary>A node.</summary>
/// <param name="Kind">Its meaning.</param>
/// <param name="Title">In bold: <c>peaklets ×23</c>.</param>
/// <param name="Details">Lines below, two at most.</param>
public sealed record GraphNode(GraphNodeKind Kind, string Title, ImmutableArray<string> Details)
{
    /// <summary>Everything on one line, for screen readers.</summary>
    public string Description => string.Join(", ", Details.Prepend(Title).Where(w => w.Length > 0));
}

/// <summary>An edge: what goes from one node to another.</summary>
/// <param name="From">Index of the node it leaves.</param>
/// <param name="To">Index of the node it enters.</param>
/// <param name="Label">Its text; may be empty.</param>
public sealed record GraphEdge(int From, int To, string Label);

/// <summary>A workflow, or one of its runs, with as few nodes as possible. Acyclic.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Description">The same as a sentence, for screen readers.</param>
/// <param name="Nodes">The nodes, in a fixed order.</param>
/// <param name="Edges">The edges, in a fixed order.</param>
public sealed record WorkflowGraph(string Title, string Description, ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges);
