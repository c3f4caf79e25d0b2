using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>The outcomes of the ledger and their reasons.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class OutcomesPart(ReportSections page, ReportData data)
{
    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Ledger is null)
        {
            return;
        }

        page.Begin("outcomes", "Outcomes");
        page.Html.Add(
            $"<p>{Counted.Of(data.Totals.Total, "line")}: one for each run and data type considered. Each has exactly one outcome "
                + $"and one reason. What is to process or to repair comes first. A number leads to its lines in the ledger.</p>"
        );
        Outcomes();
        page.Html.Raw("<h3>Reasons</h3>");
        Reasons();
    }

    private void Outcomes() =>
        page.Html.Add(
            new BarTable("Lines by outcome", ["Outcome", "#Lines"], [.. OutcomeOrder.All.Select(OfOutcome)])
            {
                Bar = "lines",
                Part = "to process",
                Total = ["total", Number(data.Totals.Total)],
            }.Draw()
        );

    private BarRow OfOutcome(Outcome outcome)
    {
        var lines = data.Totals.Of(outcome);
        return new BarRow([ReasonCodes.Spell(outcome), Number(lines)], lines, outcome == Outcome.Process ? lines : 0)
        {
            Filter = lines > 0 ? "outcome=" + ReasonCodes.Spell(outcome) : null,
        };
    }

    private void Reasons() =>
        page.Html.Add(
            new BarTable(
                "Lines by reason",
                ["Reason", "Outcome", "#Lines", "~Meaning", "~Example"],
                [
                    .. data
                        .Totals.Rows.OrderBy(r => OutcomeOrder.PlaceOf(r.Outcome))
                        .Select(r => new BarRow(
                            [
                                ReasonCodes.Spell(r.Reason),
                                ReasonCodes.Spell(r.Outcome),
                                Number(r.Count),
                                ReasonCodes.Of(r.Reason).Meaning,
                                r.Example,
                            ],
                            r.Count,
                            r.Outcome == Outcome.Process ? r.Count : 0
                        )
                        {
                            Filter = "code=" + ReasonCodes.Spell(r.Reason),
                        }),
                ]
            )
            {
                Bar = "lines",
                Part = "to process",
            }.Draw()
        );
}
