using OpenQA.Selenium;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Operator.Report;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Pegasus.DagMan;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Report;

/// <summary>The report of the demo in headless Chromium, as an operator uses it.</summary>
[Category(TestFilter.Program)]
[TestFixture]
internal sealed class ReportBrowserTests
{
    private DemoRun _demo = null!;
    private Browser _browser = null!;
    private string _address = "";

    [OneTimeSetUp]
    public void Open()
    {
        _browser = new Browser();
        _demo = new DemoRun();
        Assert.That(_demo.Run("--target=DryRun", "--name=d").ExitCode, Is.Zero);
        Assert.That(_demo.Run("--target=Report", "--name=d", "--run=61031").ExitCode, Is.Zero);
        _address = new Uri(Path.Combine(_demo.Generated("d"), "report.html")).AbsoluteUri;
    }

    [OneTimeTearDown]
    public void Close()
    {
        _browser?.Dispose();
        _demo?.Dispose();
    }

    [SetUp]
    public void Load()
    {
        _browser.Show(1280, 900);
        _browser.Page.Navigate().GoToUrl("about:blank");
        _browser.Page.Navigate().GoToUrl(_address);
    }

    [TearDown]
    public void Should_have_said_nothing_in_the_console() =>
        Assert.That(_browser.Page.Manage().Logs.GetLog(LogType.Browser).Select(e => e.ToString()), Is.Empty);

    [Test]
    public void Should_show_all_lines_a_hundred_at_a_time()
    {
        Assert.That(Found, Is.EqualTo("792 of 792 lines, 1 to 100 shown"));
        Assert.That(_browser.Ask<long>("document.querySelectorAll('#lines tr').length"), Is.EqualTo(100));
        Click("#after");
        Assert.That(Found, Is.EqualTo("792 of 792 lines, 101 to 200 shown"));
        Click("#before");
        Assert.That(Found, Is.EqualTo("792 of 792 lines, 1 to 100 shown"));
    }

    [Test]
    public void Should_filter_by_words_and_by_choices()
    {
        _browser.Page.FindElement(By.Id("search")).SendKeys("tape 61086");
        Assert.That(() => Found, Is.EqualTo("6 of 792 lines").After(5000, 50));
        Choose("by-outcome", "input-missing");
        Choose("by-type", "peaklets");
        Assert.That(Found, Is.EqualTo("1 of 792 lines"));
        Assert.That(
            Rows(),
            Is.EqualTo(
                new[]
                {
                    "061086 2025-07-14 tpc_bkg peaklets input-missing raw-not-readable raw_records at CNAF_TAPE_USERDISK only, which "
                        + "is tape",
                }
            )
        );
        Click("#clear");
        Assert.That(Found, Does.StartWith("792 of 792"));
        Choose("by-code", "tagged");
        Choose("by-mode", "tpc_kr83m");
        Assert.That(Found, Is.EqualTo("8 of 792 lines"));
        _browser.Page.FindElement(By.Id("search")).SendKeys("no such words");
        Assert.That(() => Found, Is.EqualTo("0 of 792 lines").After(5000, 50));
    }

    [Test]
    public void Should_sort_up_and_down()
    {
        Choose("by-type", "peaklets");
        Click("th[data-by=code] button");
        Assert.That(Sort("code"), Is.EqualTo("ascending"));
        Assert.That(Column(6), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Click("th[data-by=code] button");
        Assert.That((Sort("code"), Sort("run")), Is.EqualTo(("descending", "none")));
        Assert.That(Column(6), Is.Ordered.Descending.Using((IComparer<string>)StringComparer.Ordinal));
    }

    [Test]
    public void Should_show_a_run_by_its_link()
    {
        _browser.Page.FindElement(By.Id("search")).SendKeys("61086");
        Assert.That(() => Found, Is.EqualTo("8 of 792 lines").After(5000, 50));
        Click("#lines a");
        Assert.That(_browser.Page.Url, Does.EndWith("#run-61086"));
        var card = _browser.Page.FindElement(By.Id("run-card"));
        Assert.That(
            card.Text,
            Does.StartWith("Run 061086\nmode tpc_bkg, taken 2025-07-14T19:37:59")
                .And.Contain(
                    "peaklets: input-missing, raw-not-readable (the raw data is only where jobs cannot read it, such as tape without "
                        + "--stage): raw_records at CNAF_TAPE_USERDISK only, which is tape"
                )
        );
        Assert.That(_browser.Ask<string>("document.activeElement.textContent"), Is.EqualTo("Run 061086"));

        // And by the address itself.
        _browser.Page.Navigate().GoToUrl("about:blank");
        _browser.Page.Navigate().GoToUrl(_address + "#run-61030");
        Assert.That(_browser.Page.FindElement(By.Id("run-card")).Text, Does.StartWith("Run 061030\n"));
    }

    [Test]
    public void Should_be_used_with_the_keyboard()
    {
        var body = _browser.Page.FindElement(By.TagName("body"));
        body.SendKeys(Keys.Tab);
        Assert.That(_browser.Ask<string>("document.activeElement.className"), Is.EqualTo("skip"));
        _browser.Ask<object?>("document.getElementById('search').focus()");
        HashSet<string> reached = [];
        for (var i = 0; i < 15; i++)
        {
            _browser.Page.SwitchTo().ActiveElement().SendKeys(Keys.Tab);
            _ = reached.Add(_browser.Ask<string>("document.activeElement.id || document.activeElement.textContent.slice(0, 9)"));
        }

        Assert.That(reached, Is.SupersetOf(new[] { "by-outcome", "by-type", "by-code", "by-mode", "clear", "Data type", "Reason" }));
    }

    [Test]
    public void Should_name_everything_for_a_screen_reader()
    {
        Assert.Multiple(() =>
        {
            Assert.That(_browser.Ask<string>("document.documentElement.lang"), Is.EqualTo("en"));
            Assert.That(_browser.Ask<long>("document.querySelectorAll('h1').length"), Is.EqualTo(1));
            Assert.That(
                _browser.Ask<long>("[...document.querySelectorAll('input, select')].filter(e => !e.labels.length).length"),
                Is.Zero,
                "each field has its label"
            );
            Assert.That(
                _browser.Ask<long>(
                    "[...document.querySelectorAll('svg')].filter(e => !(e.getAttribute('role') === 'img' && (e.ariaLabel || "
                        + "e.querySelector('title'))) && !e.closest('[aria-hidden=true]')).length"
                ),
                Is.Zero,
                "each drawing has its words, or a table says the same"
            );
            Assert.That(
                _browser.Ask<long>("[...document.querySelectorAll('table')].filter(e => !e.caption).length"),
                Is.Zero,
                "each table has its caption"
            );
            Assert.That(
                _browser.Ask<long>(
                    "document.querySelectorAll('[id]').length - new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
                ),
                Is.Zero,
                "each id is there once"
            );
            Assert.That(
                _browser.Ask<long>("[...document.querySelectorAll('nav a')].filter(a => !document.getElementById(a.hash.slice(1))).length"),
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
        _browser.Show(width, 900);

        // Tables with sentences; those of numbers alone may scroll on a phone, with their names in sight.
        Assert.That(
            _browser.Ask<long>(
                "[...document.querySelectorAll('table.stack')].filter(t => t.parentElement.scrollWidth > "
                    + "t.parentElement.clientWidth).length"
            ),
            Is.Zero
        );
        Assert.That(
            _browser.Ask<bool>("document.querySelector('#lines td.long').getBoundingClientRect().right <= innerWidth"),
            "the detail is in sight"
        );
        Assert.That(
            _browser.Ask<double>(
                "Math.min(...[...document.querySelectorAll('svg.graph text')].map(t => parseFloat(getComputedStyle(t).fontSize) * "
                    + "t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width)) + 0.001"
            ),
            Is.GreaterThan(11),
            "letters of the graphs, in pixels"
        );
        Click("th[data-by=outcome] button");
        Assert.That(Sort("outcome"), Is.EqualTo("ascending"), "it is sorted on a phone too");
    }

    [TestCase(390)]
    [TestCase(1440)]
    public void Should_show_what_became_of_a_submission(int width)
    {
        var fixture = new SubmitFixture()
            .Ended(SubmitFixture.Added, minute: 45)
            .Ended(SubmitFixture.First, minute: 55)
            .Ended(SubmitFixture.Other, minute: 75)
            .Held(
                SubmitFixture.Second,
                "Transfer input files failure at execution point slot1_3@glidein while receiving files from access point ap23: HTTP "
                    + "response code 503 from gsidavs://xenon-gridftp.grid.uchicago.edu:2880/xenon/scratch/043000-output.tar.gz",
                minute: 70
            );
        var status = fixture.Read(new QueueAnswer([new QueueJob(9, 0, QueueJob.Running)]));
        _browser.Show(width, 900);
        _browser
            .Page.Navigate()
            .GoToUrl(
                new Uri(
                    _demo.File(
                        "submitted.html",
                        new ReportPage(
                            new ReportData
                            {
                                Name = "test",
                                Now = fixture.Now,
                                Status = status,
                            }
                        ).Render()
                    )
                ).AbsoluteUri
            );

        Assert.That(_browser.Ask<long>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width));
        Assert.That(
            _browser.Ask<bool>("[...document.querySelectorAll('table.stack *')].every(e => e.getBoundingClientRect().right <= innerWidth)"),
            "why jobs are held, and how many, is in sight"
        );
        Assert.That(_browser.Ask<long>("document.querySelectorAll('.chart svg').length"), Is.EqualTo(1));
        Assert.That(
            _browser.Ask<bool>(
                "document.querySelector('.chart svg').getBoundingClientRect().height > 150 && [...document.querySelectorAll('.chart "
                    + "span')].every(s => parseFloat(getComputedStyle(s).fontSize) > 12)"
            )
        );
        Assert.That(
            _browser.Page.FindElement(By.CssSelector(".chart .along")).Text,
            Is.EqualTo("2026-11-22\n16:45 UTC\n2026-11-22\n17:22 UTC\n2026-11-22\n18:00 UTC"),
            "up to now, so that a halt is seen"
        );
    }

    [Test]
    public void Should_let_no_document_speak_for_the_page()
    {
        const string Hostile = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked=2'>\" \u2028 &amp; <!-- ]]>";
        var word = System.Text.Json.JsonSerializer.Serialize(Hostile);
        var runs = _demo.File(
            "hostile.jsonl",
            $$"""{"number":61700,"mode":{{word}},"source":{{word}},"start":{{word}},"end":{{word}},"detectors":["tpc",{{word}}],"tags":[{"name":{{word}}}],"data":[{"type":"raw_records","host":"rucio-catalogue","location":{{word}},"did":"xnt_061700:raw_records-lg55ubjvak","status":{{word}}}]}"""
                + "\n"
        );
        Assert.That(_demo.Run("--target=DryRun", "--name=hostile", $"--rundb=file:{runs}").ExitCode, Is.EqualTo(3));
        Assert.That(_demo.Run("--target=Report", "--name=hostile").ExitCode, Is.Zero);

        _browser.Page.Navigate().GoToUrl(new Uri(Path.Combine(_demo.Generated("hostile"), "report.html")).AbsoluteUri + "#run-61700");

        Assert.That(Found, Is.EqualTo("8 of 8 lines"));
        Assert.That(
            _browser.Ask<string>("document.querySelector('#by-mode').options[1].value"),
            Is.EqualTo(Hostile),
            "it is a word like another"
        );
        Assert.That(_browser.Page.FindElement(By.Id("run-card")).Text, Does.Contain("<script>window.hacked = 1</script>"));
        Assert.That(_browser.Ask<string>("typeof window.hacked + document.querySelectorAll('img').length"), Is.EqualTo("undefined0"));
    }

    [TestCase(375, 812, false, "report-phone", null)]
    [TestCase(375, 812, true, null, null)]
    [TestCase(768, 1024, true, "report-dark", "#jobs")]
    [TestCase(1280, 860, false, "report", null)]
    [TestCase(1280, 860, false, "report-ledger", "#run-61086")]
    [TestCase(1280, 860, true, "report-graph", "#graph")]
    public void Should_fit_the_window(int width, int height, bool dark, string? picture, string? at)
    {
        _browser.Show(width, height, dark);
        _browser.Page.Navigate().GoToUrl("about:blank");
        _browser.Page.Navigate().GoToUrl(_address + at);

        Assert.That(
            _browser.Ask<long>("document.documentElement.scrollWidth"),
            Is.LessThanOrEqualTo(width),
            "the page is as wide as the window; only tables scroll"
        );
        Assert.That(
            _browser.Ask<string>("getComputedStyle(document.body).backgroundColor"),
            Is.EqualTo(dark ? "rgb(18, 23, 29)" : "rgb(255, 255, 255)")
        );
        if (picture is not null)
        {
            // OUTSOURCE_UPDATE_README=1 takes the pictures of the pages anew; where this checkout lies is nobody's business there.
            _ = ((IJavaScriptExecutor)_browser.Page).ExecuteScript(
                @"for (const p of document.querySelectorAll('p')) { if (/file:\/\S*\/tasks\//.test(p.textContent)) { p.textContent = p.textContent.replace(/file:\S*\/tasks\//, 'file:…/tasks/'); } }"
            );
            var folder =
                Environment.GetEnvironmentVariable("OUTSOURCE_UPDATE_README") == "1"
                    ? Path.Combine(Checkout.Root, "docs", "images")
                    : _demo.Folder;
            var path = Path.Combine(Directory.CreateDirectory(folder).FullName, picture + ".png");
            _browser.Page.GetScreenshot().SaveAsFile(path);
            Assert.That(new FileInfo(path).Length, Is.InRange(10_000, 300_000));
            Assert.That(File.Exists(Path.Combine(Checkout.Root, "docs", "images", picture + ".png")), "a page shows it");
        }
    }

    private string Found => _browser.Page.FindElement(By.Id("found")).Text;

    private void Click(string selector) => _browser.Page.FindElement(By.CssSelector(selector)).Click();

    private void Choose(string id, string value) => _browser.Page.FindElement(By.CssSelector($"#{id} option[value='{value}']")).Click();

    private string Sort(string by) => _browser.Page.FindElement(By.CssSelector($"th[data-by={by}]")).GetAttribute("aria-sort")!;

    private List<string> Rows() => [.. _browser.Page.FindElements(By.CssSelector("#lines tr")).Select(r => r.Text)];

    private List<string> Column(int number) =>
        [.. _browser.Page.FindElements(By.CssSelector($"#lines tr > :nth-child({number})")).Select(r => r.Text)];
}
