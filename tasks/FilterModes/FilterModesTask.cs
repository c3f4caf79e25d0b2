using System.Globalization;
using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.QueryRuns;
using Outsource.Settings.Options;

namespace Outsource.FilterModes;

[TaskName(nameof(Target.FilterModes))]
[TaskDescription("Decide on every run and data type, and write the ledger with the reasons")]
[IsDependentOn(typeof(QueryRunsTask))]
public sealed class FilterModesTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        var runs = context.Outputs.Runs;
        var ledger = new LedgerFile(context.Disk, Path.Combine(context.Folder, LedgerFile.FileName));
        var reused = context.Reuse.Of(
            Target.FilterModes,
            ledger.FilePath,
            () => ledger,
            l => l.ReadHeader().Fingerprint,
            () => RunFilter.FingerprintOf(context.Disk, context.Loaded, runs)
        );
        if (reused is not null)
        {
            context.Outputs.Selected(reused, null);
            return;
        }

        context.RequireUnwritten(Target.FilterModes);
        var flying = context.InFlight(runs.Header.AskedAt);
        var selection = new RunFilter(context.Disk, context.Messages).Filter(
            context.Loaded,
            runs,
            context.Folder,
            context.Cancellation,
            flying
        );
        context.Outputs.Selected(selection.Ledger, selection.Totals);
        context.ReportResult(
            Target.FilterModes,
            string.Create(
                CultureInfo.InvariantCulture,
                $"FilterModes: {selection.Runs.Length:N0} of {Counted.Of(runs.Header.Runs, "run")} selected; "
                    + $"{selection.Totals.Of(Outcome.Process):N0} of {selection.Totals.Total:N0} run x data type to process."
            )
        );
    }
}
