using System.Globalization;
using Outsource.Operator.Calibrate;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>What the last calibration found and proposed.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class CalibratePart(ReportSections page, ReportData data)
{
    /// <summary>Writes it; nothing where there was no calibration.</summary>
    public void Write()
    {
        if (data.Calibrated is not { } known)
        {
            return;
        }

        page.Begin("calibrate", "Requests");
        page.Html.Add($"<p>What finished jobs used, fitted at {Stamp(known.At)}.</p>")
            .Raw("<p>To the right more jobs are tried again; upwards each asks for more than it uses.</p>");
        var drawn = known.Panels.Where(p => p.Points.Length > 0).ToList();
        if (drawn.Count == 0)
        {
            page.Html.Raw("<p>There is too little to go on: no family has enough finished jobs.</p>");
        }
        else
        {
            page.Html.Raw("<div class=\"drawing\">").Raw(WasteChart.Of([.. drawn])).Raw("</div>");
            page.Html.Add(
                new BarTable(
                    "Waste of a job, and jobs that are tried again, by quantile",
                    ["Jobs of", "Quantile", "#Waste", "Unit", "#Tried again, %"],
                    [
                        .. drawn.SelectMany(p =>
                            p.Points.Concat(p.Now is { } now ? [now] : [])
                                .Select(w => new BarRow(
                                    [p.Title, w.Label, w.Waste.ToString("N2", CultureInfo.InvariantCulture), p.Unit, Share(100 * w.Over)],
                                    0
                                ))
                        ),
                    ]
                ).Draw()
            );
        }

        if (!known.Proposals.IsEmpty)
        {
            page.Html.Add(
                new BarTable(
                    "Proposed; calibrate-config.diff and calibrate-levels.diff have it",
                    ["Proposed for", "#Now", "#Proposed", "~Why"],
                    [.. known.Proposals.Select(p => new BarRow([p.Key, p.Old ?? "-", p.New, p.Why], 0))]
                ).Draw()
            );
        }
    }
}
