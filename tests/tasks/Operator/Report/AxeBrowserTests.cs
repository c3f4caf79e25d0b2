using Deque.AxeCore.Commons;
using OpenQA.Selenium;

namespace Outsource.Tests.Operator.Report;

/// <summary>
/// axe-core looks for what people with a keyboard, a screen reader or weak eyes cannot use: WCAG 2.0 to 2.2 at A and AA, and its best
/// practices. The script comes with a package, so no network is needed.
/// </summary>
[TestFixture]
[CancelAfter(900_000)]
internal sealed class AxeBrowserTests : ReportInBrowser
{
    /// <summary>Violations, an empty line, and the rules that were kept.</summary>
    private const string Check = """
        const [answer] = arguments;
        const said = rule => rule.id + ": " + rule.nodes.slice(0, 5).map(n => n.html.slice(0, 150)).join(" | ");
        axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]})
          .then(r => answer(r.violations.map(said).join("\n") + "\n\n" + r.passes.map(p => p.id).join("\n")), e => answer(String(e)));
        """;

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    [Test]
    public void Should_have_no_violation(
        [Values(390, 820, 1440)] int width,
        [Values] bool dark,
        [Values("", "#run-61086&outcome=input-missing", "submitted")] string shown
    )
    {
        Browser.Show(width, 900, dark);
        GoTo(shown == "submitted" ? Submitted() : Address + shown);
        _ = Browser.Ask<object?>("document.querySelectorAll('details').forEach(d => d.open = true)");
        _ = ((IJavaScriptExecutor)Browser.Page).ExecuteScript(Script);

        var answer = Browser.AskLater<string>(Check).Split("\n\n");

        Assert.That(answer[0], Is.Empty, "violations");
        Assert.That(answer[1].Split('\n'), Has.Length.GreaterThan(25), "it looked at the page");
    }
}
