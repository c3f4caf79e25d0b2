namespace Outsource.Operator.Report;

/// <summary>The frame of the table of all lines; the page's script fills it.</summary>
/// <param name="page">Where it is written.</param>
/// <param name="data">What there is.</param>
internal sealed class LedgerPart(ReportSections page, ReportData data)
{
    /// <summary>Writes it; nothing where there is nothing to show.</summary>
    public void Write()
    {
        if (data.Lines.IsEmpty)
        {
            return;
        }

        page.Begin("ledger", "Ledger");
        page.Html.Raw(
            """
            <noscript><p class="note">This table needs a script; ledger.jsonl has every line.</p></noscript>
            <div id="run-card" hidden></div>
            <div class="filters" role="search" aria-label="Filter the ledger">
            <label>Search all columns<input type="search" id="search" autocomplete="off"></label>
            <label>Outcome<select id="by-outcome"><option value="">all</option></select></label>
            <label>Data type<select id="by-type"><option value="">all</option></select></label>
            <label>Reason<select id="by-code"><option value="">all</option></select></label>
            <label>Mode<select id="by-mode"><option value="">all</option></select></label>
            <button type="button" id="clear">Clear</button>
            </div>
            <p id="found" role="status" aria-live="polite"></p>
            <div class="scroll" tabindex="0" role="region" aria-label="Lines of the ledger">
            <table id="ledger-table" class="stack" role="table">
            <caption><span>A line for each run and data type; a run's number shows all of it</span></caption>
            <thead role="rowgroup"><tr role="row">
            """
        );
        foreach (
            var (by, name) in new[]
            {
                ("run", "Run"),
                ("start", "Taken"),
                ("mode", "Mode"),
                ("type", "Data type"),
                ("outcome", "Outcome"),
                ("code", "Reason"),
                ("detail", "Detail"),
            }
        )
        {
            page.Html.Add(
                $"<th scope=\"col\" role=\"columnheader\" data-by=\"{by}\" aria-sort=\"none\"><button type=\"button\">{name}<span "
                    + $"aria-hidden=\"true\"></span></button></th>"
            );
        }

        page.Html.Raw(
            "</tr></thead><tbody id=\"lines\" role=\"rowgroup\"></tbody></table></div><p class=\"pages\"><button type=\"button\" "
                + "id=\"before\">Previous 100</button> <button type=\"button\" id=\"after\">Next 100</button></p>"
        );
    }
}
