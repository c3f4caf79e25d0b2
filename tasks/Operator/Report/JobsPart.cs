using Outsource.Artifacts;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>The jobs of the plan: by name, by data type, and the chunks of runs.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class JobsPart(ReportSections page, ReportData data)
{
    /// <summary>The ranges of chunks per run, one bar each.</summary>
    private static readonly (int From, int To)[] Bins =
    [
        (0, 0),
        (1, 10),
        (11, 20),
        (21, 50),
        (51, 100),
        (101, 200),
        (201, 500),
        (501, 1000),
        (1001, int.MaxValue),
    ];

    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Plan is not { Groups.IsEmpty: false } plan)
        {
            return;
        }

        page.Begin("jobs", "Jobs");
        ByName(plan);
        ByType(plan);
        ChunksPerRun(plan);
    }

    private void ByName(JobPlan plan) =>
        page.Html.Add(
            new BarTable(
                "Jobs by name, and what they ask for",
                ["Job", "#Jobs", "#Memory in all, GB", "#Disk in all, TB"],
                [
                    .. plan.PerJobName.Select(j => new BarRow(
                        [j.Key, Number(j.Value.Jobs), Number(j.Value.MemoryMb / 1000.0), Share(j.Value.DiskKb / 1e9)],
                        j.Value.Jobs
                    )),
                ]
            )
            {
                Bar = "jobs",
                Total =
                [
                    "total",
                    Number(plan.Jobs),
                    Number(plan.PerJobName.Values.Sum(s => s.MemoryMb) / 1000.0),
                    Share(plan.PerJobName.Values.Sum(s => s.DiskKb) / 1e9),
                ],
            }.Draw()
        );

    private void ByType(JobPlan plan) =>
        page.Html.Add(
            new BarTable(
                "Jobs by data type",
                ["Data type", "#Runs", "#Jobs", "#Chunks"],
                [
                    .. plan
                        .Groups.GroupBy(g => g.Type, StringComparer.Ordinal)
                        .OrderBy(g => g.Key, StringComparer.Ordinal)
                        .Select(g => new BarRow(
                            [g.Key, Number(g.Count()), Number(g.Sum(j => (long)j.Jobs)), Number(g.Sum(j => (long)j.Chunks))],
                            g.Sum(j => (long)j.Jobs)
                        )),
                ]
            )
            {
                Bar = "jobs",
            }.Draw()
        );

    private void ChunksPerRun(JobPlan plan)
    {
        page.Html.Raw("<h3>Chunks per run</h3>");
        var chunks = plan.Groups.GroupBy(g => g.Run).Select(g => g.Sum(j => j.Chunks)).ToList();
        page.Html.Add(
            new BarTable(
                "Runs by the chunks of all their chunked types",
                ["Chunks", "#Runs"],
                [
                    .. Bins.Select(b => (b, n: chunks.Count(c => c >= b.From && c <= b.To)))
                        .SkipWhile(b => b.n == 0)
                        .Reverse()
                        .SkipWhile(b => b.n == 0)
                        .Reverse()
                        .Select(b => new BarRow([Words(b.b), Number(b.n)], b.n)),
                ]
            )
            {
                Bar = "runs",
            }.Draw()
        );
    }

    private static string Words((int From, int To) bin) =>
        bin.To == int.MaxValue ? "more than 1,000"
        : bin.From == bin.To ? Number(bin.From)
        : $"{Number(bin.From)} to {Number(bin.To)}";
}
