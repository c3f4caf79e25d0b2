using Outsource.Engines.Records;

namespace Outsource.Engines.Pegasus;

/// <summary>Where a part of a workflow runs.</summary>
/// <param name="Id">Its id: <c>part-0012</c>.</param>
/// <param name="Number">From 0.</param>
/// <param name="Node">Its node in the DAG of the workflow.</param>
/// <param name="Place">Its submit directory, relative to that of the workflow.</param>
/// <param name="Directory">Its submit directory; it has no DAG until the part is planned.</param>
public sealed record WorkflowPartPlace(string Id, int Number, string Node, string Place, SubmitDirectory Directory)
{
    /// <summary>In the workflow's submit directory: why the part could not be planned the last time. What plans it writes it.</summary>
    public string FailureNote => Id + ".failed";

    /// <summary>A node of the part as the workflow sees it. The planner gives its own jobs the same names in each part.</summary>
    public DagNode Seen(DagNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node with
        {
            Name = NameOf(node.Name),
            SubmitFile = Path.Combine(Place, node.SubmitFile),
            Place = Place,
        };
    }

    /// <summary>The name of a node of the part as the workflow sees it.</summary>
    public string NameOf(string node) => NodeName.Parse(node).Ours ? node : $"{Id}/{node}";

    /// <summary>The name of a node within its part.</summary>
    public static string NameWithin(DagNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Place is null ? node.Name : node.Name[(node.Name.IndexOf('/', StringComparison.Ordinal) + 1)..];
    }
}
