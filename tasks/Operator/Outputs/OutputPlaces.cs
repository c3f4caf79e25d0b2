using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Planning;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Outputs;

/// <summary>Finds results: files in the outputs folder, and datasets that the jobs uploaded.</summary>
/// <param name="disk">The disk.</param>
/// <param name="workflow">The workflow.</param>
/// <param name="plan">Its plan, or null if it is missing: then only files and jobs are used.</param>
/// <param name="status">Its status.</param>
public sealed class OutputPlaces(IFileSystem disk, WorkflowOnDisk workflow, JobPlan? plan, WorkflowStatus status)
{
    private readonly Dictionary<string, bool> _stagedOut = new(StringComparer.Ordinal);

    /// <summary>The runs of the workflow.</summary>
    public IEnumerable<int> Runs => (plan?.Groups.Select(g => g.Run) ?? status.Runs.Select(r => r.Run)).Distinct();

    /// <summary>One row per run and data type, ascending.</summary>
    /// <param name="only">Only of these runs; null: of all.</param>
    /// <param name="progress">Counts the rows; or null.</param>
    public IReadOnlyList<OutputPlace> Read(ImmutableSortedSet<int>? only, IProgressDisplay? progress = null)
    {
        var files = Returned();
        var unpacked = OutputIndex.Read(disk, workflow.OutputsFolder).ToLookup(o => o.Tarball, StringComparer.Ordinal);
        var last = LastNodes();
        var told = Uploads();
        var uploads = told && !RecordedSettings.IsCanary(disk, workflow.Folder);
        var asked = (plan is null ? OfNodes(last) : OfPlan(plan, told, uploads))
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
                    var (file, bytes) = Found(g, files[g.File].FirstOrDefault(), [.. unpacked[g.File]]);
                    var done = state == NodeState.Done;
                    return new OutputPlace(
                        g.Run,
                        g.Type,
                        state,
                        file,
                        bytes,
                        done ? g.Datasets : [],
                        done && file is null && g.Returns
                    )
                    {
                        Nowhere = done && file is null && !g.Returns && told && !uploads,
                    };
                }),
        ];
    }

    /// <summary>A result in the plan.</summary>
    /// <param name="Run">Run number.</param>
    /// <param name="Type">Data type.</param>
    /// <param name="File">Name of the file that holds it.</param>
    /// <param name="Returns">Whether that file is staged out.</param>
    /// <param name="Datasets">The datasets of its upload.</param>
    private sealed record Expected(int Run, string Type, string File, bool Returns, ImmutableArray<string> Datasets);

    /// <summary>The tarball; else where its data was unpacked, first that of the asked type.</summary>
    private (string? Path, long? Bytes) Found(Expected expected, string? tarball, ImmutableArray<UnpackedOutput> unpacked) =>
        tarball is not null ? (tarball, disk.FileInfo.New(tarball).Length)
        : unpacked.FirstOrDefault(o => o.Type == expected.Type) is { } asked ? (asked.Path, unpacked.Sum(o => o.Bytes))
        : unpacked.IsEmpty ? (null, null)
        : (unpacked[0].Path, unpacked.Sum(o => o.Bytes));

    private IEnumerable<Expected> OfPlan(JobPlan plan, bool told, bool uploads) =>
        plan.Groups.Select(g => new Expected(
            g.Run,
            g.Type,
            g.LastOutput,
            g.Level is null ? !g.Chunked || !told : IsStagedOut(g),
            uploads ? [.. g.Hashes.Select(h => $"xnt_{RunDocument.Padded(g.Run)}:{h.Key}-{h.Value}")] : []
        ));

    /// <summary>Whether the last job's tarball of a level comes to the submit host.</summary>
    private bool IsStagedOut(JobGroup group)
    {
        var level = group.Chunked ? "combine" : "upper";
        if (!_stagedOut.TryGetValue(level, out var known))
        {
            _stagedOut[level] = known = RecordedSettings.Lists(disk, workflow.Folder, "stage_out", level);
        }

        return known;
    }

    /// <summary>Without the plan.</summary>
    private static IEnumerable<Expected> OfNodes(Dictionary<(int Run, string Type), NodeStatus> last) =>
        last.Select(n => new Expected(
            n.Key.Run,
            n.Key.Type,
            FileOf(n.Key.Run, n.Key.Type, n.Value.Name.Part is not null),
            n.Value.Name.Part is null,
            []
        ));

    /// <summary>The files in the outputs folder, by name.</summary>
    private ILookup<string, string> Returned() =>
        disk.Directory.Exists(workflow.OutputsFolder)
            ? disk
                .Directory.EnumerateFiles(workflow.OutputsFolder, "*", SearchOption.AllDirectories)
                .ToLookup(f => Path.GetFileName(f), StringComparer.Ordinal)
            : Enumerable.Empty<string>().ToLookup(f => f, StringComparer.Ordinal);

    /// <summary>Run and type → the node after which the result exists.</summary>
    private Dictionary<(int Run, string Type), NodeStatus> LastNodes() =>
        status
            .Nodes.Where(n => n.Name.Run is not null)
            .GroupBy(n => (n.Name.Run!.Value, n.Name.Type!))
            .ToDictionary(
                g => g.Key,
                g =>
                    g.FirstOrDefault(n => n.Name.Part == JobGroup.CombineJob)
                    ?? g.FirstOrDefault(n => n.Name.Part is null)
                    ?? g.Last()
            );

    /// <summary>Draws the rows.</summary>
    public static void Draw(IAnsiConsole console, IEnumerable<OutputPlace> rows)
    {
        var table = new ReportTable(new OutputsTable());
        foreach (var row in rows)
        {
            string[] where =
            [
                .. row.Datasets,
                .. row.File is { } file ? new[] { file }
                : row.Awaited ? ["not transferred yet (stage-out)"]
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
                new Cell(row.Bytes is { } bytes ? Megabytes(bytes) : "-"),
                Cell.Of(where)
            );
        }

        console.Write(table);
    }

    private static string FileOf(int run, string type, bool chunked) =>
        $"{RunDocument.Padded(run)}-{(chunked ? $"{type}-combined" : $"output-{type}")}.tar.gz";

    /// <summary>Whether the jobs are told to upload; a canary is told so too, but uploads nothing.</summary>
    private bool Uploads()
    {
        string[] names = [WorkflowFolder.Workflow, Path.Combine(WorkflowFolder.Parts, "part-0000.yml")];
        return names
            .Select(n => Path.Combine(workflow.Folder, n))
            .Where(disk.File.Exists)
            .SelectMany(path => BoundedText.Lines(disk, path))
            .Any(l => l.Contains("\"--upload\"", StringComparison.Ordinal));
    }

    /// <summary>Enough digits to distinguish a small file from an empty one.</summary>
    private static string Megabytes(long bytes) =>
        (bytes / 1e6).ToString(
            bytes < 100 ? "0.0#####"
                : bytes < 100_000 ? "0.0###"
                : "N1",
            CultureInfo.InvariantCulture
        );
}
