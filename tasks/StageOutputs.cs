using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource;

/// <summary>
/// The typed output of each stage: from this invocation, or else from disk. If it is missing, the error names the stage that makes it and
/// the command.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="name">Name of the workflow, for the command in an error.</param>
/// <param name="folder">Folder of the artifacts.</param>
public sealed class StageOutputs(IFileSystem disk, Func<string> name, Func<string> folder)
{
    private RunsArtifact? _runs;
    private LedgerView? _ledger;
    private LedgerTotals? _totals;
    private JobPlan? _plan;
    private WrittenWorkflow? _workflow;
    private PlannedWorkflow? _planned;

    /// <summary>Of QueryRuns.</summary>
    public RunsArtifact Runs
    {
        get => _runs ??= RunsArtifact.Open(disk, Needed(RunsArtifact.FileName, Target.QueryRuns));
        set => _runs = value;
    }

    /// <summary>Of FilterModes, joined with what PlanChunks could not plan.</summary>
    public LedgerView Ledger => _ledger ??= new LedgerView(disk, Path.GetDirectoryName(Needed(LedgerFile.FileName, Target.FilterModes))!);

    /// <summary>The ledger's current totals.</summary>
    public LedgerTotals Totals => _totals ??= Ledger.ReadTotals();

    /// <summary>FilterModes has written a ledger.</summary>
    public void Selected(LedgerFile ledger, LedgerTotals? totals)
    {
        (_ledger, _totals) = (new LedgerView(disk, folder(), ledger), totals);
    }

    /// <summary>Of PlanChunks.</summary>
    public JobPlan Plan
    {
        get
        {
            _ = _plan is null ? Needed(JobPlan.FileName, Target.PlanChunks) : null;
            return _plan ??= JobPlan.Read(disk, folder());
        }
        set
        {
            // What could not be planned was learnt with the plan.
            (_ledger, _totals) = (_ledger is null ? null : new LedgerView(disk, folder(), _ledger.Selection), null);
            _plan = value;
        }
    }

    /// <summary>Of WriteWorkflow.</summary>
    public WrittenWorkflow Workflow
    {
        get
        {
            var path = _workflow is null ? Needed(WorkflowFolder.Workflow, Target.WriteWorkflow) : "";
            return _workflow ??= new WrittenWorkflow(
                path,
                WrittenWorkflow.FingerprintIn(disk, folder()) ?? "",
                disk.FileInfo.New(path).Length,
                EarlierOutputs.None
            );
        }
        set => _workflow = value;
    }

    /// <summary>Of PegasusPlan.</summary>
    public PlannedWorkflow Planned
    {
        get
        {
            _ = _planned is null ? Needed(PlannedWorkflow.FileName, Target.PegasusPlan) : null;
            return _planned ??= PlannedWorkflow.Read(disk, folder());
        }
        set => _planned = value;
    }

    /// <summary>The path of an artifact that must exist.</summary>
    /// <exception cref="UsageException">It is missing; the message says what makes it.</exception>
    public string Needed(string file, Target stage)
    {
        var path = Path.Combine(folder(), file);
        return disk.File.Exists(path)
            ? path
            : throw new UsageException(
                $"'{path}' is missing. Stage {stage} makes it: {ProgramCommand.Program} --target={stage} --name={name()}"
            );
    }
}
