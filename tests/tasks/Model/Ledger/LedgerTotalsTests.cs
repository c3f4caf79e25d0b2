using Outsource.Model.Ledger;

namespace Outsource.Tests.Model.Ledger;

public sealed class LedgerTotalsTests
{
    [Test]
    public void Should_count_by_outcome_and_then_by_code_with_the_first_run_as_example()
    {
        var totals = new LedgerTotals();

        foreach (
            var (run, reason) in new[] { (7000, Reason.Tagged), (7001, Reason.ModeExcluded), (7002, Reason.Tagged), (7003, Reason.ToBeMade) }
        )
        {
            totals.Add(new LedgerLine(run, null, "peaklets", new Verdict(reason, $"why {run}"), "FilterModes"));
        }

        Assert.That(
            totals.Rows,
            Is.EqualTo(
                new[]
                {
                    new LedgerRow(Outcome.Process, Reason.ToBeMade, 1, "run 7003: why 7003"),
                    new LedgerRow(Outcome.Excluded, Reason.ModeExcluded, 1, "run 7001: why 7001"),
                    new LedgerRow(Outcome.Excluded, Reason.Tagged, 2, "run 7000: why 7000"),
                }
            )
        );
        Assert.That((totals.Total, totals.Of(Outcome.Excluded), totals.Of(Outcome.NotFound)), Is.EqualTo((4L, 3L, 0L)));
    }
}
