using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Engines.Pegasus;

/// <summary>A submit directory: what the planner wrote, and what DAGMan and Pegasus' monitor left in it.</summary>
/// <param name="disk">The disk.</param>
/// <param name="path">Absolute.</param>
public sealed class SubmitDirectory(IFileSystem disk, string path)
{
    /// <summary>The workflow's name in workflow.yml; the planner names files after it.</summary>
    public const string WorkflowName = "xenonnt";

    /// <summary>The DAG file, as the planner names it after the workflow.</summary>
    public const string DagName = WorkflowName + "-0.dag";

    /// <summary>Comes before an engine's name in the planner's notes if the planner is ours (<c>planner: outsource-local</c>).</summary>
    public const string OwnPlanner = "outsource-";

    /// <summary>Run numbers, a line each: Resubmit --only has only these tried in parts that are still to be planned.</summary>
    public const string OnlyRuns = "parts.only";

    private EngineKind? _engine;

    /// <summary>Absolute.</summary>
    public string Path { get; } = path;

    public string Dag => In(DagName);

    public string NodesLog => In(DagName + ".nodes.log");

    public string DagmanOut => In(DagName + ".dagman.out");

    /// <summary>The schedd's log of DAGMan's own job.</summary>
    public string DagmanLog => In(DagName + ".dagman.log");

    /// <summary>The jobs' own event log: unlike <see cref="NodesLog"/> it contains image sizes.</summary>
    public string JobLog => In(WorkflowName + "-0.log");

    /// <summary>What tells how its nodes fared.</summary>
    public RecordPaths RecordPaths => new(Dag, NodesLog, JobLog);

    /// <summary>Exists while the workflow is halted: <c>pegasus-halt</c> creates it, <c>pegasus-run</c> deletes it.</summary>
    public string HaltFile => In(DagName + ".halt");

    /// <summary>Whether <c>pegasus-halt</c> was called, and not undone.</summary>
    public bool IsHalted => disk.File.Exists(HaltFile);

    /// <summary>What the planner counted.</summary>
    public string Metrics => In(WorkflowName + "-0.metrics");

    /// <summary>Exists while Pegasus' monitor is running; <c>pegasus-run</c> refuses to start then.</summary>
    public string MonitorPid => In("monitord.pid");

    /// <summary>The planner's notes.</summary>
    public string Notes => In("braindump.yml");

    public bool Exists => disk.Directory.Exists(Path);

    /// <summary>Whether there is a DAG to read, even if other files are missing.</summary>
    public bool HasDag => disk.File.Exists(Dag);

    /// <summary>Whether the planner finished, so that the DAG can be started: its notes and DAGMan's submit file exist.</summary>
    public bool IsPlanned => Braindump is not null && HasDag && disk.File.Exists(In(DagName + ".condor.sub"));

    /// <summary>Of a part: whether it is planned to the end. What plans it leaves this mark, and plans it anew without.</summary>
    public bool IsPlannedPart => disk.File.Exists(In("part-planned"));

    /// <summary>Whether DAGMan ever started.</summary>
    public bool IsStarted => disk.File.Exists(DagmanOut);

    /// <summary>Whether DAGMan's lock file exists. DAGMan deletes it on a normal end.</summary>
    public bool IsLocked => disk.File.Exists(In(DagName + ".lock"));

    /// <summary>Whether the monitor is running.</summary>
    public bool IsMonitored => disk.File.Exists(MonitorPid);

    /// <summary>The newest rescue file, or null: no DAGMan ended before everything was done.</summary>
    public RescueFile? Rescue => RescueFile.Newest(disk, Dag);

    /// <summary>The history of DAGMan's job.</summary>
    public DagmanJob Dagman => DagmanIn(TimeZoneInfo.Local);

    /// <summary>The history of DAGMan's job.</summary>
    /// <param name="zone">The submit host's time zone.</param>
    public DagmanJob DagmanIn(TimeZoneInfo zone) => DagmanJob.Read(disk, DagmanLog, zone);

    /// <summary>
    /// What DAGMan's log says, or null: it never started. HTCondor's return value of its job is not used: Pegasus' wrapper always exits
    /// with 0.
    /// </summary>
    /// <param name="zone">The submit host's time zone.</param>
    public DagmanOut? OutcomeIn(TimeZoneInfo zone) => IsStarted ? Records.DagmanOut.Read(disk, DagmanOut, zone) : null;

    /// <summary>The planner's notes, or null: nothing was planned here, or the planner was stopped before it wrote them.</summary>
    public Braindump? Braindump
    {
        get
        {
            if (!disk.File.Exists(Notes))
            {
                return null;
            }

            try
            {
                var root = YamlReader.Root(disk, Notes);
                string? Text(string key) => root.Text(key) is { Length: > 0 } value ? value : null;
                return Text("wf_uuid") is { } uuid && Text("dag") is not null ? new Braindump(uuid, Text("root_wf_uuid")) : null;
            }
            catch (DamagedYamlException)
            {
                return null;
            }
        }
    }

    /// <summary>The engine that it was planned for: the planner's notes name one of ours; Pegasus' own notes name none.</summary>
    public EngineKind Engine
    {
        get
        {
            try
            {
                return _engine ??= disk.File.Exists(Notes) && YamlReader.Root(disk, Notes).Text("planner") is { } word
                    ? Enum.GetValues<EngineKind>().FirstOrDefault(e => OwnPlanner + Spelling.Kebab(e.ToString()) == word)
                    : EngineKind.Pegasus;
            }
            catch (Exception error) when (error is DamagedYamlException or IOException or UnauthorizedAccessException)
            {
                // Whoever reads the notes says what is wrong with them.
                return EngineKind.Pegasus;
            }
        }
    }

    /// <summary>How messages name that engine.</summary>
    public EngineNames Names => EngineNames.Of(Engine);

    /// <summary>What is wrong with the planner's notes, as a sentence; null: nothing, or there are none.</summary>
    public string? NotesDamage
    {
        get
        {
            try
            {
                _ = disk.File.Exists(Notes) ? YamlReader.Root(disk, Notes) : null;
                return null;
            }
            catch (Exception error) when (error is DamagedYamlException or IOException or UnauthorizedAccessException)
            {
                return error.Message;
            }
        }
    }

    /// <summary>
    /// The id of all jobs of this workflow in the queue, DAGMan's included; null if the planner left none, or if it cannot be read.
    /// </summary>
    public string? RootId
    {
        get
        {
            try
            {
                // It becomes part of a ClassAd expression.
                return Braindump?.RootUuid is { } id && Guid.TryParse(id, CultureInfo.InvariantCulture, out _) ? id : null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Removes the halt file, so that a halted DAGMan continues, or the next one starts.</summary>
    public void TakeHaltAway() => disk.File.Delete(HaltFile);

    /// <summary>The parts, in the order of their numbers; empty: it is in one piece.</summary>
    public ImmutableArray<WorkflowPartPlace> Parts() =>
        HasDag && DagFile.Read(disk, Dag) is { HasParts: true } dag ? [.. Parts(dag.Nodes.Values)] : [];

    /// <summary>The parts among the nodes of its DAG.</summary>
    public IEnumerable<WorkflowPartPlace> Parts(IEnumerable<DagNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return nodes
            .Select(n => (Node: n, Id: PartNode.IdOf(n.Name)))
            .Where(n => n.Id is not null)
            .Select(n => Place(n.Node, n.Id!))
            .OrderBy(p => p.Number);
    }

    /// <summary>
    /// The planner names the directory of a part after the part's workflow and id (SUBDAXGenerator), and links it to its newest version.
    /// </summary>
    private WorkflowPartPlace Place(DagNode node, string id)
    {
        var place = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(node.SubmitFile) ?? "", $"{WorkflowName}_{id}");
        return new WorkflowPartPlace(id, PartNode.NumberOf(id), node.Name, place, new SubmitDirectory(disk, In(place)));
    }

    /// <summary>This directory, or those of the parts that are planned and this.</summary>
    public IEnumerable<SubmitDirectory> WithParts() => [this, .. Parts().Select(p => p.Directory).Where(d => d.HasDag)];

    /// <summary>All nodes, those of the parts that are planned included, by name.</summary>
    public IReadOnlyDictionary<string, DagNode> AllNodes()
    {
        var root = DagFile.Read(disk, Dag).Nodes;
        var parts = Parts(root.Values).Where(p => p.Directory.HasDag).ToList();
        return parts.Count == 0
            ? root
            : root
                .Values.Where(n => PartNode.IdOf(n.Name) is null)
                .Concat(parts.SelectMany(p => DagFile.Read(disk, p.Directory.Dag).Nodes.Values.Select(p.Seen)))
                .ToDictionary(n => n.Name, StringComparer.Ordinal);
    }

    /// <summary>The submit directory of a node: its part's, or this.</summary>
    public SubmitDirectory Of(DagNode node) => node.Place is { } place ? new SubmitDirectory(disk, In(place)) : this;

    /// <summary>Path of a file in the directory.</summary>
    public string In(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>
    /// Deletes its content, so that it can be planned again. It is renamed first: if the deletion is interrupted, the remaining part cannot
    /// be mistaken for a plan.
    /// </summary>
    /// <exception cref="UsageException">It contains files, but none of the planner: the folder belongs to something else.</exception>
    public void Empty()
    {
        var gone = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, $".{System.IO.Path.GetFileName(Path)}.gone");
        if (disk.Directory.Exists(gone))
        {
            disk.Directory.Delete(gone, recursive: true);
        }

        if (!Exists)
        {
            return;
        }

        var files = disk.Directory.EnumerateFileSystemEntries(Path).Select(f => System.IO.Path.GetFileName(f)).ToList();
        if (
            files.Count > 0
            && !files.Any(f =>
                f is "braindump.yml" or "catalogs" or "runlist.txt"
                || f.EndsWith(".dag", StringComparison.Ordinal)
                || f.EndsWith(".properties", StringComparison.Ordinal)
            )
        )
        {
            throw new UsageException(
                $"'{Path}' exists and contains no files of Pegasus, so it is not emptied. Move it away, or choose another name with "
                    + "--name=NAME."
            );
        }

        disk.Directory.Move(Path, gone);
        disk.Directory.Delete(gone, recursive: true);
    }
}
