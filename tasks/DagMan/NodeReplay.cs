using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Reports;

namespace Outsource.DagMan;

/// <summary>Plays DAGMan's log over the nodes as planned, as DAGMan itself does when it recovers.</summary>
public sealed partial class NodeReplay
{
    private readonly Dictionary<string, NodeStatus> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<int, NodeStatus> _clusters = [];
    private readonly HashSet<string> _strays = new(StringComparer.Ordinal);

    /// <param name="dag">The nodes.</param>
    /// <param name="rescue">What an earlier DAGMan left, or null. A node that is done never becomes undone, so the newest file holds whenever it was written.</param>
    public NodeReplay(DagFile dag, RescueFile? rescue)
    {
        foreach (var node in dag.Nodes.Values)
        {
            node.Retries = rescue?.Retries.GetValueOrDefault(node.Name, node.Retries) ?? node.Retries;
            _nodes[node.Name] = new NodeStatus(node, NodeName.Parse(node.Name)) { State = rescue?.Done.Contains(node.Name) == true ? NodeState.Done : NodeState.Unready };
        }
    }

    /// <summary>The nodes, in the order of the DAG.</summary>
    public IReadOnlyCollection<NodeStatus> Nodes => _nodes.Values;

    /// <summary>Time of the first event, or null.</summary>
    public DateTimeOffset? FirstAt { get; private set; }

    /// <summary>Time of the last event, or null.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>How often a node was sent to the queue again.</summary>
    public int Retried => _nodes.Values.Sum(n => Math.Max(0, n.Attempts - 1));

    /// <summary>How many nodes the log speaks of that the DAG does not have.</summary>
    public int Strays => _strays.Count;

    /// <summary>The node of that name, or null.</summary>
    public NodeStatus? Find(string? name) => name is null ? null : _nodes.GetValueOrDefault(name);

    /// <summary>Takes one event.</summary>
    public void Add(LogEvent happened)
    {
        FirstAt ??= happened.At;
        LastAt = happened.At;
        if (happened is { Number: 0, Node: { } name })
        {
            if (Find(name) is not { } begun)
            {
                _ = _strays.Add(name);
                return;
            }

            _clusters[happened.Cluster] = begun;
            begun.Attempts++;
            begun.Cluster = happened.Cluster;
            Forget(begun);
            begun.State = NodeState.Idle;
        }
        else if (_clusters.TryGetValue(happened.Cluster, out var node) || (node = Find(happened.Node)) is not null)
        {
            Apply(node, happened);
        }
    }

    /// <summary>Settles what depends on other nodes, when all events are in.</summary>
    /// <param name="ended">Whether DAGMan ended.</param>
    /// <param name="rescue">What it left, or null.</param>
    public void Settle(bool ended, RescueFile? rescue)
    {
        foreach (var node in _nodes.Values)
        {
            if (ended && node.State != NodeState.Done)
            {
                node.State = Ended(node, rescue?.Failed.Contains(node.Node.Name) == true);
            }
        }

        foreach (var node in _nodes.Values.Where(n => n.State == NodeState.Unready && n.Node.Parents.All(p => _nodes[p.Name].State == NodeState.Done)))
        {
            node.State = NodeState.Ready;
        }

        MarkFutile();
    }

    /// <summary>DAGMan ended: what it had in the queue it took back, or lost.</summary>
    private static NodeState Ended(NodeStatus node, bool failed) => node switch
    {
        _ when failed => NodeState.Failed,
        { State: NodeState.Failed } => NodeState.Failed,
        { RemovalReason: not null } or { State: NodeState.Ready or NodeState.Post or NodeState.Unready } => NodeState.Unready,
        _ => NodeState.Unknown,
    };

    /// <summary>Nodes below a failed one can't be reached; the file lists parents before children or after, so this follows the edges.</summary>
    private void MarkFutile()
    {
        var children = _nodes.Values.SelectMany(n => n.Node.Parents.Select(p => (p.Name, n))).ToLookup(e => e.Name, e => e.n, StringComparer.Ordinal);
        var open = new Stack<NodeStatus>(_nodes.Values.Where(n => n.State == NodeState.Failed));
        while (open.TryPop(out var above))
        {
            foreach (var below in children[above.Node.Name].Where(n => n.State is NodeState.Unready or NodeState.Ready))
            {
                below.State = NodeState.Futile;
                open.Push(below);
            }
        }
    }

    private static void Apply(NodeStatus node, LogEvent happened)
    {
        switch (happened.Number)
        {
            case 1:
                node.State = NodeState.Running;
                node.ExecutedAt = happened.At;
                break;
            case 4 or 24:
                Leave(node, happened.At, lost: true);
                node.State = NodeState.Idle;
                break;
            case 5:
                ReadEnd(node, happened);
                node.State = node.Node.HasPost ? NodeState.Post : Judged(node, node.ExitCode == 0);
                Leave(node, happened.At, lost: node.ExitCode != 0);
                node.EndedAt = happened.At;
                break;
            case 9:
                Leave(node, happened.At, lost: true);
                node.RemovalReason = ForeignText.Shown(happened.Body.FirstOrDefault(l => l.Length > 0) ?? "removed");
                node.State = node.Node.HasPost ? NodeState.Post : Judged(node, false);
                node.EndedAt = happened.At;
                break;
            case 12:
                Leave(node, happened.At, lost: true);
                ReadHold(node, happened);
                node.State = NodeState.Held;
                break;
            case 13:
                // What comes after it comes for another reason.
                Leave(node, happened.At, lost: true);
                (node.HoldReason, node.HoldCode, node.HoldSubcode) = (null, null, null);
                node.State = NodeState.Idle;
                break;
            case 16:
                node.PostCode = CodeIn(happened.Body);
                node.State = Judged(node, node.PostCode == 0);
                node.EndedAt ??= happened.At;
                break;
            default:
                break;
        }
    }

    /// <summary>A node that failed is tried again until its retries are used up.</summary>
    private static NodeState Judged(NodeStatus node, bool good) => good ? NodeState.Done : node.Attempts <= node.Node.Retries ? NodeState.Ready : NodeState.Failed;

    private static void Forget(NodeStatus node)
    {
        (node.ExitCode, node.PostCode, node.HoldReason, node.HoldCode, node.HoldSubcode) = (null, null, null, null, null);
        (node.RemovalReason, node.ExecutedAt, node.EndedAt) = (null, null, null);
    }

    private static void Leave(NodeStatus node, DateTimeOffset at, bool lost)
    {
        if (node.ExecutedAt is { } from && at > from)
        {
            node.Wall += at - from;
            node.Lost += lost ? at - from : TimeSpan.Zero;
        }

        node.ExecutedAt = null;
    }

    private static void ReadHold(NodeStatus node, LogEvent happened)
    {
        node.HoldReason = ForeignText.Shown(happened.Body.FirstOrDefault(l => l.Length > 0 && !HoldCodes().IsMatch(l)) ?? "no reason given");
        if (happened.Body.Select(l => HoldCodes().Match(l)).FirstOrDefault(m => m.Success) is { } codes)
        {
            node.HoldCode = int.Parse(codes.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
            node.HoldSubcode = int.Parse(codes.Groups["sub"].ValueSpan, CultureInfo.InvariantCulture);
        }
    }

    private static void ReadEnd(NodeStatus node, LogEvent happened)
    {
        node.ExitCode = CodeIn(happened.Body);
        foreach (var line in happened.Body)
        {
            if (line.StartsWith("Memory (MB)", StringComparison.Ordinal))
            {
                node.Memory = UsageIn(line);
            }
            else if (line.StartsWith("Disk (KB)", StringComparison.Ordinal))
            {
                node.Disk = UsageIn(line);
            }
        }
    }

    /// <summary>Columns are usage, request, allocation; usage is blank when the machine did not measure.</summary>
    private static Usage UsageIn(string line)
    {
        var numbers = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(w => double.TryParse(w, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? (long?)n : null).ToArray();
        return numbers switch
        {
            [var used, var requested, _] => new Usage(used, requested),
            [var requested, _] => new Usage(null, requested),
            _ => new Usage(null, null),
        };
    }

    private static int? CodeIn(IReadOnlyList<string> body)
    {
        var match = body.Select(l => EndCode().Match(l)).FirstOrDefault(m => m.Success);
        return match is null ? null
            : match.Groups["signal"].Success ? -int.Parse(match.Groups["signal"].ValueSpan, CultureInfo.InvariantCulture)
            : int.Parse(match.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^Code (?<code>[0-9]{1,9}) Subcode (?<sub>-?[0-9]{1,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HoldCodes();

    [GeneratedRegex(@"\(return value (?<code>-?[0-9]{1,9})\)|\(signal (?<signal>[0-9]{1,3})\)", RegexOptions.CultureInvariant)]
    private static partial Regex EndCode();
}
