using OpenQA.Selenium;
using Outsource.Tests.Build;

namespace Outsource.Tests.Operator.Report;

/// <summary>The report of the demo in headless Chromium, as an operator uses it.</summary>
[TestFixture]
[CancelAfter(900_000)]
internal sealed class ReportBrowserTests : ReportInBrowser
{
    [Test]
    public void Should_show_a_run_by_its_link()
    {
        Search("61086", "8 of 792 lines");
        Click("#lines a");
        Assert.That(Browser.Page.Url, Does.EndWith("#run-61086&search=61086"));
        var card = Browser.Page.FindElement(By.Id("run-card"));
        Assert.That(
            card.Text,
            Does.StartWith("Run 061086\nmode tpc_bkg, source none, taken 2025-07-14T19:37:59")
                .And.Contain(
                    "peaklets: input-missing, raw-not-readable (the raw data is only where jobs cannot read it, such as tape without "
                        + "--stage): raw_records at CNAF_TAPE_USERDISK only, which is tape"
                )
        );
        Assert.That(Browser.Ask<string>("document.activeElement.textContent"), Is.EqualTo("Run 061086"));

        // And by the address itself.
        GoTo(Address + "#run-61030");
        Assert.That(Browser.Page.FindElement(By.Id("run-card")).Text, Does.StartWith("Run 061030\n"));
    }

    [Test]
    public void Should_be_used_with_the_keyboard()
    {
        var body = Browser.Page.FindElement(By.TagName("body"));
        body.SendKeys(Keys.Tab);
        Assert.That(Browser.Ask<string>("document.activeElement.className"), Is.EqualTo("skip"));
        Browser.Ask<object?>("document.getElementById('search').focus()");
        HashSet<string> reached = [];
        for (var i = 0; i < 20; i++)
        {
            Browser.Page.SwitchTo().ActiveElement().SendKeys(Keys.Tab);
            _ = reached.Add(Browser.Ask<string>("document.activeElement.id || document.activeElement.textContent.slice(0, 9)"));
        }

        Assert.That(reached, Is.SupersetOf(new[] { "by-outcome", "by-type", "by-code", "by-mode", "by-source", "clear", "download", "copy", "Data type", "Reason" }));
    }

    [Test]
    public void Should_name_everything_for_a_screen_reader()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Browser.Ask<string>("document.documentElement.lang"), Is.EqualTo("en"));
            Assert.That(Browser.Ask<long>("document.querySelectorAll('h1').length"), Is.EqualTo(1));
            Assert.That(
                Browser.Ask<long>("[...document.querySelectorAll('input, select')].filter(e => !e.labels.length).length"),
                Is.Zero,
                "each field has its label"
            );
            Assert.That(
                Browser.Ask<long>(
                    "[...document.querySelectorAll('svg')].filter(e => !(e.getAttribute('role') === 'img' && (e.ariaLabel || "
                        + "e.querySelector('title'))) && !e.closest('[aria-hidden=true]')).length"
                ),
                Is.Zero,
                "each drawing has its words, or a table says the same"
            );
            Assert.That(
                Browser.Ask<long>("[...document.querySelectorAll('table')].filter(e => !e.caption).length"),
                Is.Zero,
                "each table has its caption"
            );
            Assert.That(
                Browser.Ask<long>(
                    "document.querySelectorAll('[id]').length - new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
                ),
                Is.Zero,
                "each id is there once"
            );
            Assert.That(
                Browser.Ask<long>("[...document.querySelectorAll('nav a')].filter(a => !document.getElementById(a.hash.slice(1))).length"),
                Is.Zero,
                "each link leads somewhere"
            );
        });
    }

    [TestCase(390)]
    [TestCase(820)]
    [TestCase(1440)]
    public void Should_be_read_without_scrolling_sideways(int width)
    {
        Browser.Show(width, 900);

        // Tables with sentences; those of numbers alone may scroll on a phone, with their names in sight.
        Assert.That(
            Browser.Ask<long>(
                "[...document.querySelectorAll('table.stack')].filter(t => t.parentElement.scrollWidth > "
                    + "t.parentElement.clientWidth).length"
            ),
            Is.Zero
        );
        Assert.That(
            Browser.Ask<bool>("document.querySelector('#lines td.long').getBoundingClientRect().right <= innerWidth"),
            "the detail is in sight"
        );
        Assert.That(
            Browser.Ask<double>(
                "Math.min(...[...document.querySelectorAll('svg.graph text')].map(t => parseFloat(getComputedStyle(t).fontSize) * "
                    + "t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width)) + 0.001"
            ),
            Is.GreaterThan(11),
            "letters of the graphs, in pixels"
        );
        Click("th[data-by=mode] button");
        Assert.That(Sort("mode"), Is.EqualTo("ascending"), "it is sorted on a phone too");
    }

    [TestCase(390)]
    [TestCase(1440)]
    public void Should_show_what_became_of_a_submission(int width)
    {
        Browser.Show(width, 900);
        GoTo(Submitted());

        Assert.That(Browser.Ask<long>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width));
        Assert.That(
            Browser.Ask<bool>("[...document.querySelectorAll('table.stack *')].every(e => e.getBoundingClientRect().right <= innerWidth)"),
            "why jobs are held, and how many, is in sight"
        );
        Assert.That(Browser.Ask<long>("document.querySelectorAll('.chart svg').length"), Is.EqualTo(1));
        Assert.That(
            Browser.Ask<bool>(
                "document.querySelector('.chart svg').getBoundingClientRect().height > 150 && [...document.querySelectorAll('.chart "
                    + "span')].every(s => parseFloat(getComputedStyle(s).fontSize) > 12)"
            )
        );
        Assert.That(
            Browser.Page.FindElement(By.CssSelector(".chart .along")).Text,
            Is.EqualTo("2026-11-22\n16:42 UTC\n2026-11-22\n17:21 UTC\n2026-11-22\n18:00 UTC"),
            "up to now, so that a halt is seen"
        );
    }

    [Test]
    public void Should_let_no_document_speak_for_the_page()
    {
        const string Hostile = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked=2'>\" \u2028 &amp; <!-- ]]>";
        var word = System.Text.Json.JsonSerializer.Serialize(Hostile);
        var runs = Demo.File(
            "hostile.jsonl",
            $$"""{"number":61700,"mode":{{word}},"source":{{word}},"start":{{word}},"end":{{word}},"detectors":["tpc",{{word}}],"tags":[{"name":{{word}}}],"data":[{"type":"raw_records","host":"rucio-catalogue","location":{{word}},"did":"xnt_061700:raw_records-lg55ubjvak","status":{{word}}}]}"""
                + "\n"
        );
        Assert.That(Demo.Run("--target=DryRun", "--name=hostile", $"--rundb=file:{runs}").ExitCode, Is.EqualTo(3));
        Assert.That(Demo.Run("--target=Report", "--name=hostile").ExitCode, Is.Zero);

        Browser.Page.Navigate().GoToUrl(new Uri(Path.Combine(Demo.Generated("hostile"), "report.html")).AbsoluteUri + "#run-61700");

        Assert.That(Found, Is.EqualTo("8 of 8 lines"));
        Assert.That(
            Browser.Ask<string>("document.querySelector('#by-mode').options[1].value"),
            Is.EqualTo(Hostile),
            "it is a word like another"
        );
        Assert.That(Browser.Page.FindElement(By.Id("run-card")).Text, Does.Contain("<script>window.hacked = 1</script>"));
        Assert.That(Browser.Ask<string>("typeof window.hacked + document.querySelectorAll('img').length"), Is.EqualTo("undefined0"));
    }

    [TestCase(390)]
    [TestCase(820)]
    [TestCase(1440)]
    public void Should_stop_at_a_frame_if_it_scrolls(int width)
    {
        Browser.Show(width, 900);
        GoTo(Address);

        Assert.That(
            () =>
                Browser.Ask<long>(
                    "[...document.querySelectorAll('.scroll, .drawing')].filter(f => (f.tabIndex === 0) !== (f.scrollWidth > f.clientWidth + 1)).length"
                ),
            Is.Zero.After(2000, 50)
        );
        Assert.That(
            Browser.Ask<long>("[...document.querySelectorAll('.scroll, .drawing')].filter(f => f.tabIndex === 0).length"),
            width < 500 ? Is.GreaterThan(0) : Is.LessThan(4)
        );
    }

    [TestCase(375, 812, false, "report-phone", null)]
    [TestCase(375, 812, true, null, null)]
    [TestCase(768, 1024, true, "report-dark", "#jobs")]
    [TestCase(1280, 860, false, "report", null)]
    [TestCase(1280, 860, false, "report-ledger", "#ledger&outcome=input-missing")]
    [TestCase(1280, 760, false, "report-run", "#run-61086")]
    [TestCase(1280, 860, true, "report-graph", "#graph")]
    [TestCase(1280, 860, false, "report-status", "#timeline")]
    public void Should_fit_the_window(int width, int height, bool dark, string? picture, string? at)
    {
        Browser.Show(width, height, dark);
        GoTo(at == "#timeline" ? Submitted() + at : Address + at);

        Assert.That(
            Browser.Ask<long>("document.documentElement.scrollWidth"),
            Is.LessThanOrEqualTo(width),
            "the page is as wide as the window; only tables scroll"
        );
        Assert.That(
            Browser.Ask<string>("getComputedStyle(document.body).backgroundColor"),
            Is.EqualTo(dark ? "rgb(18, 23, 29)" : "rgb(255, 255, 255)")
        );
        if (picture is not null)
        {
            // OUTSOURCE_UPDATE_README=1 takes the pictures of the pages anew; where this checkout lies is nobody's business there.
            _ = ((IJavaScriptExecutor)Browser.Page).ExecuteScript(
                @"for (const p of document.querySelectorAll('p')) { if (/file:\/\S*\/tasks\//.test(p.textContent)) { p.textContent = p.textContent.replace(/file:\S*\/tasks\//, 'file:…/tasks/'); } }"
            );
            var folder =
                Environment.GetEnvironmentVariable("OUTSOURCE_UPDATE_README") == "1"
                    ? Path.Combine(Checkout.Root, "docs", "images")
                    : Demo.Folder;
            var path = Path.Combine(Directory.CreateDirectory(folder).FullName, picture + ".png");
            Browser.Page.GetScreenshot().SaveAsFile(path);
            Assert.That(new FileInfo(path).Length, Is.InRange(10_000, 300_000));
            Assert.That(File.Exists(Path.Combine(Checkout.Root, "docs", "images", picture + ".png")), "a page shows it");
        }
    }
}
