using System.Globalization;
using OpenQA.Selenium;

namespace Outsource.Tests.Operator.Report;

/// <summary>The ledger of the report in headless Chromium.</summary>
[TestFixture]
[CancelAfter(900_000)]
internal sealed class LedgerBrowserTests : ReportInBrowser
{
    private static readonly string[] Order =
    [
        "process",
        "input-missing",
        "faulty-document",
        "source-error",
        "not-found",
        "in-flight",
        "not-applicable",
        "already-processed",
        "excluded",
    ];

    [Test]
    public void Should_show_all_lines_a_hundred_at_a_time()
    {
        Assert.That(Found, Is.EqualTo("792 of 792 lines, 1 to 100 shown"));
        Assert.That(Browser.Ask<long>("document.querySelectorAll('#lines tr').length"), Is.EqualTo(100));
        Click("#after");
        Assert.That(Found, Is.EqualTo("792 of 792 lines, 101 to 200 shown"));
        Click("#before");
        Assert.That(Found, Is.EqualTo("792 of 792 lines, 1 to 100 shown"));
    }

    [Test]
    public void Should_filter_by_words_and_by_choices()
    {
        Search("tape 61086", "6 of 792 lines");
        Choose("by-outcome", "input-missing");
        Choose("by-type", "peaklets");
        Assert.That(Found, Is.EqualTo("1 of 792 lines"));
        Assert.That(
            Rows(),
            Is.EqualTo(
                new[]
                {
                    "061086 2025-07-14 tpc_bkg none peaklets input-missing raw-not-readable raw_records at CNAF_TAPE_USERDISK only, which "
                        + "is tape",
                }
            )
        );
        Click("#clear");
        Assert.That(Found, Does.StartWith("792 of 792"));
        Choose("by-code", "tagged");
        Choose("by-mode", "tpc_kr83m");
        Assert.That(Found, Is.EqualTo("8 of 792 lines"));
        Search("no such words", "0 of 792 lines");
    }

    [Test]
    public void Should_sort_up_and_down()
    {
        Choose("by-type", "peaklets");
        Click("th[data-by=code] button");
        Assert.That(Sort("code"), Is.EqualTo("ascending"));
        Assert.That(Column(7), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Click("th[data-by=code] button");
        Assert.That((Sort("code"), Sort("run")), Is.EqualTo(("descending", "none")));
        Assert.That(Column(7), Is.Ordered.Descending.Using((IComparer<string>)StringComparer.Ordinal));
    }

    [Test]
    public void Should_begin_with_what_is_to_process_or_to_repair()
    {
        List<string> seen = [];
        for (var page = 1; page <= 8; page++)
        {
            GoTo($"{Address}#ledger&page={page}");
            seen.AddRange(Column(6));
        }

        Assert.That(seen, Has.Count.EqualTo(792));
        Assert.That(seen, Is.EqualTo(seen.OrderBy(o => Array.IndexOf(Order, o))), "no outcome is met again after a later one");
        Assert.That(Sort("outcome"), Is.EqualTo("ascending"));
    }

    [Test]
    public void Should_keep_filter_order_and_page_in_the_address()
    {
        Choose("by-outcome", "not-applicable");
        Click("th[data-by=type] button");
        Click("#after");
        var (address, found, rows) = (Browser.Page.Url, Found, Rows());
        Assert.That(address, Does.EndWith("#ledger&outcome=not-applicable&sort=type&page=2"));

        Browser.Page.Navigate().Refresh();
        Assert.That((Found, Rows()), Is.EqualTo((found, rows)), "reload");
        GoTo("about:blank");
        GoTo(address);
        Assert.That((Found, Rows()), Is.EqualTo((found, rows)), "a link");
        Assert.That(
            (Browser.Ask<string>("document.getElementById('by-outcome').value"), Sort("type")),
            Is.EqualTo(("not-applicable", "ascending"))
        );
    }

    [Test]
    public void Should_take_a_step_back_if_asked()
    {
        Choose("by-outcome", "process");
        Browser.Page.FindElement(By.Id("search")).SendKeys("61030");
        Assert.That(() => Found, Does.Match("^[1-8] of 792 lines$").After(5000, 50));
        Click("#lines a");
        Assert.That(Browser.Page.Url, Does.EndWith("#run-61030&search=61030&outcome=process"));

        Browser.Page.Navigate().Back();
        Assert.That(() => Browser.Page.FindElement(By.Id("run-card")).Displayed, Is.False.After(2000, 50));
        Assert.That(Browser.Ask<string>("document.getElementById('search').value"), Is.EqualTo("61030"));
        Browser.Page.Navigate().Back();
        Assert.That(() => Browser.Ask<string>("document.getElementById('search').value"), Is.Empty.After(2000, 50), "typing is one step");
        Assert.That(Browser.Ask<string>("document.getElementById('by-outcome').value"), Is.EqualTo("process"));
        Browser.Page.Navigate().Back();
        Assert.That(() => Found, Does.StartWith("792 of 792 lines").After(2000, 50));
    }

    [Test]
    public void Should_ignore_an_address_that_asks_for_what_is_not_there()
    {
        GoTo(Address + "#ledger&outcome=nonsense&sort=constructor&page=-7&type=peaklets");

        Assert.That(Found, Is.EqualTo("99 of 792 lines"));
        Assert.That(Sort("outcome"), Is.EqualTo("ascending"));
    }

    [Test]
    public void Should_lead_from_each_count_to_its_lines()
    {
        var counts = Browser
            .Page.FindElements(By.CssSelector("a[data-filter]"))
            .Select(a => (Count: a.Text, Filter: a.GetDomAttribute("data-filter")!, Name: a.GetAttribute("aria-label")))
            .ToList();
        Assert.That(counts.Select(c => c.Filter), Has.Member("outcome=process").And.Member("code=raw-not-readable"));
        foreach (var (count, filter, name) in counts)
        {
            Assert.That(name, Is.EqualTo($"{count} lines of {filter.Split('=')[1]}"));
            Click($"a[data-filter='{filter}']");
            Assert.That(() => Found, Does.StartWith($"{count} of 792 lines").After(2000, 20), filter);
            Assert.That(Browser.Ask<string>("document.activeElement.id"), Is.EqualTo("ledger"), "the reader is taken along");
        }
    }

    [Test]
    public void Should_say_in_a_run_s_panel_what_would_change_it()
    {
        GoTo(Address + "#run-61086");

        var explained = Demo.Run("--target=Explain", "--name=d", "--run=61086").Out;
        var remedies = explained
            .Split('\n')
            .Where(l => l.Contains("to change it:", StringComparison.Ordinal))
            .Select(l => l.Split("to change it: ")[1])
            .Where(l => !l.StartsWith("as for ", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        Assert.That(remedies, Has.Count.EqualTo(6));
        var panel = Browser.Page.FindElement(By.Id("run-card")).Text;
        Assert.Multiple(() =>
        {
            foreach (var remedy in remedies)
            {
                Assert.That(panel, Does.Contain(remedy));
            }
        });

        // One that max_daily left out: its number and place are put into the text that all such runs share.
        GoTo(Address + "#ledger&code=over-max-daily");
        Click("#lines a");
        var run = int.Parse(Browser.Ask<string>("/run-([0-9]+)/.exec(location.hash)[1]"), CultureInfo.InvariantCulture);
        Assert.That(Demo.Run("--target=Explain", "--name=d", $"--run={run}").Out, Does.Match($"to change it.*: --run={run}, or max_daily = "));
        Assert.That(Browser.Page.FindElement(By.Id("run-card")).Text, Does.Match($"--run={run}, or max_daily = [0-9]+ in"));
        Click("#run-card > a");
        Assert.That(Browser.Page.Url, Does.EndWith("#ledger&code=over-max-daily"));
        Assert.That(() => Browser.Page.FindElement(By.Id("run-card")).Displayed, Is.False.After(2000, 50));
    }

    [Test]
    public void Should_give_what_is_filtered_as_a_file_and_its_runs_to_copy()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Demo.Folder, "downloads")).FullName;
        Browser.AllowCopies(folder);
        Search("61086 tape", "6 of 792 lines");

        Click("#download");
        var path = Path.Combine(folder, "d-ledger.tsv");
        Assert.That(() => File.Exists(path), Is.True.After(10_000, 50));
        var table = File.ReadAllLines(path).Select(l => l.Split('\t')).ToList();
        Assert.That(table, Has.Count.EqualTo(7));
        Assert.That(table[0], Is.EqualTo(new[] { "run", "start", "mode", "source", "type", "outcome", "code", "detail" }));
        Assert.That(table.Skip(1).Select(l => (l.Length, l[0])), Is.All.EqualTo((8, "061086")));

        GoTo(Address + "#ledger&code=over-max-daily");
        var runs = Column(1).Select(int.Parse).Distinct().Order().ToList();
        Click("#copy");
        var done = Browser.Page.FindElement(By.Id("done"));
        Assert.That(() => done.Text, Is.EqualTo($"{runs.Count} run numbers copied").After(2000, 50));
        Assert.That(
            Browser.AskLater<string>("navigator.clipboard.readText().then(arguments[0], e => arguments[0](String(e)))"),
            Is.EqualTo(string.Join(',', runs))
        );
    }

    [Test]
    public void Should_show_without_a_script_what_is_to_process_or_to_repair()
    {
        var totals = Browser
            .Page.FindElements(By.CssSelector("a[data-filter^='outcome=']"))
            .ToDictionary(a => a.GetDomAttribute("data-filter")!.Split('=')[1], a => int.Parse(a.Text, CultureInfo.InvariantCulture));
        try
        {
            Browser.RunScripts(false);
            GoTo(Address);

            Assert.Multiple(() =>
            {
                Assert.That(
                    Browser.Ask<long>("[...document.querySelectorAll('button, input, select')].filter(e => e.checkVisibility()).length"),
                    Is.Zero
                );
                Assert.That(
                    Column(6).GroupBy(o => o).Select(g => (g.Key, g.Count())),
                    Is.EqualTo(Order[..6].Select(o => (o, Math.Min(30, totals.GetValueOrDefault(o)))).Where(o => o.Item2 > 0))
                );
                Assert.That(
                    Browser.Page.FindElement(By.Id("without-script")).Text,
                    Does.Contain("at most 30 lines of each outcome")
                        .And.Contain($"Lines left out: {totals["process"] - 30} of process, {totals["input-missing"] - 30} of input-missing")
                );
                Assert.That(
                    Browser.Ask<long>(
                        "[...document.querySelectorAll('main a')].filter(a => !document.getElementById(a.hash.slice(1))).length"
                    ),
                    Is.Zero,
                    "each link leads somewhere"
                );
            });
        }
        finally
        {
            Browser.RunScripts(true);
        }
    }

    [Test]
    public void Should_print_of_the_ledger_what_is_filtered()
    {
        Browser.ShowPrinted();
        Assert.That(Browser.Page.FindElement(By.Id("ledger-frame")).Displayed, Is.False);
        Assert.That(Browser.Page.FindElement(By.CssSelector(".printed")).Text, Does.StartWith("792 lines, not printed."));

        GoTo(Address + "#ledger&outcome=not-applicable");
        _ = Browser.Ask<object?>("dispatchEvent(new Event('beforeprint')) && null");
        var count = int.Parse(Found.Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.That(count, Is.GreaterThan(100));
        Assert.That(Rows(), Has.Count.EqualTo(count), "all of them, not a page of a hundred");
        Assert.That(
            Browser.Ask<long>(
                "(() => { const r = document.createRange(); r.selectNodeContents(document.querySelector('#lines .date')); "
                    + "return r.getClientRects().length; })()"
            ),
            Is.EqualTo(1),
            "a date does not break"
        );
        _ = Browser.Ask<object?>("dispatchEvent(new Event('afterprint')) && null");
        Assert.That(Rows(), Has.Count.EqualTo(100));
    }
}
