using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.Pegasus;

/// <summary>What the planner notes about a submit directory in its <c>braindump.yml</c>.</summary>
/// <param name="Uuid">The workflow's own id; DAGMan's job in the queue carries it.</param>
/// <param name="Dag">Name of the DAG file: <c>xenonnt-0.dag</c>.</param>
/// <param name="PlannerVersion">Version of the planner, or null.</param>
public sealed record Braindump(string Uuid, string Dag, string? PlannerVersion);

/// <summary>The life of DAGMan's job, from the log that the schedd itself writes (<c>NAME.dag.dagman.log</c>).</summary>
/// <param name="Clusters">All jobs ever submitted, in order.</param>
/// <param name="Alive">Those without an end.</param>
/// <param name="Started">When the last one was submitted, in the submit host's own time as the log has it, or null.</param>
/// <param name="ReturnValue">Of the last one that ended by itself, or null.</param>
public sealed record DagmanLife(ImmutableArray<int> Clusters, ImmutableArray<int> Alive, string? Started, int? ReturnValue)
{
    public static DagmanLife Unborn { get; } = new([], [], null, null);
}

/// <summary>A submit directory as the planner and DAGMan leave it.</summary>
/// <param name="disk">The disk.</param>
/// <param name="path">Absolute.</param>
public sealed partial class SubmitDirectory(IFileSystem disk, string path)
{
    /// <summary>Absolute.</summary>
    public string Path { get; } = path;

    public bool Exists => disk.Directory.Exists(Path);

    /// <summary>The planner's notes, or null: nothing was planned here, or the planner was stopped before it wrote them.</summary>
    public Braindump? Braindump
    {
        get
        {
            var file = System.IO.Path.Combine(Path, "braindump.yml");
            if (!disk.File.Exists(file))
            {
                return null;
            }

            try
            {
                var stream = new YamlStream();
                stream.Load(new StringReader(disk.File.ReadAllText(file)));
                var root = stream.Documents is [{ RootNode: YamlMappingNode map }] ? map : [];
                string? Text(string key) => root.Children.TryGetValue(key, out var node) ? (node as YamlScalarNode)?.Value : null;
                return Text("wf_uuid") is { Length: > 0 } uuid && Text("dag") is { Length: > 0 } dag ? new Braindump(uuid, dag, Text("planner_version")) : null;
            }
            catch (YamlException)
            {
                return null;
            }
        }
    }

    /// <summary>Whether the planner came to its end: its notes are there, and what DAGMan is started with.</summary>
    public bool IsPlanned => Braindump is { } notes && disk.File.Exists(System.IO.Path.Combine(Path, notes.Dag)) && disk.File.Exists(System.IO.Path.Combine(Path, notes.Dag + ".condor.sub"));

    /// <summary>Whether DAGMan's own lock is there. It takes it away when it ends in peace.</summary>
    public bool IsLocked => Braindump is { } notes && disk.File.Exists(System.IO.Path.Combine(Path, notes.Dag + ".lock"));

    /// <summary>Whether the monitor runs; pegasus-run refuses then.</summary>
    public bool IsMonitored => disk.File.Exists(System.IO.Path.Combine(Path, "monitord.pid"));

    /// <summary>The life of DAGMan's job.</summary>
    public DagmanLife Life
    {
        get
        {
            var file = Braindump is { } notes ? System.IO.Path.Combine(Path, notes.Dag + ".dagman.log") : null;
            return file is not null && disk.File.Exists(file) ? LifeIn(disk.File.ReadLines(file)) : DagmanLife.Unborn;
        }
    }

    /// <summary>Reads DAGMan's job log.</summary>
    public static DagmanLife LifeIn(IEnumerable<string> lines)
    {
        var (clusters, alive) = (new List<int>(), new List<int>());
        string? started = null;
        int? returned = null;
        foreach (var line in lines)
        {
            if (Event().Match(line) is { Success: true } found)
            {
                var cluster = int.Parse(found.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                switch (found.Groups[1].Value)
                {
                    case "000":
                        clusters.Add(cluster);
                        alive.Add(cluster);
                        (started, returned) = (found.Groups[3].Value, null);
                        break;
                    case "005" or "009":
                        alive.Remove(cluster);
                        break;
                }
            }
            else if (Return().Match(line) is { Success: true } value)
            {
                returned = int.Parse(value.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            }
        }

        return new DagmanLife([.. clusters], [.. alive], started, returned);
    }

    /// <summary>Takes away what is in it, so that it can be planned anew.</summary>
    /// <exception cref="UsageException">There are files, but none of them is the planner's: it is somebody else's folder.</exception>
    public void Empty()
    {
        if (!Exists)
        {
            return;
        }

        var files = disk.Directory.EnumerateFileSystemEntries(Path).Select(f => System.IO.Path.GetFileName(f)).ToList();
        if (files.Count > 0 && !files.Any(f => f is "braindump.yml" or "catalogs" or "runlist.txt" || f.EndsWith(".dag", StringComparison.Ordinal) || f.EndsWith(".properties", StringComparison.Ordinal)))
        {
            throw new UsageException($"'{Path}' is in the way, and nothing in it is Pegasus': it is not emptied. Move it away, or choose another name with --name=NAME.");
        }

        disk.Directory.Delete(Path, recursive: true);
    }

    [GeneratedRegex(@"^([0-9]{3}) \(0*([0-9]+)\.[0-9]+\.[0-9]+\) ([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})")]
    private static partial Regex Event();

    [GeneratedRegex(@"^\s*\(1\) Normal termination \(return value ([0-9]+)\)")]
    private static partial Regex Return();
}
