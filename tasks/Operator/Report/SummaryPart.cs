using System.Globalization;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>The top of the page: the main settings, what is missing, and the most important numbers.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class SummaryPart(ReportSections page, ReportData data)
{
    /// <summary>Writes it.</summary>
    public void Write()
    {
        if (data.Settings is { } settings)
        {
            page.Html.Add(
                $"<p>Context <b>{Setting("context")}</b>, straxen "
                    + $"{settings.Facts.GetValueOrDefault("context document, straxen_version", "unknown")}; image "
                    + $"<b>{Setting("image")}</b>, {settings.Facts.GetValueOrDefault("image_proof", "unknown")}; payload "
                    + $"{Setting("payload")}.</p>"
            );
        }

        if (data.Source is { } source)
        {
            page.Html.Add(
                $"<p class=\"soft\">Runs asked for {Stamp(source.AskedAt)} from {source.Source}: {source.Runs} in "
                    + $"range, of {source.Documents} documents.</p>"
            );
        }

        foreach (var missing in data.Missing)
        {
            page.Html.Add($"<p class=\"note\">{missing}</p>");
        }

        if (data.Settings?.Facts.GetValueOrDefault("image_proof") is "unproven" or "mismatch-accepted")
        {
            page.Html.Raw("<p class=\"note\">Nothing proves that image and context document are of the same release.</p>");
        }

        Cards();
    }

    private void Cards()
    {
        page.Html.Raw("<ul class=\"cards\">");
        if (data.Ledger is { } ledger)
        {
            Card("runs considered", Number(ledger.Runs));
        }

        if (data.Plan is { } plan)
        {
            Card("runs to process", Number(plan.Runs));
            Card("jobs", Number(plan.Jobs));
            Card("chunks", Number(plan.Chunks));
            Card("GB of memory asked for in all", Number(plan.PerJobName.Values.Sum(s => s.MemoryMb) / 1000.0));
            Card("TB of disk asked for in all", Share(plan.PerJobName.Values.Sum(s => s.DiskKb) / 1e9));
            Card("TB of input, as far as known", Share(plan.InputBytes / 1e12));
        }

        if (data.Status is { } status)
        {
            Card($"nodes done, state {status.StateWords}", $"{(status.Percent ?? 0).ToString("0.##", CultureInfo.InvariantCulture)} %");
        }

        page.Html.Raw("</ul>");
    }

    private string Setting(string name) => data.Settings is { } s && s.Values.TryGetValue(name, out var value) ? value.Value : "unknown";

    private void Card(string words, string value) => page.Html.Add($"<li><b>{value}</b>{words}</li>");
}
