using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Outsource.Operator.Draw;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>
/// The report: one HTML file that loads nothing. Without a script all is there but the lines of the ledger that need nothing. A content
/// security policy lets no script or style run but those written here. The same data and time give the same bytes.
/// </summary>
/// <param name="data">What there is.</param>
/// <param name="drawn">The run whose graph is drawn, or null: the one with most jobs.</param>
public sealed class ReportPage(ReportData data, int? drawn = null)
{
    public const string FileName = "report.html";

    /// <summary>How often the page loads itself again, in whole seconds; null: never.</summary>
    public TimeSpan? Refresh { get; init; }

    /// <summary>The page.</summary>
    public string Render()
    {
        var sections = Sections();
        var style = Resource("report.css") + SvgDrawing.Style + "\n";
        string[] names = ["report.js", .. data.Lines.IsEmpty ? [] : new[] { "ledger.js" }, .. Refresh is null ? [] : new[] { "live.js" }];
        var scripts = names.Select(Resource).ToArray();
        var page = new Html();
        Head(page, style, scripts);
        Header(page, sections);
        page.Raw("<main id=\"main\">")
            .Add(sections.Html)
            .Raw("</main>")
            .Raw("<footer><p>Made from the workflow's artifacts. It holds no secret and loads nothing from the network.")
            .Raw("The file <code>ledger.jsonl</code> beside it has the whole ledger.</p></footer>");
        if (!data.Lines.IsEmpty)
        {
            page.Raw($"<script type=\"application/json\" id=\"ledger-data\">{new LedgerData(data).Render()}</script>");
        }

        foreach (var script in scripts)
        {
            page.Raw($"<script>{script}</script>");
        }

        return page.Raw("</body></html>").ToString();
    }

    private void Head(Html page, string style, string[] scripts)
    {
        string[] policy =
        [
            "default-src 'none'",
            $"style-src {Source(style)}",
            $"script-src {string.Join(' ', scripts.Select(Source))}",
            "base-uri 'none'",
            "form-action 'none'",
        ];
        page.Raw("<!DOCTYPE html>")
            .Raw("<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Add($"<meta http-equiv=\"Content-Security-Policy\" content=\"{string.Join("; ", policy)}\">")
            .Add($"<title>Outsource: {data.Name}</title>")
            .Raw($"<style>{style}</style></head>")
            .Add($"<body{Html.Attribute("data-refresh", Refresh?.TotalSeconds.ToString("0", CultureInfo.InvariantCulture))}>");
    }

    private void Header(Html page, ReportSections sections)
    {
        page.Raw("<header><a class=\"skip\" href=\"#main\">To the content</a>")
            .Add($"<p class=\"soft\">Outsource report of {Stamp(data.Now)}</p><h1>Workflow {data.Name}</h1>")
            .Raw(
                Refresh is null
                    ? ""
                    : "<p class=\"soft live\"><span id=\"live\"></span> <button type=\"button\" id=\"live-pause\" hidden></button></p>"
            )
            .Raw("<nav aria-label=\"Sections\"><ul>");
        foreach (var (id, title) in sections.All)
        {
            page.Add($"<li><a href=\"#{id}\">{title}</a></li>");
        }

        page.Raw("</ul></nav></header>");
    }

    private ReportSections Sections()
    {
        var page = new ReportSections();
        new SummaryPart(page, data).Write();
        new OutcomesPart(page, data).Write();
        new JobsPart(page, data).Write();
        new SubmissionPart(page, data).Write();
        new ReconcilePart(page, data).Write();
        new CalibratePart(page, data).Write();
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

    /// <summary>A script or style by its hash, as a policy names it.</summary>
    private static string Source(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
