using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.WriteWorkflow;

/// <summary>What is said where a plan has no jobs. Work that is under way is no reason to look for a mistake.</summary>
public static class NothingToWrite
{
    /// <param name="totals">Of the ledger.</param>
    /// <param name="ledger">Is read where something is in flight.</param>
    public static NothingToDoException Of(LedgerTotals totals, LedgerView ledger)
    {
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(ledger);
        if (totals.Of(Outcome.InFlight) is not (> 0 and var lines))
        {
            return new NothingToDoException(
                "nothing to do: no run has a data type to process, so no workflow is written. The ledger says why for each; "
                    + "--target=DryRun shows the reasons."
            );
        }

        var first = ledger.Read().First(l => l.Verdict.Outcome == Outcome.InFlight);
        return new NothingToDoException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"nothing to do: what there is to process is under way already "
                    + $"({Counted.Of(lines, "run x data type", "runs x data types")}, such as run {first.Run} {first.Type}: "
                    + $"{first.Verdict.Detail}), so no workflow is written. --target=List shows all workflows; --include-in-flight "
                    + $"makes it twice."
            )
        );
    }
}
