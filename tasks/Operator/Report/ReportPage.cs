using System.Security.Cryptography;
using System.Text;
using Outsource.Operator.Draw;

namespace Outsource.Operator.Report;

/// <summary>
/// The report: one HTML file that fetches nothing. Without a script everything but the ledger's lines is there; a content security policy
/// lets nothing else run than what is written here. The same data and time give the same bytes.
/// </summary>
/// <param name="data">What there is.</param>
/// <param name="drawn">The run whose graph is drawn, or null: the one with most jobs.</param>
public sealed class ReportPage(ReportData data, int? drawn = null)
{
    public const string FileName = "report.html";

    /// <summary>The page.</summary>
    public string Render()
    {
        var (style, script) = (Resource("report.css") + SvgDrawing.Style + "\n", Resource("report.js"));
        var sections = Sections();
        var policy =
            $"default-src 'none'; style-src 'sha256-{Hash(style)}'; script-src 'sha256-{Hash(script)}'; base-uri 'none'; form-action "
            + "'none'";
        var page = new Html()
            .Raw("<!DOCTYPE html>")
            .Raw("<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Add($"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><title>Outsource: {data.Name}</title>")
            .Raw($"<style>{style}</style></head><body>")
            .Add(
                $"<header><a class=\"skip\" href=\"#main\">To the content</a><p class=\"soft\">Outsource report of "
                    + $"{ProgressChart.Stamp(data.Now)}</p><h1>Workflow {data.Name}</h1>"
            )
            .Raw("<nav aria-label=\"Sections\"><ul>");
        foreach (var (id, title) in sections.All)
        {
            page.Add($"<li><a href=\"#{id}\">{title}</a></li>");
        }

        page.Raw("</ul></nav></header><main id=\"main\">")
            .Raw(sections.Html.ToString())
            .Raw(
                "</main><footer><p>Made from the workflow's artifacts; it holds no secret and fetches nothing. The whole ledger is "
                    + "<code>ledger.jsonl</code> beside this file.</p></footer>"
            );
        if (!data.Lines.IsEmpty)
        {
            page.Raw($"<script type=\"application/json\" id=\"ledger-data\">{LedgerData.Of(data)}</script>")
                .Raw($"<script>{script}</script>");
        }

        return page.Raw("</body></html>").ToString();
    }

    private ReportSections Sections()
    {
        var page = new ReportSections();
        new SummaryPart(page, data).Write();
        new OutcomesPart(page, data).Write();
        new JobsPart(page, data).Write();
        new SubmissionPart(page, data).Write();
        new RunsPart(page, data).Write();
        new LedgerPart(page, data).Write();
        new GraphPart(page, data, drawn).Write();
        new SettingsPart(page, data).Write();
        return page;
    }

    private static string Resource(string name)
    {
        using var stream =
            typeof(ReportPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"'{name}' is not in the program.");
        return new StreamReader(stream, Encoding.UTF8).ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
