using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>A node as the planner wrote it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SubmitFile">Its submit file, relative to the submit directory.</param>
public sealed record DagNode(string Name, string SubmitFile)
{
    /// <summary>In place of a submit file: the node is of a part that is still to be planned.</summary>
    public const string NoFile = "-";

    /// <summary>The submit directory of its part, relative to that of the workflow; null: it is in no part.</summary>
    public string? Place { get; init; }

    /// <summary>How often DAGMan retries it.</summary>
    public int Retries { get; set; }

    /// <summary>The return value after which DAGMan does not retry (<c>RETRY … UNLESS-EXIT</c>), or null.</summary>
    public int? FinalValue { get; set; }

    /// <summary>Whether a script runs after the job; then the script decides about success.</summary>
    public bool HasPost { get; set; }

    /// <summary>Whether Resubmit skipped it, so that it fails without being tried.</summary>
    public bool LeftAlone { get; set; }

    /// <summary>The nodes that it waits for.</summary>
    public List<DagNode> Parents { get; } = [];
}

/// <summary>DAGMan's input file (<c>xenonnt-0.dag</c>), read line by line.</summary>
public sealed class DagFile
{
    /// <summary>Marks the lines by which Resubmit skips nodes; the next Resubmit removes them.</summary>
    public const string LeaveAloneMark = "# outsource: left alone by Resubmit --only",
        LeaveAloneEnd = "# outsource: end of left alone";

    private readonly Dictionary<string, DagNode> _nodes = new(StringComparer.Ordinal);

    private DagFile() { }

    /// <summary>The nodes in the order of the file, by name.</summary>
    public IReadOnlyDictionary<string, DagNode> Nodes => _nodes;

    /// <summary>Reads the file.</summary>
    public static DagFile Read(IFileSystem disk, string path)
    {
        var dag = new DagFile();
        foreach (var line in BoundedText.Statements(disk, path))
        {
            dag.Add(line);
        }

        return dag;
    }

    private void Add(string line)
    {
        // Only these five keywords matter here. A line is one statement.
        if (line.Length < 4 || line[0] is '#' or ' ')
        {
            return;
        }

        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["JOB", var name, var file, ..]:
                _nodes[name] = new DagNode(name, file);
                break;
            case ["RETRY", var name, var times, ..]
                when _nodes.TryGetValue(name, out var node)
                    && int.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out var retries):
                (node.Retries, node.FinalValue) = (retries, FinalValueIn(words));
                break;
            case ["SCRIPT", "POST", var name, ..] when _nodes.TryGetValue(name, out var node):
                node.HasPost = true;
                break;
            case ["SCRIPT", "PRE", var name, "/bin/false"] when _nodes.TryGetValue(name, out var node):
                node.LeftAlone = true;
                break;
            case ["PARENT", .. var rest] when Array.IndexOf(rest, "CHILD") is > 0 and var at:
                Link(rest.AsSpan(0, at), rest.AsSpan(at + 1));
                break;
            default:
                break;
        }
    }

    private static int? FinalValueIn(string[] words) =>
        words is [_, _, _, "UNLESS-EXIT", var value]
        && int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var final)
            ? final
            : null;

    private void Link(ReadOnlySpan<string> parents, ReadOnlySpan<string> children)
    {
        foreach (var child in children)
        {
            foreach (var parent in parents)
            {
                if (_nodes.TryGetValue(child, out var below) && _nodes.TryGetValue(parent, out var above))
                {
                    below.Parents.Add(above);
                }
            }
        }
    }
}
