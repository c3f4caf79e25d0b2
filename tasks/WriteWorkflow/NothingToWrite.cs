using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.WriteWorkflow;

/// <summary>The message if a plan has no jobs. If the work is in flight, there is no error to search for.</summary>
public static class NothingToWrite
{
    /// <param name="totals">Of the ledger.</param>
    /// <param name="ledger">It is read if something is in flight.</param>
    public static NothingToDoException Of(LedgerTotals totals, LedgerView ledger)
    {
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(ledger);
        if (totals.Of(Outcome.InFlight) is not (> 0 and var lines))
        {
            return new NothingToDoException(
                "nothing to do: no run has a data type to process, so no workflow is written. The ledger has the reason for each; "
                    + "--target=DryRun shows the reasons."
            );
        }

        var first = ledger.Read().First(l => l.Verdict.Outcome == Outcome.InFlight);
        return new NothingToDoException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"nothing to do: everything to process is already in flight "
                    + $"({Counted.Of(lines, "run x data type", "runs x data types")}, such as run {first.Run} {first.Type}: "
                    + $"{first.Verdict.Detail}), so no workflow is written. --target=List shows all workflows; --include-in-flight "
                    + $"makes the data twice."
            )
        );
    }
}
