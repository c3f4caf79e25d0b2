using System.Globalization;
using System.Text.RegularExpressions;

namespace Outsource.Engines.Records;

/// <summary>The node of a part in the DAG of a workflow in parts: the part's own DAGMan runs as its job.</summary>
public static partial class PartNode
{
    /// <summary>Pegasus puts this before the part's id.</summary>
    private const string Prefix = "pegasus-plan_";

    /// <summary>The part's id, <c>part-0012</c>; null: the node is of no part.</summary>
    public static string? IdOf(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.StartsWith(Prefix, StringComparison.Ordinal) && Name().IsMatch(node) ? node[Prefix.Length..] : null;
    }

    /// <summary>The part's number, from 0.</summary>
    /// <param name="id">Its id: <c>part-0012</c>.</param>
    public static int NumberOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return int.Parse(id.AsSpan(id.IndexOf('-', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^pegasus-plan_part-[0-9]{4,9}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
