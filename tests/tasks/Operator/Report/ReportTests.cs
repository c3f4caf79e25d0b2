using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines;
using Outsource.Model.Ledger;
using Outsource.Operator.Report;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Report;

/// <summary>What the report's page says, without a browser.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class ReportTests
{
    private static readonly DateTimeOffset Now = new(2025, 5, 14, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void Should_hold_all_that_the_workflow_has()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=DryRun", "--name=d").ExitCode, Is.Zero);

        var run = demo.Run("--target=Report", "--name=d");
        var path = Path.Combine(demo.Generated("d"), "report.html");
        var page = File.ReadAllText(path);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Match($@"^Report: {Regex.Escape(path)} \([0-9]+ kB\)\n$"));
        Assert.That(
            Regex.Matches(page, "<h2 id=\"([a-z]+)\"").Select(m => m.Groups[1].Value),
            Is.EqualTo(new[] { "outcomes", "jobs", "runs", "ledger", "graph", "settings" })
        );
        Assert.That(page, Does.Contain(">14,500 MB</td>").And.Contain(">50,000,000 KB</td>"), "settings have their units");
        Assert.That(page, Does.Contain("<b>424</b>jobs").And.Contain(">dtypes</th>").And.Contain("lg55ubjvak"));
        Assert.That(
            page,
            Does.Match(@"(?s)>UC_OSG_USERDISK</th>\s*<td class=""number"">88</td>\s*<td class=""number"">0\.[1-9][0-9]*</td>"),
            "volume of what lies there"
        );
        foreach (
            var code in ReasonCodes.All.Where(c =>
                File.ReadAllText(Path.Combine(demo.Generated("d"), "ledger.jsonl"))
                    .Contains($"\"code\":\"{c.Code}\"", StringComparison.Ordinal)
            )
        )
        {
            Assert.That(page, Does.Contain($"<th scope=\"row\" class=\"text\" role=\"rowheader\">{code.Code}</th>"));
        }

        // Nothing is fetched from anywhere, and the same again is the same.
        Assert.That(Regex.Matches(page, @"(src|href)=""(?!#)[^""]*""|@import|url\("), Is.Empty);
        Assert.That(page, Does.Contain("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;;"));
        Assert.That(demo.Run("--target=Report", "--name=d").ExitCode, Is.Zero);
        Assert.That(File.ReadAllText(path), Is.EqualTo(page));
    }

    [Test]
    public void Should_be_small_for_2000_runs()
    {
        using var demo = new DemoRun();
        var lines = new StringBuilder();
        var listing = new StringBuilder("{");
        for (var i = 0; i < 2000; i++)
        {
            var number = (70000 + i).ToString(CultureInfo.InvariantCulture);
            lines
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"number":{{number}},"mode":"tpc_bkg","source":"none","start":"2025-{{1 + (i % 12):D2}}-01T00:00:00","end":"2025-{{1 + (i % 12):D2}}-01T01:00:00","detectors":["tpc"],"tags":[],"data":[{"type":"raw_records","host":"rucio-catalogue","location":"UC_OSG_USERDISK","did":"xnt_0{{number}}:raw_records-lg55ubjvak","status":"transferred","size_mb":5000.5}]}"""
                )
                .Append('\n');
            listing
                .Append(i == 0 ? "" : ",")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"\"xnt_0{number}:raw_records-lg55ubjvak\":["
                        + $"{string.Join(',', Enumerable.Range(0, 20).Select(c => $"\"raw_records-lg55ubjvak-{c:D6}\""))}]"
                );
        }

        var (runs, rucio) = (demo.File("runs.jsonl", lines.ToString()), demo.File("rucio.json", listing.Append('}').ToString()));
        var config = demo.File(
            "config",
            File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "demo", ".xenon_config"))
                .Replace("max_daily = 50", "max_daily = 2000", StringComparison.Ordinal)
                .Replace("context_file = ", $"context_file = {Checkout.Root}/tasks/demo/", StringComparison.Ordinal)
        );
        var planned = demo.Run("--target=DryRun", "--name=d", $"--config={config}", $"--rundb=file:{runs}", $"--rucio=file:{rucio}");
        Assert.That(planned.ExitCode, Is.Zero, planned.Error);
        Assert.That(planned.Out, Does.Contain("for 2,000 runs"));

        Assert.That(demo.Run("--target=Report", "--name=d", $"--config={config}").ExitCode, Is.Zero);

        Assert.That(new FileInfo(Path.Combine(demo.Generated("d"), "report.html")).Length, Is.LessThan(3_000_000));
    }

    [Test]
    public void Should_say_what_is_missing_and_show_the_rest()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=FilterModes", "--name=d").ExitCode, Is.Zero);
        File.WriteAllText(Path.Combine(demo.Generated("d"), "settings.yml"), "no settings");

        var run = demo.Run("--target=Report", "--name=d");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            run.Error,
            Does.Contain("Warning: settings.yml cannot be shown: ")
                .And.Contain("Warning: plan.jsonl is not there yet: the stage PlanChunks makes it.\n")
        );
        var page = File.ReadAllText(Path.Combine(demo.Generated("d"), "report.html"));
        Assert.That(
            page,
            Does.Contain("<p class=\"note\">plan.jsonl is not there yet: the stage PlanChunks makes it.</p>")
                .And.Contain("id=\"ledger\"")
                .And.Not.Contain("id=\"graph\"")
        );
    }

    [TestCase(2, "run 61004 has no job in workflow 'd', so there is no graph of it. --target=Explain --run=61004 says why.", "--run=61004")]
    [TestCase(2, "--run names 2 runs, but the report draws the graph of one. Name one; --target=Draw draws several.", "--run=61030,61031")]
    [TestCase(2, "there is no workflow 'e' below '", "--name=e")]
    public void Should_refuse_what_it_cannot_draw(int code, string error, params string[] arguments)
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=DryRun", "--name=d", "--to=61040").ExitCode, Is.Zero);

        var run = demo.Run(["--target=Report", .. arguments]);

        Assert.That((run.ExitCode, run.Error.StartsWith("Error: " + error, StringComparison.Ordinal)), Is.EqualTo((code, true)), run.Error);
        Assert.That(File.Exists(Path.Combine(demo.Generated("d"), "report.html")), Is.False);
    }

    [Test]
    public void Should_let_no_word_become_markup()
    {
        const string Hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&\u0001\"'";
        var line = new LedgerLine(7157, null, Hostile, new Verdict(Reason.Tagged, Hostile), "FilterModes");
        var totals = new LedgerTotals();
        totals.Add(line);

        var page = new ReportPage(
            new ReportData
            {
                Name = Hostile,
                Now = Now,
                Lines = [line],
                Totals = totals,
                Ledger = new LedgerHeader("f", 1, 1, System.Collections.Immutable.ImmutableSortedDictionary<string, long>.Empty),
                Missing = [Hostile],
            }
        ).Render();

        Assert.That(Regex.Count(page, "<script"), Is.EqualTo(3), "the data and the page's own two");
        Assert.That(Regex.Count(page, "</script>"), Is.EqualTo(3));
        Assert.That(page, Does.Not.Contain("<img").And.Not.Contain("alert(1)<"));
        Assert.That(page, Does.Contain("&lt;/script&gt;&lt;script&gt;alert(1)").And.Contain("\\u003C/script\\u003E"));
    }

    [Test]
    public void Should_show_how_it_went_once_it_is_submitted()
    {
        var fixture = new SubmitFixture()
            .Ended(SubmitFixture.Added, minute: 45)
            .Ended(SubmitFixture.First, minute: 55)
            .Ended(SubmitFixture.Other, minute: 75)
            .Held(SubmitFixture.Second, minute: 70);
        var status = fixture.Read(new QueueAnswer([new QueueJob(9, 0, QueueJob.Running)]));

        var page = new ReportPage(
            new ReportData
            {
                Name = "test",
                Now = Now,
                Status = status,
            }
        ).Render();

        Assert.That(
            page,
            Does.Contain("id=\"status\"")
                .And.Contain(">Nodes by state over time</h3>")
                .And.Contain(
                    "Of 5 nodes, 1 in the queue, 4 waiting at 2026-11-22 16:42 UTC; 3 done, 1 held, 1 waiting at 2026-11-22 18:00 UTC."
                )
        );
        Assert.That(
            page,
            Does.Contain("Error from slot1_1@vm: memory usage exceeded request_memory").And.Contain("<h3>Used against requested</h3>")
        );
        Assert.That(
            page,
            Does.Match(
                @"(?s)>peaklets</th>\s*<td class=""number"">2,400</td>\s*<td class=""number"">2,000</td>\s*<td class=""number"">120</td>"
            )
        );
        Assert.That(page, Does.Contain("<th scope=\"row\" class=\"text\">(stage_in)</th>"));
    }
}
