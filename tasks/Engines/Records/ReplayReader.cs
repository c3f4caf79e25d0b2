using System.IO.Abstractions;

namespace Outsource.Engines.Records;

/// <summary>The files of a DAG that tell what happened to its nodes.</summary>
/// <param name="Dag">The DAG file.</param>
/// <param name="NodesLog">DAGMan's log of events.</param>
/// <param name="JobLog">The jobs' own log.</param>
public sealed record RecordPaths(string Dag, string NodesLog, string JobLog)
{
    private const string Prefix = ".outsource-",
        Suffix = ".cache";

    /// <summary>The cache for <see cref="NodesLog"/>.</summary>
    public string NodesCache => Beside("nodes");

    /// <summary>The cache for <see cref="JobLog"/>.</summary>
    public string JobsCache => Beside("jobs");

    /// <summary>Whether a file is such a cache, by its name.</summary>
    public static bool IsCache(string name) =>
        name is not null && name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    private string Beside(string what) => Path.Combine(Path.GetDirectoryName(Dag)!, Prefix + what + Suffix);
}

/// <summary>
/// Reads what happened to the nodes of a DAG: all of it, or what is new since the last look. What comes out is the same.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="paths">The files.</param>
/// <param name="zone">The submit host's time zone.</param>
/// <param name="newest">No event is later.</param>
public sealed class ReplayReader(IFileSystem disk, RecordPaths paths, TimeZoneInfo zone, DateTimeOffset newest)
{
    private EarlierTries? _jobs;
    private RescueFile? _rescue;

    /// <summary>Whether what earlier looks have kept is used.</summary>
    public CacheUse Cache { get; init; } = CacheUse.Read;

    /// <summary>As long as a log has grown by less than this, in bytes, its cache is not written again.</summary>
    internal long LeastNews { get; init; } = 1 << 18;

    /// <summary>Reads the DAG, and DAGMan's log where there is one.</summary>
    /// <param name="rescue">What an earlier DAGMan left, or null.</param>
    public NodeReplay Read(RescueFile? rescue)
    {
        _rescue = rescue;
        return Cache == CacheUse.Off ? Anew(keepChanges: false) : ReadOn();
    }

    /// <summary>Reads all anew, with the changes of states.</summary>
    /// <param name="rescue">What an earlier DAGMan left, or null.</param>
    public NodeReplay ReadWithChanges(RescueFile? rescue)
    {
        _rescue = rescue;
        return Anew(keepChanges: true);
    }

    /// <summary>Adds what earlier DAGMans did, from the jobs' own log.</summary>
    public void AddEarlier(NodeReplay replay)
    {
        ArgumentNullException.ThrowIfNull(replay);
        if (disk.File.Exists(paths.JobLog))
        {
            replay.Add(Jobs(replay, replay.History));
        }
    }

    /// <summary>Marks the jobs whose machines HTCondor has lost.</summary>
    public void MarkLost(NodeReplay replay)
    {
        ArgumentNullException.ThrowIfNull(replay);
        if (disk.File.Exists(paths.JobLog))
        {
            replay.MarkLost(Jobs(replay, null));
        }
    }

    private NodeReplay Anew(bool keepChanges)
    {
        var replay = new NodeReplay(DagFile.Read(disk, paths.Dag), _rescue);
        if (keepChanges)
        {
            replay.KeepChanges();
        }

        if (disk.File.Exists(paths.NodesLog))
        {
            _ = replay.Read(disk, paths.NodesLog, zone, newest);
        }

        return replay;
    }

    private NodeReplay ReadOn()
    {
        var key = new CacheKey(disk, paths.Dag, _rescue, zone, paths.NodesLog);
        var cache = new RecordsCache(disk, paths.NodesCache, key);
        var before = FileMark.Of(disk, paths.NodesLog);
        var replay =
            cache.Load(paths.NodesLog, c => NodeReplay.Load(DagFile.Load(c), c), r => r.Place.Bytes)
            ?? new NodeReplay(DagFile.Read(disk, paths.Dag), _rescue);
        var from = replay.Place.Bytes;
        if (before.Size < 0)
        {
            return replay;
        }

        using var log = new EventReader(disk, paths.NodesLog, new EventTime(zone, newest), replay.Place);
        var more = replay.ReadOn(log);
        if (Cache == CacheUse.Keep && replay.Count > 0 && !log.HasGuessed && cache.IsWorthIt(replay.Place.Bytes - from, LeastNews))
        {
            cache.Save(
                paths.NodesLog,
                before,
                replay.Place.Bytes,
                c =>
                {
                    replay.Dag.Save(c);
                    replay.Save(c);
                }
            );
        }

        if (more)
        {
            replay.Take(log);
        }

        return replay;
    }

    /// <summary>What the jobs' own log tells; it is read once.</summary>
    /// <param name="replay">The nodes.</param>
    /// <param name="history">Gets the changes, or null.</param>
    private EarlierTries Jobs(NodeReplay replay, StateHistory? history)
    {
        if (_jobs is not null)
        {
            return _jobs;
        }

        var key = new CacheKey(disk, paths.Dag, _rescue, zone, paths.JobLog);
        var cache = new RecordsCache(disk, paths.JobsCache, key);
        var before = FileMark.Of(disk, paths.JobLog);
        var usesCache = Cache != CacheUse.Off && replay.History is null;
        var jobs = usesCache ? cache.Load(paths.JobLog, c => EarlierTries.Load(c, replay.Count), j => j.Place.Bytes) : null;
        if (jobs?.Contradicts(replay.Clusters) != false)
        {
            (jobs, cache) = (new EarlierTries(), new RecordsCache(disk, paths.JobsCache, key));
        }

        var from = jobs.Place.Bytes;
        using var log = new EventReader(disk, paths.JobLog, new EventTime(zone, newest), jobs.Place);
        var more = jobs.ReadOn(log, replay.Dag, replay.Clusters, history);
        if (Cache == CacheUse.Keep && usesCache && !log.HasGuessed && cache.IsWorthIt(jobs.Place.Bytes - from, LeastNews))
        {
            cache.Save(paths.JobLog, before, jobs.Place.Bytes, jobs.Save);
        }

        if (more)
        {
            jobs.Take(log, replay.Dag, replay.Clusters, history);
        }

        return _jobs = jobs;
    }
}
