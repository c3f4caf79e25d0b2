using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Operator.Calibrate;
using Outsource.Operator.Diagnosis;
using Outsource.Operator.Explain;
using Outsource.Operator.Reconcile;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Report;

/// <summary>What there is of a workflow. Every part may be missing; then the report says so.</summary>
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

    /// <summary>What would change the lines; null: that cannot be known.</summary>
    public LedgerRemedies? Remedies { get; init; }

    public JobPlan? Plan { get; init; }

    /// <summary>Its state; null: Pegasus never planned it.</summary>
    public WorkflowStatus? Status { get; init; }

    /// <summary>Its failed and held jobs by cause.</summary>
    public ImmutableArray<CauseGroup> Causes { get; init; } = [];

    /// <summary>The last calibration; null: there was none.</summary>
    public CalibrateSummary? Calibrated { get; init; }

    /// <summary>The last comparison with Rucio and the RunDB; null: there was none.</summary>
    public ReconcileRecord? Reconciled { get; init; }

    /// <summary>What is not there or cannot be read, one sentence each.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Runs that are in the plan.</summary>
    public ImmutableHashSet<int> Processed { get; init; } = [];

    /// <summary>Reads what is there.</summary>
    /// <param name="host">Where we run, and when.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="status">Its state.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="UsageException">There is nothing at all.</exception>
    public static ReportData Read(HostEnvironment host, WorkflowOnDisk workflow, WorkflowStatus status, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(status);
        var disk = host.Disk;
        var parts = new Parts(disk, workflow.Folder);
        var settings = parts.Read(SettingsArtifact.FileName, "LoadConfig", _ => RecordedSettings.Read(disk, workflow.Folder));
        var runs = parts.Read(RunsArtifact.FileName, "QueryRuns", path => RunsArtifact.Open(disk, path));
        var documents = runs is null ? null : parts.Read(RunsArtifact.FileName, "QueryRuns", _ => DocumentsOf(runs.Read(disk), cancel));
        var totals = new LedgerTotals();
        var ledger = parts.Read(LedgerFile.FileName, "FilterModes", _ => new LedgerView(disk, workflow.Folder));
        var header = ledger is null ? null : parts.Read(LedgerFile.FileName, "FilterModes", _ => ledger.ReadHeader());
        var lines = header is null ? null : parts.Read(LedgerFile.FileName, "FilterModes", _ => LinesOf(ledger!, totals, cancel));
        var plan = parts.Read(JobPlan.FileName, "PlanChunks", _ => JobPlan.Read(disk, workflow.Folder));
        if (new object?[] { settings, runs, ledger, plan }.All(part => part is null) && status.Counts.Total == 0)
        {
            throw new UsageException(
                $"workflow '{workflow.Name}' has no artifacts in '{workflow.Folder}' that could be shown. --target=DryRun "
                    + $"--name={workflow.Name} "
                    + "makes them."
            );
        }

        var data = new ReportData
        {
            Name = workflow.Name,
            Now = host.Now,
            Settings = settings,
            Source = runs?.Header,
            Documents = documents ?? ImmutableDictionary<int, RunDocument>.Empty,
            Ledger = lines is null ? null : header,
            Lines = lines is null ? [] : [.. lines],
            Totals = totals,
            Plan = plan,
            Status = status.Counts.Total > 0 ? status : null,
            Processed = plan is null ? [] : [.. plan.Groups.Select(g => g.Run)],
        };
        var (calibrated, compared) = (new CalibrateFile(disk, workflow.Folder), new ReconcileFile(disk, workflow.Folder));
        data = data with
        {
            Calibrated = parts.ReadIfAny(CalibrateFile.FileName, calibrated.Read),
            Reconciled = parts.ReadIfAny(ReconcileFile.FileName, () => compared.Read(ReconcilePart.Most)),
        };
        return data with { Remedies = RemediesOf(host, workflow, parts, runs, data), Missing = [.. parts.Missing.Distinct()] };
    }

    private static LedgerRemedies? RemediesOf(
        HostEnvironment host,
        WorkflowOnDisk workflow,
        Parts parts,
        RunsArtifact? runs,
        ReportData data
    )
    {
        LedgerRemedies Read(RunsArtifact known)
        {
            var loaded = SettingsArtifact.Read(host, Path.Combine(workflow.Folder, SettingsArtifact.FileName));
            LedgerRemedies.Check(host.Disk, loaded, known, data.Ledger!);
            return new LedgerRemedies(loaded, data.Lines);
        }

        return data is { Settings: not null, Ledger: not null } && runs is not null
            ? parts.Try("what would change a line cannot be shown", () => Read(runs))
            : null;
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

            return Try($"{file} cannot be shown", () => read(path));
        }

        /// <summary>What is read of a file that need not be there.</summary>
        public T? ReadIfAny<T>(string file, Func<T> read)
            where T : class => disk.File.Exists(Path.Combine(folder, file)) ? Try($"{file} cannot be shown", read) : null;

        /// <summary>What is read, or null; then the failure is among what is missing.</summary>
        public T? Try<T>(string failure, Func<T> read)
            where T : class
        {
            try
            {
                return read();
            }
            catch (Exception error) when (error is OutsourceException or IOException or UnauthorizedAccessException)
            {
                Missing.Add($"{failure}: {error.Message}");
                return null;
            }
        }
    }
}
