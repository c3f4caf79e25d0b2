using OpenQA.Selenium;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines;
using Outsource.Operator.Report;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Report;

/// <summary>The report of the demo, opened in headless Chromium: one browser for all tests of a class.</summary>
[Category(TestFilter.Program)]
internal abstract class ReportInBrowser
{
    protected DemoRun Demo { get; private set; } = null!;

    protected Browser Browser { get; private set; } = null!;

    protected string Address { get; private set; } = "";

    protected string Found => Browser.Page.FindElement(By.Id("found")).Text;

    [OneTimeSetUp]
    public void Open()
    {
        Browser = new Browser();
        Demo = new DemoRun();
        Assert.That(Demo.Run("--target=DryRun", "--name=d").ExitCode, Is.Zero);
        Assert.That(Demo.Run("--target=Report", "--name=d", "--run=61031").ExitCode, Is.Zero);
        Address = new Uri(Path.Combine(Demo.Generated("d"), "report.html")).AbsoluteUri;
    }

    [OneTimeTearDown]
    public void Close()
    {
        Browser?.Dispose();
        Demo?.Dispose();
    }

    [SetUp]
    public void Load()
    {
        Browser.Show(1280, 900);
        GoTo(Address);
    }

    [TearDown]
    public void Should_have_said_nothing_in_the_console() =>
        Assert.That(Browser.Page.Manage().Logs.GetLog(LogType.Browser).Select(e => e.ToString()), Is.Empty);

    /// <summary>Opens an address afresh, also where only what follows its # differs.</summary>
    protected void GoTo(string address)
    {
        Browser.Page.Navigate().GoToUrl("about:blank");
        Browser.Page.Navigate().GoToUrl(address);
    }

    protected void Click(string selector) => Browser.Page.FindElement(By.CssSelector(selector)).Click();

    protected void Choose(string id, string value) => Browser.Page.FindElement(By.CssSelector($"#{id} option[value='{value}']")).Click();

    protected void Search(string words, string found)
    {
        Browser.Page.FindElement(By.Id("search")).SendKeys(words);
        Assert.That(() => Found, Is.EqualTo(found).After(5000, 50));
    }

    protected string Sort(string by) => Browser.Page.FindElement(By.CssSelector($"th[data-by={by}]")).GetAttribute("aria-sort")!;

    protected List<string> Rows() => [.. Browser.Page.FindElements(By.CssSelector("#lines tr")).Select(r => r.Text)];

    protected List<string> Column(int number) =>
        [.. Browser.Page.FindElements(By.CssSelector($"#lines tr > :nth-child({number})")).Select(r => r.Text)];

    /// <summary>A submitted workflow with a job that is held: the address of its report.</summary>
    protected string Submitted()
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
        var data = new ReportData
        {
            Name = "test",
            Now = fixture.Now,
            Status = fixture.Read(new QueueAnswer([new QueueJob(9, 0, QueueJob.Running)])),
        };
        return new Uri(Demo.File("submitted.html", new ReportPage(data).Render())).AbsoluteUri;
    }
}
