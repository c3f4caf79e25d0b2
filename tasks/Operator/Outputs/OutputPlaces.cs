using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Outputs;

/// <summary>Where one result is.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Data type.</param>
/// <param name="State">Where its last job stands; null: no job of the DAG makes it.</param>
/// <param name="File">The file that came back, or null.</param>
/// <param name="Bytes">Its size, or null.</param>
/// <param name="Datasets">What the jobs upload it as; empty where nothing is uploaded or nobody tells.</param>
/// <param name="Awaited">Whether it is made, and Pegasus has not brought it back yet: one stage-out takes the files of several runs, and
/// waits for the slowest.</param>
public sealed record OutputPlace(
    int Run,
    string Type,
    NodeState? State,
    string? File,
    long? Bytes,
    ImmutableArray<string> Datasets,
    bool Awaited
)
{
    /// <summary>Whether it is made by a stand-in that uploads nothing, and does not come back: it is nowhere.</summary>
    public bool Nowhere { get; init; }

    /// <summary>Whether it is there.</summary>
    public bool Done => State == NodeState.Done || File is not null;
}

/// <summary>Finds results: files that came back to the submit host, and datasets that the jobs uploaded.</summary>
/// <param name="disk">The disk.</param>
/// <param name="workflow">The workflow.</param>
/// <param name="plan">Its plan, or null where that is gone: then files and jobs alone tell.</param>
/// <param name="status">Where it stands.</param>
public sealed class OutputPlaces(IFileSystem disk, WorkflowOnDisk workflow, JobPlan? plan, WorkflowStatus status)
{
    /// <summary>The runs of the workflow.</summary>
    public IEnumerable<int> Runs => (plan?.Groups.Select(g => g.Run) ?? status.Runs.Select(r => r.Run)).Distinct();

    /// <summary>One row per run and data type, ascending.</summary>
    /// <param name="only">Only of these runs; null: of all.</param>
    /// <param name="progress">Told each row, and how many there will be; or null.</param>
    public IReadOnlyList<OutputPlace> Read(ImmutableSortedSet<int>? only, IProgressDisplay? progress = null)
    {
        var files = disk.Directory.Exists(workflow.OutputsFolder)
            ? disk
                .Directory.EnumerateFiles(workflow.OutputsFolder, "*", SearchOption.AllDirectories)
                .ToLookup(f => Path.GetFileName(f), StringComparer.Ordinal)
            : Enumerable.Empty<string>().ToLookup(f => f, StringComparer.Ordinal);
        var last = status
            .Nodes.Where(n => n.Name.Run is not null)
            .GroupBy(n => (n.Name.Run!.Value, n.Name.Type!))
            .ToDictionary(g => g.Key, g => g.FirstOrDefault(n => n.Name.Part == JobPlan.CombineJob) ?? g.Last());
        var told = Uploads();
        var uploads = told && !RecordedSettings.IsCanary(disk, workflow.Folder);
        var groups =
            plan?.Groups.Select(g =>
                (
                    g.Run,
                    g.Type,
                    File: g.LastOutput,
                    Returns: !g.Chunked || !told,
                    Sets: uploads ? g.Hashes.Select(h => $"xnt_{RunDocument.Padded(g.Run)}:{h.Key}-{h.Value}").ToImmutableArray() : []
                )
            )
            ?? last.Keys.Select(k =>
                (
                    Run: k.Value,
                    Type: k.Item2,
                    File: FileOf(k.Value, k.Item2, last[k].Name.Part is not null),
                    Returns: last[k].Name.Part is null,
                    Sets: ImmutableArray<string>.Empty
                )
            );
        var asked = groups
            .Where(g => only is null || only.Contains(g.Run))
            .OrderBy(g => g.Run)
            .ThenBy(g => g.Type, StringComparer.Ordinal)
            .ToList();
        progress?.Expect(asked.Count);
        return
        [
            .. progress
                .Over(asked)
                .Select(g =>
                {
                    var state = last.GetValueOrDefault((g.Run, g.Type))?.State;
                    var file = files[g.File].FirstOrDefault();
                    return new OutputPlace(
                        g.Run,
                        g.Type,
                        state,
                        file,
                        file is null ? null : disk.FileInfo.New(file).Length,
                        state == NodeState.Done ? g.Sets : [],
                        state == NodeState.Done && file is null && g.Returns
                    )
                    {
                        Nowhere = state == NodeState.Done && file is null && !g.Returns && told && !uploads,
                    };
                }),
        ];
    }

    /// <summary>Draws the rows.</summary>
    public static void Draw(IAnsiConsole console, IEnumerable<OutputPlace> rows)
    {
        var table = ReportTables.New(console, "#Run", "Type", "State", "#MB", "Where");
        foreach (var row in rows)
        {
            string[] where =
            [
                .. row.Datasets,
                .. row.File is { } file ? new[] { file }
                : row.Awaited ? ["not brought back yet (stage-out)"]
                : row.Nowhere ? ["nowhere: a canary uploads nothing"]
                : row.Datasets.IsEmpty ? ["-"]
                : [],
            ];
            table.AddRow(
                new Cell(RunDocument.Padded(row.Run)),
                new Cell(row.Type),
                new Cell(
                    row.State is { } state ? StateNames.Spell(state)
                    : row.File is null ? "unknown"
                    : "there"
                ),
                new Cell(
                    row.Bytes is { } bytes ? (bytes / 1e6).ToString(bytes < 1e5 ? "0.0###" : "N1", CultureInfo.InvariantCulture) : "-"
                ),
                Cell.Of(where)
            );
        }

        console.Write(table);
    }

    private static string FileOf(int run, string type, bool chunked) =>
        $"{RunDocument.Padded(run)}-{(chunked ? $"{type}-combined" : $"output-{type}")}.tar.gz";

    /// <summary>Whether the jobs are told to upload; a canary is told so too, and uploads nothing.</summary>
    private bool Uploads()
    {
        var path = Path.Combine(workflow.Folder, WorkflowFolder.Workflow);
        return disk.File.Exists(path) && BoundedText.Lines(disk, path).Any(l => l.Contains("\"--upload\"", StringComparison.Ordinal));
    }
}
