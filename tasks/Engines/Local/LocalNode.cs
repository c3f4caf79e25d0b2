using Outsource.Engines.Records;

namespace Outsource.Engines.Local;

/// <summary>A node, as the runner keeps it: there may be a hundred thousand.</summary>
/// <param name="name">Its name.</param>
/// <param name="index">Its place in the DAG.</param>
/// <param name="submitFile">Its submit description, relative to the submit directory.</param>
internal sealed class LocalNode(string name, int index, string submitFile)
{
    public string Name => name;

    public int Index => index;

    public string SubmitFile => submitFile;

    public int Retries { get; init; }

    /// <summary>Whether Resubmit skips it.</summary>
    public bool LeftAlone { get; init; }

    public LocalNode[] Parents { get; set; } = [];

    public LocalNode[] Children { get; set; } = [];

    public NodeState State { get; set; } = NodeState.Unready;

    /// <summary>The retry that runs, or is next: HTCondor's DAGNodeRetry.</summary>
    public int Retry { get; set; }

    /// <summary>Its job in the queue, or null.</summary>
    public int? Cluster { get; set; }

    /// <summary>Why it is held, or null.</summary>
    public HoldCause? Hold { get; set; }

    /// <summary>Since when it is held.</summary>
    public DateTimeOffset HeldAt { get; set; }

    /// <summary>Parents that are not done.</summary>
    public int OpenParents { get; set; }

    /// <summary>Children that are not done.</summary>
    public int OpenChildren { get; set; }

    /// <summary>Its job while it is started, runs or is ended.</summary>
    public JobRun? Run { get; set; }

    /// <summary>What it asks for, while it is about to start.</summary>
    public JobAsk? Ask { get; set; }

    /// <summary>Not before this is it tried to start: something of an earlier attempt still runs.</summary>
    public DateTimeOffset NotBefore { get; set; }
}

/// <summary>Nodes by state.</summary>
internal sealed class NodeCounts
{
    private readonly int[] _counts = new int[Enum.GetValues<NodeState>().Length];

    public int Total { get; private set; }

    public int Done => this[NodeState.Done];

    public int Failed => this[NodeState.Failed];

    public int Held => this[NodeState.Held];

    public int Running => this[NodeState.Running];

    public int Ready => this[NodeState.Ready];

    public int Waiting => this[NodeState.Unready];

    public int Futile => this[NodeState.Futile];

    /// <summary>In the queue.</summary>
    public int Queued => Running + Held + this[NodeState.Idle];

    public int this[NodeState state] => _counts[(int)state];

    public void Add(NodeState state)
    {
        _counts[(int)state]++;
        Total++;
    }

    /// <summary>A node changes its state.</summary>
    public void Move(LocalNode node, NodeState to)
    {
        _counts[(int)node.State]--;
        _counts[(int)to]++;
        node.State = to;
    }
}
