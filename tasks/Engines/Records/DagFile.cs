using System.IO.Abstractions;

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

/// <summary>
/// DAGMan's input file (<c>xenonnt-0.dag</c>). Nodes have numbers, in the order of the file; their objects are only made when they are
/// asked for.
/// </summary>
public sealed class DagFile
{
    /// <summary>Marks the lines by which Resubmit skips nodes; the next Resubmit removes them.</summary>
    public const string LeaveAloneMark = "# outsource: left alone by Resubmit --only",
        LeaveAloneEnd = "# outsource: end of left alone";

    private readonly NodePlan[] _plans;
    private readonly NodeLinks _parents;
    private readonly Lazy<IReadOnlyDictionary<string, DagNode>> _nodes;

    internal DagFile(NameIndex names, NodePlan[] plans, (WordList Jobs, WordList Files) words, NodeLinks parents)
    {
        (Names, _plans) = (names, plans);
        (Jobs, Files) = words;
        _parents = parents;
        _nodes = new(() => All().ToDictionary(n => n.Name, StringComparer.Ordinal));
    }

    /// <summary>How many nodes it has.</summary>
    public int Count => _plans.Length;

    /// <summary>The nodes in the order of the file, by name.</summary>
    public IReadOnlyDictionary<string, DagNode> Nodes => _nodes.Value;

    /// <summary>Whether nodes of it are parts, each with a DAG of its own.</summary>
    public bool HasParts
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                if (Names.Bytes(i).StartsWith("pegasus-plan_"u8) && PartNode.IdOf(Names[i]) is not null)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Their names.</summary>
    internal NameIndex Names { get; }

    /// <summary>Names of jobs.</summary>
    internal WordList Jobs { get; }

    /// <summary>Submit files, or their folders.</summary>
    internal WordList Files { get; }

    /// <summary>What the file says of each.</summary>
    internal Span<NodePlan> Plans => _plans;

    /// <summary>Reads the file.</summary>
    public static DagFile Read(IFileSystem disk, string path) => DagFileReader.Read(disk, path);

    /// <summary>Numbers of the nodes that a node waits for.</summary>
    internal ReadOnlySpan<int> ParentsOf(int node) => _parents.Of(node);

    /// <summary>The nodes that wait for each node.</summary>
    internal NodeLinks Children() => _parents.Turned();

    /// <summary>A node as an object, without its parents.</summary>
    internal DagNode NodeOf(int node)
    {
        ref readonly var plan = ref _plans[node];
        var name = Names[node];
        return new DagNode(name, plan.Named == 0 ? Files[plan.File] : Files[plan.File] + name + ".sub")
        {
            Retries = plan.Retries,
            FinalValue = plan.FinalValue,
            HasPost = plan.HasPost,
            LeftAlone = plan.LeftAlone,
        };
    }

    /// <summary>The nodes as objects, in the order of the file.</summary>
    internal DagNode[] All()
    {
        var all = new DagNode[Count];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = NodeOf(i);
        }

        for (var i = 0; i < all.Length; i++)
        {
            foreach (var parent in ParentsOf(i))
            {
                all[i].Parents.Add(all[parent]);
            }
        }

        return all;
    }

    /// <summary>Adds this to a cache.</summary>
    internal void Save(CacheWriter cache)
    {
        Names.Save(cache);
        Jobs.Save(cache);
        Files.Save(cache);
        cache.Add<NodePlan>(_plans);
        _parents.Save(cache);
    }

    /// <summary>Takes it from a cache.</summary>
    internal static DagFile Load(CacheReader cache)
    {
        var names = NameIndex.Load(cache);
        var words = (WordList.Load(cache), WordList.Load(cache));
        var plans = cache.Next<NodePlan>();
        return plans.Length == names.Count && !plans.Any(p => (uint)p.Job >= words.Item1.Count || (uint)p.File >= words.Item2.Count)
            ? new DagFile(names, plans, words, NodeLinks.Load(cache, plans.Length))
            : throw new InvalidDataException("nodes");
    }
}
