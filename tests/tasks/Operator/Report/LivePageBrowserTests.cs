using System.Globalization;
using OpenQA.Selenium;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Operator.Report;

namespace Outsource.Tests.Operator.Report;

/// <summary>The page of a watched workflow in headless Chromium: it loads itself again.</summary>
[TestFixture]
[CancelAfter(900_000)]
internal sealed class LivePageBrowserTests : ReportInBrowser
{
    private const int Runs = 500;

    [Test]
    public void Should_show_what_is_new_and_keep_filter_and_place_if_made_again()
    {
        var address = Write("first");
        GoTo(address + "#ledger&type=peaklets&page=2");
        Assert.That(Words, Does.StartWith("Made again, and loaded again, every 2 seconds"));
        Browser.Page.ExecuteScript("window.scrollTo(0, 700); window.old = true;");

        Write("second");

        Assert.That(
            () => Browser.Ask<bool>("window.old !== true && document.body.textContent.includes('second')"),
            Is.True.After(30_000, 200)
        );
        Assert.That(() => Browser.Ask<long>("Math.round(window.scrollY)"), Is.EqualTo(700).After(5000, 100));
        Assert.That(Found, Is.EqualTo($"{Runs} of {Runs} lines, 101 to 200 shown"));
        Assert.That(Browser.Page.FindElement(By.Id("by-type")).GetAttribute("value"), Is.EqualTo("peaklets"));
    }

    [Test]
    public void Should_stay_as_it_is_if_paused()
    {
        GoTo(Write("first"));
        Click("#live-pause");
        Browser.Page.ExecuteScript("window.old = true;");
        Write("second");

        Assert.That(Words, Is.EqualTo("Not loaded again until you go on."));
        Thread.Sleep(TimeSpan.FromSeconds(8));
        Assert.That(Browser.Ask<bool>("window.old === true"), Is.True, "it was loaded again");

        Click("#live-pause");
        Assert.That(() => Browser.Ask<bool>("window.old !== true"), Is.True.After(30_000, 200));
    }

    [Test]
    public void Should_stay_as_it_is_if_its_workflow_is_no_longer_watched()
    {
        GoTo(Address);

        Assert.That(Browser.Page.FindElements(By.Id("live")), Is.Empty);
        Assert.That(Browser.Page.FindElements(By.CssSelector("body[data-refresh]")), Is.Empty);
    }

    private string Words => Browser.Page.FindElement(By.Id("live")).Text;

    /// <summary>Makes the page, with a word in it. Its address.</summary>
    private string Write(string word)
    {
        var totals = new LedgerTotals();
        var lines = Enumerable
            .Range(61_000, Runs)
            .Select(run => new LedgerLine(run, null, "peaklets", new Verdict(Reason.Tagged, $"detail of {word}"), "FilterModes"))
            .ToList();
        lines.ForEach(totals.Add);
        var data = new ReportData
        {
            Name = "live",
            Now = new DateTimeOffset(2026, 11, 22, 18, 0, 0, TimeSpan.Zero),
            Lines = [.. lines],
            Totals = totals,
            Ledger = new LedgerHeader(
                "f",
                Runs,
                Runs,
                System.Collections.Immutable.ImmutableSortedDictionary<string, long>.Empty
            ),
            Missing = [string.Create(CultureInfo.InvariantCulture, $"this is the {word} one")],
        };
        var path = Demo.File("live.html", new ReportPage(data) { Refresh = TimeSpan.FromSeconds(2) }.Render());
        return new Uri(path).AbsoluteUri;
    }
}
