using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Report;

/// <summary>What there is of a workflow: every part may be missing, and then the report says so.</summary>
public sealed record ReportData
{
    public required string Name { get; init; }

    /// <summary>When the report is made, UTC.</summary>
    public required DateTimeOffset Now { get; init; }

    public RecordedSettings? Settings { get; init; }

    public RunsHeader? Source { get; init; }

    /// <summary>Run → its document, reduced to what the report shows.</summary>
    public ImmutableDictionary<int, RunDocument> Documents { get; init; } = ImmutableDictionary<int, RunDocument>.Empty;

    public LedgerHeader? Ledger { get; init; }

    public ImmutableArray<LedgerLine> Lines { get; init; } = [];

    public LedgerTotals Totals { get; init; } = new();

    public JobPlan? Plan { get; init; }

    /// <summary>Where it stands; null: it was never planned by Pegasus.</summary>
    public WorkflowStatus? Status { get; init; }

    /// <summary>What is not there or cannot be read, one sentence each.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Runs that are in the plan.</summary>
    public ImmutableHashSet<int> Processed { get; init; } = [];

    /// <summary>Reads what is there.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="status">Where it stands.</param>
    /// <param name="now">When the report is made.</param>
    /// <param name="cancel">Ends it at once.</param>
    /// <exception cref="UsageException">There is nothing at all.</exception>
    public static ReportData Read(
        IFileSystem disk,
        WorkflowOnDisk workflow,
        WorkflowStatus status,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(status);
        var parts = new Parts(disk, workflow.Folder);
        var settings = parts.Read(SettingsArtifact.FileName, "LoadConfig", _ => RecordedSettings.Read(disk, workflow.Folder));
        var runs = parts.Read(RunsArtifact.FileName, "QueryRuns", path => RunsArtifact.Open(disk, path));
        var documents = runs is null ? null : parts.Read(RunsArtifact.FileName, "QueryRuns", _ => DocumentsOf(runs.Read(disk), cancel));
        var totals = new LedgerTotals();
        var ledger = parts.Read(LedgerFile.FileName, "FilterModes", _ => new LedgerView(disk, workflow.Folder));
        var header = ledger is null ? null : parts.Read(LedgerFile.FileName, "FilterModes", _ => ledger.ReadHeader());
        var lines = header is null ? null : parts.Read(LedgerFile.FileName, "FilterModes", _ => LinesOf(ledger!, totals, cancel));
        var plan = parts.Read(JobPlan.FileName, "PlanChunks", _ => JobPlan.Read(disk, workflow.Folder));
        if (settings is null && runs is null && ledger is null && plan is null)
        {
            throw new UsageException(
                $"workflow '{workflow.Name}' has no artifacts in '{workflow.Folder}' that could be shown. --target=DryRun "
                    + $"--name={workflow.Name} "
                    + "makes them."
            );
        }

        return new ReportData
        {
            Name = workflow.Name,
            Now = now,
            Settings = settings,
            Source = runs?.Header,
            Documents = documents ?? ImmutableDictionary<int, RunDocument>.Empty,
            Ledger = lines is null ? null : header,
            Lines = lines is null ? [] : [.. lines],
            Totals = totals,
            Plan = plan,
            Status = status.Counts.Total > 0 ? status : null,
            Missing = [.. parts.Missing.Distinct()],
            Processed = plan is null ? [] : [.. plan.Groups.Select(g => g.Run)],
        };
    }

    private static ImmutableDictionary<int, RunDocument> DocumentsOf(IEnumerable<RunDocument> documents, CancellationToken cancel)
    {
        var kept = ImmutableDictionary.CreateBuilder<int, RunDocument>();
        foreach (var document in documents)
        {
            cancel.ThrowIfCancellationRequested();
            if (document.Number is { } number)
            {
                kept[number] = document;
            }
        }

        return kept.ToImmutable();
    }

    private static List<LedgerLine> LinesOf(LedgerView ledger, LedgerTotals totals, CancellationToken cancel)
    {
        List<LedgerLine> lines = [];
        foreach (var line in ledger.Read())
        {
            cancel.ThrowIfCancellationRequested();
            totals.Add(line);
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Artifacts of a folder, read as far as they can be.</summary>
    private sealed class Parts(IFileSystem disk, string folder)
    {
        /// <summary>What is not there or cannot be read, one sentence each.</summary>
        public List<string> Missing { get; } = [];

        public T? Read<T>(string file, string stage, Func<string, T> read)
            where T : class
        {
            var path = Path.Combine(folder, file);
            if (!disk.File.Exists(path))
            {
                Missing.Add($"{file} is not there yet: the stage {stage} makes it.");
                return null;
            }

            try
            {
                return read(path);
            }
            catch (Exception error) when (error is OutsourceException or IOException or UnauthorizedAccessException)
            {
                Missing.Add($"{file} cannot be shown: {error.Message}");
                return null;
            }
        }
    }
}
