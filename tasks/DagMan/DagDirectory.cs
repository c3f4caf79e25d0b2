using System.Globalization;
using System.IO.Abstractions;
using Outsource.WriteWorkflow;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.DagMan;

/// <summary>A submit directory: what the planner wrote, and what DAGMan and its monitor left there.</summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The directory. Absolute.</param>
public sealed class DagDirectory(IFileSystem disk, string path)
{
    public const string DagName = WorkflowFile.WorkflowName + "-0.dag";

    public string Path { get; } = path;

    public string Dag => In(DagName);

    public string NodesLog => In(DagName + ".nodes.log");

    public string DagmanOut => In(DagName + ".dagman.out");

    /// <summary>The schedd's log of DAGMan's own job.</summary>
    public string DagmanLog => In(DagName + ".dagman.log");

    /// <summary>The jobs' own event log: unlike <see cref="NodesLog"/> it holds image sizes.</summary>
    public string JobLog => In(WorkflowFile.WorkflowName + "-0.log");

    /// <summary>There while Pegasus' monitor runs; <c>pegasus-run</c> refuses to start beside it.</summary>
    public string MonitorPid => In("monitord.pid");

    /// <summary>Whether the planner got as far as the DAG.</summary>
    public bool IsPlanned => disk.File.Exists(Dag);

    /// <summary>Whether DAGMan ever began.</summary>
    public bool IsStarted => disk.File.Exists(DagmanOut);

    /// <summary>The id under which the queue knows all jobs of this workflow, DAGMan's own included; null when the planner left none.</summary>
    public string? RootId
    {
        get
        {
            try
            {
                var stream = new YamlStream();
                stream.Load(new StringReader(disk.File.ReadAllText(In("braindump.yml"))));
                var id = stream.Documents is [{ RootNode: YamlMappingNode root }] && root.Children.TryGetValue("root_wf_uuid", out var node) ? (node as YamlScalarNode)?.Value : null;

                // It becomes part of a ClassAd expression.
                return Guid.TryParse(id, CultureInfo.InvariantCulture, out _) ? id : null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or YamlException)
            {
                return null;
            }
        }
    }

    /// <summary>Path of a file in the directory.</summary>
    public string In(string file) => System.IO.Path.Combine(Path, file);
}
