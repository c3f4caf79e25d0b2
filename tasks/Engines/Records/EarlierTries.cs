namespace Outsource.Engines.Records;

/// <summary>
/// What the jobs' own log tells beyond DAGMan's: the tries of earlier DAGMans, and the machines that HTCondor has lost. A DAGMan that
/// starts from a rescue file starts a new log; HTCondor continues the jobs' log.
/// </summary>
internal sealed class EarlierTries
{
    /// <summary>Tries that have not ended, by cluster.</summary>
    private readonly Dictionary<int, (int Node, NodeCourse Try)> _open = [];
    private readonly Dictionary<int, long> _lost = [];
    private readonly HashSet<int> _clusters = [];
    private readonly WordList _reasons;

    /// <summary>Sums by node; none while there is nothing to sum up.</summary>
    private NodeCourse[] _sums = [];
    private long _began;

    /// <summary>Where the log was read to.</summary>
    public LogPlace Place { get; private set; }

    /// <summary>First event of an earlier DAGMan, or null.</summary>
    public DateTimeOffset? BeganAt => _began == 0 ? null : new DateTimeOffset(_began, TimeSpan.Zero);

    /// <summary>
    /// Sums of a node: tries (<see cref="NodeCourse.Attempts"/>), those that failed with the first exit code, times, the most memory and
    /// disk, and when it last ended with 0.
    /// </summary>
    public NodeCourse Of(int node) => _sums.Length == 0 ? default : _sums[node];

    /// <summary>Since when a cluster's machine is lost, ticks of UTC; null: it is not.</summary>
    public long? LostAt(int cluster) => _lost.TryGetValue(cluster, out var at) ? at : null;

    /// <summary>Whether a try that counted as an earlier DAGMan's turns out to be the last one's, whose log was written later.</summary>
    public bool Contradicts(ClusterMap last) => _clusters.Any(c => last.Find(c) >= 0);

    /// <summary>Reads on.</summary>
    /// <param name="log">The jobs' log, from <see cref="Place"/>.</param>
    /// <param name="dag">The nodes.</param>
    /// <param name="last">The clusters of the last DAGMan, which are left out.</param>
    /// <param name="history">Gets the changes, or null.</param>
    /// <returns>Whether a last event is left that has no end yet: <see cref="Take"/> it when the rest is kept.</returns>
    public bool ReadOn(EventReader log, DagFile dag, ClusterMap last, StateHistory? history)
    {
        while (log.Next())
        {
            if (!log.IsWhole)
            {
                Place = log.End;
                return true;
            }

            Take(log, dag, last, history);
        }

        Place = log.End;
        return false;
    }

    /// <summary>Takes one event.</summary>
    public void Take(EventReader log, DagFile dag, ClusterMap last, StateHistory? history)
    {
        if (log.Number is 1 or 5 or 9 or 12 or 22 or 23 or 24)
        {
            NoteLost(log);
        }

        if (log.Number == 0 && last.Find(log.Cluster) < 0 && log.TryNode(out var name) && dag.Names.Find(name) is >= 0 and var begun)
        {
            _sums = _sums.Length == 0 ? new NodeCourse[dag.Count] : _sums;
            _sums[begun].Attempts++;
            _ = _clusters.Add(log.Cluster);
            var first = new NodeCourse { State = NodeState.Idle };
            _open[log.Cluster] = (begun, first);
            history?.NoteEarlier(log.At, begun, first);
            _began = _began == 0 || log.At < _began ? log.At : _began;
        }
        else if (_open.TryGetValue(log.Cluster, out var open))
        {
            NodeEvents.Apply(ref open.Try, dag.Plans[open.Node], log, _reasons);
            history?.NoteEarlier(log.At, open.Node, open.Try);
            if (log.Number is 5 or 9)
            {
                Sum(ref _sums[open.Node], open.Try, log);
                _ = _open.Remove(log.Cluster);
            }
            else
            {
                _open[log.Cluster] = open;
            }
        }
    }

    /// <summary>Adds this to a cache.</summary>
    public void Save(CacheWriter cache)
    {
        cache.Add([Place.Bytes, Place.Lines, _began]);
        cache.Add<NodeCourse>(_sums);
        cache.Add<int>([.. _clusters]);
        cache.Add<int>([.. _open.Keys]);
        cache.Add<int>([.. _open.Values.Select(o => o.Node)]);
        cache.Add<NodeCourse>([.. _open.Values.Select(o => o.Try)]);
        cache.Add<int>([.. _lost.Keys]);
        cache.Add<long>([.. _lost.Values]);
        _reasons.Save(cache);
    }

    /// <summary>Takes it from a cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="count">How many nodes there are.</param>
    public static EarlierTries Load(CacheReader cache, int count)
    {
        var numbers = cache.Next<long>();
        var (sums, clusters) = (cache.Next<NodeCourse>(), cache.Next<int>());
        var (open, nodes, tries) = (cache.Next<int>(), cache.Next<int>(), cache.Next<NodeCourse>());
        var (lost, times) = (cache.Next<int>(), cache.Next<long>());
        if (
            numbers.Length != 3
            || (sums.Length != count && sums.Length + open.Length > 0)
            || open.Length != nodes.Length
            || open.Length != tries.Length
            || lost.Length != times.Length
            || nodes.Any(n => n < 0 || n >= count)
        )
        {
            throw new InvalidDataException("tries");
        }

        var all = new EarlierTries(WordList.Load(cache))
        {
            Place = new LogPlace(numbers[0], numbers[1]),
            _began = numbers[2],
            _sums = sums,
        };
        all._clusters.UnionWith(clusters);
        for (var i = 0; i < open.Length; i++)
        {
            all._open[open[i]] = (nodes[i], tries[i]);
        }

        for (var i = 0; i < lost.Length; i++)
        {
            all._lost[lost[i]] = times[i];
        }

        return all;
    }

    public EarlierTries() => _reasons = new();

    private EarlierTries(WordList reasons) => _reasons = reasons;

    private void NoteLost(EventReader log)
    {
        if (log.Number == 22)
        {
            _ = _lost.TryAdd(log.Cluster, log.At);
        }
        else
        {
            _ = _lost.Remove(log.Cluster);
        }
    }

    private static void Sum(ref NodeCourse sum, in NodeCourse ended, EventReader log)
    {
        sum.Wall += ended.Wall;
        sum.Lost += ended.Lost;
        if (log.Number == 5 && ended.ExitCode is { } code and not 0)
        {
            sum.FailedTries++;
            sum.FailedCode ??= code;
        }

        sum.Memory = Greater(sum.Memory, ended.Memory);
        sum.Disk = Greater(sum.Disk, ended.Disk);
        sum.EndedAt = ended.ExitCode == 0 ? log.At : sum.EndedAt;
    }

    /// <summary>The amount of which more was used; the first one where both are equal.</summary>
    public static Amount Greater(Amount one, Amount other) => other.Used > (one.Used ?? -1) ? other : one;
}
