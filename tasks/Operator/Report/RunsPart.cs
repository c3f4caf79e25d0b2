using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>When the runs were taken, and at which RSEs the data are that jobs read.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class RunsPart(ReportSections page, ReportData data)
{
    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Documents.IsEmpty)
        {
            return;
        }

        page.Begin("runs", "Runs");
        ByTime();
        if (data.Plan is { } plan)
        {
            VolumePerRse(plan);
        }
    }

    private void ByTime()
    {
        var taken = data.Documents.Values.Select(d => (d.Number, Day: d.Start is { Length: >= 10 } start ? start[..10] : null)).ToList();
        var days = taken.Select(t => t.Day).OfType<string>().Distinct().Count();
        var cut =
            days <= 31 ? 10
            : taken.Select(t => t.Day?[..7]).Distinct().Count() <= 48 ? 7
            : 4;
        var rows = taken
            .GroupBy(t => t.Day?[..cut] ?? "unknown", StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (g.Key, All: g.Count(), Some: g.Count(t => t.Number is { } n && data.Processed.Contains(n))));
        page.Html.Add(
            new BarTable(
                cut == 10 ? "Runs by the day they were taken"
                    : cut == 7 ? "Runs by the month they were taken"
                    : "Runs by the year they were taken",
                ["Taken", "#Considered", "#To process"],
                [.. rows.Select(r => new BarRow([r.Key, Number(r.All), Number(r.Some)], r.All, r.Some))]
            )
            {
                Bar = "considered",
                Part = "to process",
            }.Draw()
        );
    }

    private void VolumePerRse(JobPlan plan)
    {
        var inputs = plan
            .Groups.Where(g => g.Input.Kind != InputKind.Workflow)
            .DistinctBy(g => (g.Run, g.Input.Did))
            .SelectMany(g => g.Input.Rses.Select(rse => (Rse: rse, Bytes: g.InputBytes ?? 0)))
            .GroupBy(i => i.Rse, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal);
        page.Html.Raw("<h3>Volume per RSE</h3>");
        page.Html.Add(
            new BarTable(
                "Data that jobs read, by RSE; what is at two RSEs counts at both"
                    + (
                        plan.GroupsOfUnknownSize > 0
                            ? $"; {Counted.Of(plan.GroupsOfUnknownSize, "input")} of unknown size not in the volume"
                            : ""
                    ),
                ["RSE", "#Datasets", "#Volume, TB"],
                [
                    .. inputs.Select(g => new BarRow(
                        [g.Key, Number(g.Count()), (g.Sum(i => i.Bytes) / 1e12).ToString("N3", CultureInfo.InvariantCulture)],
                        g.Sum(i => i.Bytes)
                    )),
                ]
            )
            {
                Bar = "TB",
            }.Draw()
        );
    }
}
