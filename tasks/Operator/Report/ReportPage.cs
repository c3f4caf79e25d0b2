using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Operator.Draw;
using Outsource.Operator.Status;

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

    private readonly Html _html = new();
    private readonly List<(string Id, string Title)> _sections = [];

    /// <summary>The page.</summary>
    public string Render()
    {
        var (style, script) = (Resource("report.css") + SvgDrawing.Style + "\n", Resource("report.js"));
        Summary();
        Outcomes();
        Jobs();
        Submission();
        Runs();
        LedgerTable();
        Graphs();
        Settings();
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
        foreach (var (id, title) in _sections)
        {
            page.Add($"<li><a href=\"#{id}\">{title}</a></li>");
        }

        page.Raw("</ul></nav></header><main id=\"main\">")
            .Raw(_html.ToString())
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

    private static string Resource(string name)
    {
        using var stream =
            typeof(ReportPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"'{name}' is not in the program.");
        return new StreamReader(stream, Encoding.UTF8).ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(double number) => number.ToString("N2", CultureInfo.InvariantCulture);

    private void Section(string id, string title)
    {
        _sections.Add((id, title));
        _html.Add($"<h2 id=\"{id}\">{title}</h2>");
    }

    private void Summary()
    {
        string Setting(string name) => data.Settings is { } s && s.Values.TryGetValue(name, out var value) ? value.Value : "unknown";
        if (data.Settings is { } settings)
        {
            _html.Add(
                $"<p>Context <b>{Setting("context")}</b>, straxen "
                    + $"{settings.Facts.GetValueOrDefault("context document, straxen_version", "unknown")}; image "
                    + $"<b>{Setting("image")}</b>, {settings.Facts.GetValueOrDefault("image_proof", "unknown")}; payload "
                    + $"{Setting("payload")}.</p>"
            );
        }

        if (data.Source is { } source)
        {
            _html.Add(
                $"<p class=\"soft\">Runs asked for {ProgressChart.Stamp(source.AskedAt)} from {source.Source}: {source.Runs} in "
                    + $"range, of {source.Documents} documents.</p>"
            );
        }

        foreach (var missing in data.Missing)
        {
            _html.Add($"<p class=\"note\">{missing}</p>");
        }

        if (data.Settings?.Facts.GetValueOrDefault("image_proof") is "unproven" or "mismatch-accepted")
        {
            _html.Raw("<p class=\"note\">Nothing proves that image and context document are of the same release.</p>");
        }

        _html.Raw("<ul class=\"cards\">");
        void Card(string words, string value) => _html.Add($"<li><b>{value}</b>{words}</li>");
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

        _html.Raw("</ul>");
    }

    private void Outcomes()
    {
        if (data.Ledger is null)
        {
            return;
        }

        Section("outcomes", "Outcomes");
        _html.Add(
            $"<p>{Counted.Of(data.Totals.Total, "line")}: one for each run and data type considered. Each has exactly one outcome "
                + $"and one reason.</p>"
        );
        _html.Add(
            BarTable.Of(
                "Lines by outcome",
                ["Outcome", "#Lines"],
                [
                    .. Enum.GetValues<Outcome>()
                        .Select(o => new BarRow(
                            [ReasonCodes.Spell(o), Number(data.Totals.Of(o))],
                            data.Totals.Of(o),
                            o == Outcome.Process ? data.Totals.Of(o) : 0
                        )),
                ],
                "lines",
                "to process",
                total: ["total", Number(data.Totals.Total)]
            )
        );
        _html.Raw("<h3>Reasons</h3>");
        _html.Add(
            BarTable.Of(
                "Lines by reason",
                ["Reason", "Outcome", "#Lines", "~Meaning", "~Example"],
                [
                    .. data.Totals.Rows.Select(r => new BarRow(
                        [r.Code, ReasonCodes.Spell(r.Outcome), Number(r.Count), ReasonCodes.Of(r.Code).Meaning, r.Example],
                        r.Count,
                        r.Outcome == Outcome.Process ? r.Count : 0
                    )),
                ],
                "lines",
                "to process"
            )
        );
    }

    private void Jobs()
    {
        if (data.Plan is not { Groups.IsEmpty: false } plan)
        {
            return;
        }

        Section("jobs", "Jobs");
        _html.Add(
            BarTable.Of(
                "Jobs by name, and what they ask for",
                ["Job", "#Jobs", "#Memory in all, GB", "#Disk in all, TB"],
                [
                    .. plan.PerJobName.Select(j => new BarRow(
                        [j.Key, Number(j.Value.Jobs), Number(j.Value.MemoryMb / 1000.0), Share(j.Value.DiskKb / 1e9)],
                        j.Value.Jobs
                    )),
                ],
                "jobs",
                total:
                [
                    "total",
                    Number(plan.Jobs),
                    Number(plan.PerJobName.Values.Sum(s => s.MemoryMb) / 1000.0),
                    Share(plan.PerJobName.Values.Sum(s => s.DiskKb) / 1e9),
                ]
            )
        );
        _html.Add(
            BarTable.Of(
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
                ],
                "jobs"
            )
        );
        _html.Raw("<h3>Chunks per run</h3>");
        var chunks = plan.Groups.GroupBy(g => g.Run).Select(g => g.Sum(j => j.Chunks)).ToList();
        (int From, int To)[] bins =
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
        _html.Add(
            BarTable.Of(
                "Runs by the chunks of all their chunked types",
                ["Chunks", "#Runs"],
                [
                    .. bins.Select(b => (b, n: chunks.Count(c => c >= b.From && c <= b.To)))
                        .SkipWhile(b => b.n == 0)
                        .Reverse()
                        .SkipWhile(b => b.n == 0)
                        .Reverse()
                        .Select(b => new BarRow(
                            [
                                b.b.To == int.MaxValue ? "more than 1,000"
                                : b.b.From == b.b.To ? Number(b.b.From)
                                : $"{Number(b.b.From)} to {Number(b.b.To)}",
                                Number(b.n),
                            ],
                            b.n
                        )),
                ],
                "runs"
            )
        );
    }

    private void Runs()
    {
        if (data.Documents.IsEmpty)
        {
            return;
        }

        Section("runs", "Runs");
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
        _html.Add(
            BarTable.Of(
                cut == 10 ? "When they were taken, by day"
                    : cut == 7 ? "When they were taken, by month"
                    : "When they were taken, by year",
                ["Taken", "#Considered", "#To process"],
                [.. rows.Select(r => new BarRow([r.Key, Number(r.All), Number(r.Some)], r.All, r.Some))],
                "considered",
                "to process"
            )
        );
        if (data.Plan is { } plan)
        {
            var inputs = plan
                .Groups.Where(g => g.Input.Kind != InputKind.Workflow)
                .DistinctBy(g => (g.Run, g.Input.Did))
                .SelectMany(g => g.Input.Rses.Select(rse => (Rse: rse, Bytes: g.InputBytes ?? 0)))
                .GroupBy(i => i.Rse, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal);
            _html.Raw("<h3>Volume per RSE</h3>");
            _html.Add(
                BarTable.Of(
                    "Data that jobs read, by where it lies; what lies at two RSEs counts at both"
                        + (
                            plan.GroupsOfUnknownSize > 0
                                ? $"; {Counted.Of(plan.GroupsOfUnknownSize, "input")} of unknown size not in the volume"
                                : ""
                        ),
                    ["RSE", "#Datasets", "#TB"],
                    [
                        .. inputs.Select(g => new BarRow(
                            [g.Key, Number(g.Count()), (g.Sum(i => i.Bytes) / 1e12).ToString("N3", CultureInfo.InvariantCulture)],
                            g.Sum(i => i.Bytes)
                        )),
                    ],
                    "TB"
                )
            );
        }
    }

    private void LedgerTable()
    {
        if (data.Lines.IsEmpty)
        {
            return;
        }

        Section("ledger", "Ledger");
        _html.Raw(
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
            _html.Add(
                $"<th scope=\"col\" role=\"columnheader\" data-by=\"{by}\" aria-sort=\"none\"><button type=\"button\">{name}<span "
                    + $"aria-hidden=\"true\"></span></button></th>"
            );
        }

        _html.Raw(
            "</tr></thead><tbody id=\"lines\" role=\"rowgroup\"></tbody></table></div><p class=\"pages\"><button type=\"button\" "
                + "id=\"before\">Previous 100</button> <button type=\"button\" id=\"after\">Next 100</button></p>"
        );
    }

    private void Graphs()
    {
        if (data.Plan is not { Groups.IsEmpty: false } plan)
        {
            return;
        }

        Section("graph", "Graph");
        void Drawing(string title, WorkflowGraph graph, string id) =>
            _html
                .Add(
                    $"<h3>{title}</h3><p>{graph.Description}</p><div class=\"drawing\" tabindex=\"0\" role=\"region\" "
                        + $"aria-label=\"{title}\">"
                )
                .Raw(SvgDrawing.Part(graph, id))
                .Raw("</div>");
        Drawing("The whole plan", GraphBuilder.OfPlan(data.Name, plan), "plan");
        var run =
            drawn is { } asked && data.Processed.Contains(asked)
                ? asked
                : plan.Groups.GroupBy(g => g.Run).MaxBy(g => (g.Count(), g.Sum(j => j.Jobs)))!.Key;
        Drawing($"Run {RunDocument.Padded(run)}", GraphBuilder.OfRun(run, plan.Groups.Where(g => g.Run == run)), "run");
    }

    private void Submission()
    {
        if (data.Status is not { } status)
        {
            return;
        }

        Section("status", "Status");
        _html.Add($"<p><b>{status.StateWords}</b>{(status.Detail is { } detail ? $": {detail}." : "")}</p>");
        foreach (var fact in new StatusReport(status).Facts())
        {
            _html.Add($"<p>{fact}</p>");
        }

        foreach (var warning in status.Warnings)
        {
            _html.Add($"<p class=\"note\">{warning}.</p>");
        }

        var states = Enum.GetValues<NodeState>().Where(s => status.Counts[s] > 0).ToList();
        _html.Add(
            BarTable.Of(
                "Nodes by job and state; names in brackets are the planner's",
                ["Job", .. states.Select(s => "#" + s), "#Total"],
                [
                    .. status.JobNames.Select(j => new BarRow(
                        [j.Ours ? j.Name : $"({j.Name})", .. states.Select(s => Number(j.Counts[s])), Number(j.Counts.Total)],
                        j.Counts.Total,
                        j.Counts[NodeState.Done]
                    )),
                ],
                "nodes",
                "done",
                total: ["total", .. states.Select(s => Number(status.Counts[s])), Number(status.Counts.Total)]
            )
        );
        var times = ProgressChart.Times(status);
        if (times.Length > 1 && times[0] < times[^1])
        {
            _html
                .Raw("<h3>Progress</h3>")
                .Add(
                    ProgressChart.Draw(
                        times,
                        status.Counts[NodeState.Done] - times.Length,
                        status.Counts.Total,
                        status.Ended ? times[^1] : status.AsOf
                    )
                );
        }

        if (!status.Holds.IsEmpty)
        {
            _html.Raw("<h3>Held, in HTCondor's words</h3>");
            _html.Add(
                BarTable.Of(
                    "Reasons for holds",
                    ["~Reason", "Code", "#Jobs"],
                    [
                        .. status.Holds.Select(h => new BarRow(
                            [h.Reason, h.Code?.ToString(CultureInfo.InvariantCulture) ?? "-", Number(h.Nodes.Length)],
                            h.Nodes.Length
                        )),
                    ],
                    "jobs"
                )
            );
        }

        var used = status
            .Nodes.Where(n => n.Name.Ours && (n.Memory?.Used is not null || n.Disk?.Used is not null))
            .GroupBy(n => n.Name.Job, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToList();
        if (used.Count > 0)
        {
            _html.Raw("<h3>Used against requested</h3>");
            _html.Add(
                BarTable.Of(
                    "The most that a job used, and what that job had asked for",
                    ["Job", "#Memory used, MB", "#asked, MB", "#of it, %", "#Disk used, GB", "#asked, GB", "#of it, %"],
                    [.. used.Select(Usage)],
                    "memory asked",
                    "used",
                    "beyond what was asked"
                )
            );
        }
    }

    private static BarRow Usage(IGrouping<string, NodeStatus> nodes)
    {
        var memory = nodes.Select(n => n.Memory).OfType<Usage>().MaxBy(m => m.Used ?? -1);
        var disk = nodes.Select(n => n.Disk).OfType<Usage>().MaxBy(m => m.Used ?? -1);
        string Amount(double? amount) => amount is { } known ? Number(known) : "unknown";
        string Disk(long? kb) => kb is { } known ? Share(known / 1e6) : "unknown";
        string Percent(Usage? amounts) =>
            amounts is { Used: { } some, Requested: > 0 and var all } ? Number(100.0 * some / all) : "unknown";
        var over = memory?.Used > memory?.Requested;
        return new BarRow(
            [
                nodes.Key,
                Amount(memory?.Used),
                Amount(memory?.Requested),
                Percent(memory),
                Disk(disk?.Used),
                Disk(disk?.Requested),
                Percent(disk),
            ],
            over ? memory!.Used!.Value : memory?.Requested ?? 0,
            (over ? memory!.Requested : memory?.Used) ?? 0,
            over
        );
    }

    private void Settings()
    {
        if (data.Settings is not { } settings)
        {
            return;
        }

        Section("settings", "Settings");
        void Table(string caption, string[] columns, IEnumerable<string[]> rows) =>
            _html.Add($"{BarTable.Of(caption, columns, [.. rows.Select(r => new BarRow(r, 0))])}");
        Table(
            "Settings, and where each came from",
            ["Setting", "~Value", "~From"],
            settings.Values.Select(v => new[] { v.Key, Shorten(v.Value.Value), v.Value.Origin })
        );
        _html.Raw("<h3>Versions and hashes</h3>");
        Table("Versions", ["What", "~Value"], settings.Facts.Select(f => new[] { f.Key, f.Value }));
        Table("Lineage hashes of the context document", ["Data type", "Hash"], settings.Hashes.Select(h => new[] { h.Key, h.Value }));
    }

    /// <summary>A list of a thousand runs is not for reading; the artifact has it.</summary>
    private static string Shorten(string value) =>
        value.Length <= 600 ? value : $"{value[..600]} … ({Number(value.Length)} characters, all in settings.yml)";
}
