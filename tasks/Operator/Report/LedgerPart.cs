using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>
/// The table of the ledger's lines. The first lines of what is to process or to repair stand in the page itself; its script shows all
/// lines, and the controls that only a script can serve.
/// </summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class LedgerPart(ReportSections page, ReportData data)
{
    /// <summary>Lines of one outcome that stand in the page itself.</summary>
    private const int MostStatic = 30;

    private static readonly (string By, string Name)[] Columns =
    [
        ("run", "Run"),
        ("start", "Taken"),
        ("mode", "Mode"),
        ("source", "Source"),
        ("type", "Data type"),
        ("outcome", "Outcome"),
        ("code", "Reason"),
        ("detail", "Detail"),
    ];

    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Lines.IsEmpty)
        {
            return;
        }

        page.Begin("ledger", "Ledger");
        page.Html.Raw("<div id=\"ledger-part\">")
            .Add($"<p id=\"without-script\" class=\"note\">{WithoutScript()}</p>")
            .Raw("<div id=\"run-card\" hidden></div>");
        Controls();
        Table();
        page.Html.Raw(
            """
            <p class="pages scripted" hidden>
            <button type="button" id="before">Previous 100</button>
            <button type="button" id="after">Next 100</button>
            </p>
            </div>
            """
        );
    }

    private void Controls() =>
        page.Html.Raw(
                """
                <div class="filters scripted" role="search" aria-label="Filter the ledger" hidden>
                <label>Search all columns<input type="search" id="search" autocomplete="off"></label>
                <label>Outcome<select id="by-outcome"><option value="">all</option></select></label>
                <label>Data type<select id="by-type"><option value="">all</option></select></label>
                <label>Reason<select id="by-code"><option value="">all</option></select></label>
                <label>Mode<select id="by-mode"><option value="">all</option></select></label>
                <label>Source<select id="by-source"><option value="">all</option></select></label>
                <button type="button" id="clear">Clear</button>
                </div>
                <p id="found" role="status"></p>
                <p class="actions scripted" hidden>
                <button type="button" id="download">Download as TSV</button>
                <button type="button" id="copy">Copy run numbers</button>
                <span id="done" role="status"></span>
                </p>
                """
            )
            .Add($"<p class=\"printed\">{Counted.Of(data.Lines.Length, "line")}, not printed. Filter them first to print some.</p>");

    private void Table()
    {
        page.Html.Raw("<div class=\"scroll\" id=\"ledger-frame\" role=\"region\" aria-label=\"Lines of the ledger\">")
            .Raw("<table id=\"ledger-table\" class=\"stack\" role=\"table\">")
            .Raw("<caption><span>A line for each run and data type. What is to process or to repair comes first.</span></caption>")
            .Raw("<thead role=\"rowgroup\"><tr role=\"row\">");
        foreach (var (by, name) in Columns)
        {
            page.Html.Add($"<th scope=\"col\" role=\"columnheader\" data-by=\"{by}\">{name}</th>");
        }

        page.Html.Raw("</tr></thead><tbody id=\"lines\" role=\"rowgroup\">");
        foreach (var outcome in OutcomeOrder.ToProcessOrRepair)
        {
            foreach (var line in data.Lines.Where(l => l.Verdict.Outcome == outcome).Take(MostStatic))
            {
                Row(line);
            }
        }

        page.Html.Raw("</tbody></table></div>");
    }

    private void Row(LedgerLine line)
    {
        var document = line.Run is { } number ? data.Documents.GetValueOrDefault(number) : null;
        var outcome = ReasonCodes.Spell(line.Verdict.Outcome);
        page.Html.Add(
                $"<tr role=\"row\"><th scope=\"row\" role=\"rowheader\" class=\"number\">{NameOf(line)}</th>"
            )
            .Add($"<td role=\"cell\" class=\"date\">{(document?.Start is { Length: >= 10 } start ? start[..10] : "")}</td>")
            .Add($"<td role=\"cell\" class=\"text\">{document?.Mode}</td><td role=\"cell\" class=\"text\">{document?.Source}</td>")
            .Add($"<td role=\"cell\" class=\"text\">{line.Type}</td>")
            .Add($"<td role=\"cell\" class=\"text outcome-{outcome}\">{outcome}</td>")
            .Add($"<td role=\"cell\" class=\"text\">{ReasonCodes.Spell(line.Verdict.Reason)}</td>")
            .Add($"<td role=\"cell\" class=\"long\">{line.Verdict.Detail}</td></tr>");
    }

    /// <summary>The run as people write it, or where a document without a number stands.</summary>
    public static string NameOf(LedgerLine line) =>
        line.Run is { } number ? RunDocument.Padded(number) : line.Position ?? "unknown";

    /// <summary>What the table shows where no script runs, and what it leaves out.</summary>
    private string WithoutScript()
    {
        var more = OutcomeOrder
            .ToProcessOrRepair.Select(o => (Outcome: o, Lines: data.Totals.Of(o) - MostStatic))
            .Where(o => o.Lines > 0)
            .Select(o => $"{Number(o.Lines)} of {ReasonCodes.Spell(o.Outcome)}")
            .ToList();
        return $"Without its script this page shows what is to process or to repair, at most {MostStatic} lines of each outcome. "
            + (more.Count == 0 ? "" : $"Lines left out: {string.Join(", ", more)}. ")
            + "The file ledger.jsonl has all lines.";
    }
}
