using Outsource.Engines.Records;
using Outsource.Workflows.State;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>What jobs used, against what they had asked for.</summary>
/// <param name="page">Where it is written.</param>
internal sealed class UsagePart(ReportSections page)
{
    /// <summary>Writes it; nothing where no job was measured.</summary>
    public void Write(WorkflowStatus status)
    {
        var used = status
            .Nodes.Where(n => n.Name.Ours && (n.Memory?.Used is not null || n.Disk?.Used is not null))
            .GroupBy(n => n.Name.Job, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToList();
        if (used.Count > 0)
        {
            page.Html.Raw("<h3>Used against requested</h3>");
            page.Html.Add(
                new BarTable(
                    "The most that a job used, and what that job had asked for",
                    ["Job", "#Memory used, MB", "#Asked for, MB", "#Memory used, %", "#Disk used, GB", "#Asked for, GB", "#Disk used, %"],
                    [.. used.Select(Row)]
                )
                {
                    Bar = "memory asked",
                    Part = "used",
                    Over = "beyond what was asked",
                }.Draw()
            );
        }
    }

    private static BarRow Row(IGrouping<string, NodeStatus> nodes)
    {
        var memory = nodes.Select(n => n.Memory).OfType<Usage>().MaxBy(m => m.Used ?? -1);
        var disk = nodes.Select(n => n.Disk).OfType<Usage>().MaxBy(m => m.Used ?? -1);
        var over = memory?.Used > memory?.Requested;
        return new BarRow(
            [
                nodes.Key,
                Megabytes(memory?.Used),
                Megabytes(memory?.Requested),
                Percent(memory),
                Gigabytes(disk?.Used),
                Gigabytes(disk?.Requested),
                Percent(disk),
            ],
            over ? memory!.Used!.Value : memory?.Requested ?? 0,
            (over ? memory!.Requested : memory?.Used) ?? 0,
            over
        );
    }

    private static string Megabytes(double? amount) => amount is { } known ? Number(known) : "unknown";

    private static string Gigabytes(long? kb) => kb is { } known ? Share(known / 1e6) : "unknown";

    private static string Percent(Usage? amounts) =>
        amounts is { Used: { } some, Requested: > 0 and var all } ? Number(100.0 * some / all) : "unknown";
}
