using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>What the last comparison with Rucio and the RunDB found.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class ReconcilePart(ReportSections page, ReportData data)
{
    /// <summary>Lines that are shown; the artifact has all.</summary>
    public const int Most = 200;

    /// <summary>Writes it; nothing where there was no comparison.</summary>
    public void Write()
    {
        if (data.Reconciled is not { } record)
        {
            return;
        }

        page.Begin("reconcile", "Loadable");
        page.Html.Add($"<p>Plan, Rucio, RunDB and metadata, compared at {Stamp(record.At)}.</p>");
        var all = record.Totals.Sum(t => t.Number);
        page.Html.Add(
            new BarTable(
                "Data types of runs by outcome",
                ["Outcome", "~Meaning", "#Datasets"],
                [
                    .. record.Totals.Select(t => new BarRow(
                        [OutcomeCodes.Spell(t.Outcome), OutcomeCodes.Meaning(t.Outcome), Number(t.Number)],
                        t.Number,
                        OutcomeCodes.Agrees(t.Outcome) ? t.Number : 0
                    )),
                ]
            )
            {
                Bar = "all",
                Part = "agreeing",
                Total = ["total", "", Number(all)],
            }.Draw()
        );
        if (record.Lines.IsEmpty)
        {
            return;
        }

        page.Html.Raw("<h3>What does not agree</h3>");
        page.Html.Add(
            new BarTable(
                record.Lines.Length < Most ? "What does not agree" : $"The first {Most} that do not agree; reconcile.jsonl has all",
                ["Run", "Type", "Outcome", "~What was found", "Steps"],
                [
                    .. record.Lines.Select(l => new BarRow(
                        [
                            RunDocument.Padded(l.Run),
                            l.Type,
                            OutcomeCodes.Spell(l.Outcome),
                            l.Detail,
                            l.Steps.IsEmpty ? "-" : string.Join(", ", l.Steps),
                        ],
                        0
                    )),
                ]
            ).Draw()
        );
    }
}
