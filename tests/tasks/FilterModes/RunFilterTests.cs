using System.IO.Abstractions.TestingHelpers;
using Outsource.FilterModes;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.QueryRuns;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.FilterModes;

public sealed class RunFilterTests
{
    internal static (Selection Selection, MockFileSystem Disk) Filter(
        Func<OutsourceSettings, OutsourceSettings>? change,
        params RunDocument[] runs
    )
    {
        var disk = Given.Disk();
        var loaded = Given.Loaded(change);
        var artifact = new RunQuery(disk, new Said()).RunAsync(loaded, new Listed(runs), "/g", default).GetAwaiter().GetResult();
        return (new RunFilter(disk).Filter(loaded, artifact, "/g", default), disk);
    }

    [Test]
    public void Should_account_for_every_run_and_type_exactly_once()
    {
        var (selection, _) = Filter(
            null,
            Given.Run(7000),
            Given.Run(7001) with
            {
                Tags = ["bad"],
            },
            new RunDocument { Position = "line 3", Fault = new DocumentFault(Reason.NotJson, "x") }
        );
        var header = selection.Ledger.ReadHeader();
        var lines = selection.Ledger.Read().ToList();

        Assert.That(lines, Has.Count.EqualTo(3 * 7));
        Assert.That(lines.Select(l => (l.Run, l.Position, l.Type)).Distinct().Count(), Is.EqualTo(lines.Count));
        Assert.That((header.Runs, header.Lines, header.Totals.Values.Sum()), Is.EqualTo((3, 21L, 21L)));
        Assert.That(header.Totals["process"], Is.EqualTo(2));
        Assert.That(header.Totals["faulty-document"], Is.EqualTo(7));
    }

    [Test]
    public void Should_keep_the_newest_runs_if_max_daily_is_reached()
    {
        var (selection, _) = Filter(s => s with { MaxDaily = 2 }, [.. Enumerable.Range(7000, 5).Select(n => Given.Run(n))]);

        Assert.That(selection.Runs, Is.EqualTo(new[] { 7003, 7004 }));
        var cut = selection.Ledger.Read().Where(l => l.Run == 7002 && l.Type == "peaklets").Single();
        Assert.That(cut.Verdict, Is.EqualTo(new Verdict(Reason.OverMaxDaily, "max_daily = 2 newer runs are selected")));
        Assert.That(
            selection.Ledger.Read().Single(l => l.Run == 7002 && l.Type == "hitlets_nv").Verdict.Reason,
            Is.EqualTo(Reason.DetectorAbsent)
        );
    }

    [Test]
    public void Should_count_every_decision_if_progress_is_shown()
    {
        var (disk, said) = (Given.Disk(), new Said());
        var artifact = new RunQuery(disk, new Said())
            .RunAsync(Given.Loaded(), new Listed([Given.Run(7000), Given.Run(7001)]), "/g", default)
            .GetAwaiter()
            .GetResult();

        new RunFilter(disk, said).Filter(Given.Loaded(), artifact, "/g", default);

        Assert.That(said.Progresses.Select(p => p.ToString()), Is.EqualTo(new[] { "4 of 4 decisions on runs" }));
    }

    [Test]
    public void Should_count_what_changes_if_runs_are_left_out()
    {
        var (disk, said) = (Given.Disk(), new Said());
        var loaded = Given.Loaded(s => s with { MaxDaily = 1 });
        var artifact = new RunQuery(disk, new Said())
            .RunAsync(loaded, new Listed([Given.Run(7000), Given.Run(7001)]), "/g", default)
            .GetAwaiter()
            .GetResult();

        var selection = new RunFilter(disk, said).Filter(loaded, artifact, "/g", default);

        Assert.That(said.Progresses.Select(p => p.ToString()), Is.EqualTo(new[] { "4 of 4 decisions on runs" }));
        Assert.That(
            selection.Ledger.ReadHeader().Totals["excluded"],
            Is.EqualTo(selection.Ledger.Read().Count(l => l.Verdict.Outcome == Outcome.Excluded)).And.GreaterThan(0)
        );
        Assert.That(selection.Totals.Of(Outcome.Excluded), Is.EqualTo(selection.Ledger.ReadHeader().Totals["excluded"]));
    }

    [Test]
    public void Should_warn_of_what_no_run_has_if_it_was_asked_for()
    {
        var (disk, said) = (Given.Disk(), new Said());
        var loaded = Given.Loaded(s => s with { Modes = ["tpc_bgk", "tpc_bkg"], Sources = ["none", "kr-83m"] });
        var artifact = new RunQuery(disk, new Said())
            .RunAsync(loaded, new Listed([Given.Run(7000) with { Mode = "tpc_bkg", Source = "none" }]), "/g", default)
            .GetAwaiter()
            .GetResult();

        new RunFilter(disk, said).Filter(loaded, artifact, "/g", default);

        Assert.That(
            said.Warnings,
            Is.EqualTo(
                new[]
                {
                    "none of the runs considered has mode 'tpc_bgk' (did you mean 'tpc_bkg'?). There are tpc_bkg (1 run); --target=Runs shows "
                        + "all.",
                    "none of the runs considered has source 'kr-83m'. There are none (1 run); --target=Runs shows all.",
                }
            )
        );
    }

    [Test]
    public void Should_name_the_most_frequent_values_if_an_asked_one_is_not_there()
    {
        var values = new ConsideredValues();
        for (var i = 0; i < 12; i++)
        {
            for (var n = 0; n <= i; n++)
            {
                values.Add(Given.Run(7000 + (100 * i) + n) with { Mode = $"mode_{i:D2}", Tags = [$"\u202etag{i:D2}"] });
            }
        }

        var warnings = values.Warnings(Given.Settings with { Modes = ["other"], IncludeTags = ["zzzzzzzzzzzzzzzz"] }).ToList();

        Assert.That(
            warnings[0],
            Is.EqualTo(
                "none of the runs considered has mode 'other'. There are mode_11 (12 runs), mode_10 (11 runs), mode_09 (10 runs), mode_08 (9 "
                    + "runs), mode_07 (8 runs), mode_06 (7 runs), mode_05 (6 runs), mode_04 (5 runs) and 4 more; --target=Runs shows all."
            )
        );
        Assert.That(warnings[1], Does.Contain("'zzzzzzzzzzzzzzzz'. There are \\u202etag11 (12 runs), "));
    }

    [Test]
    public void Should_warn_of_exclusions_that_no_run_has_only_if_somebody_set_them()
    {
        var values = new ConsideredValues();
        values.Add(Given.Run(7000) with { Mode = "tpc_noise", Source = "kr-83m", Tags = ["bad"] });
        var byDefault = Given.Settings with
        {
            ExcludeModes = ["tpc_noize", "tpc_noise", "tpc_*", "zzz*"],
            ExcludeSources = ["kr-83n"],
            ExcludeTags = ["abandon"],
        };
        var set = byDefault with
        {
            Origins = byDefault
                .Origins.Add("exclude_modes", "/c:5")
                .Add("exclude_sources", "/c:6")
                .Add("exclude_tags", "default"),
        };

        Assert.That(values.Warnings(byDefault), Is.Empty);
        Assert.That(
            values.Warnings(set),
            Is.EqualTo(
                new[]
                {
                    "exclude_modes (/c:5): none of the runs considered has mode 'tpc_noize' (did you mean 'tpc_noise'?), 'zzz*'.",
                    "exclude_sources (/c:6): none of the runs considered has source 'kr-83n' (did you mean 'kr-83m'?).",
                }
            )
        );
        Assert.That(values.Warnings(set with { Runs = [7000] }), Is.Empty, "a few runs that are named have few modes");
        Assert.That(values.Warnings(set with { Modes = ["tpc_noise"], Sources = ["kr-83m"] }), Is.Empty, "then they do not apply");
    }

    [Test]
    public void Should_fail_as_a_whole_if_the_source_failed_on_more_than_five_percent()
    {
        RunDocument Failed(int n) => new() { Number = n, Fault = new DocumentFault(Reason.RunNotAnswered, "timed out") };
        RunDocument[] good = [.. Enumerable.Range(7000, 19).Select(n => Given.Run(n))];

        Assert.DoesNotThrow(() => Filter(null, [.. good, Failed(7100)]));
        var error = Assert.Throws<OutsourceException>(() => Filter(null, [.. good, Failed(7100), Failed(7101)]));
        Assert.That(error!.ExitCode, Is.EqualTo(1));
        Assert.That(error.Message, Does.StartWith("the source failed on 2 of 21 runs"));
    }

    internal sealed class Listed(RunDocument[] runs) : IRunSource
    {
        public string Name => "list";

        public QueryCost Cost => new(runs.Length, 0);

        public async IAsyncEnumerable<RunDocument> QueryAsync(
            RunScope scope,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
        )
        {
            await Task.Yield();
            foreach (var run in runs)
            {
                yield return run;
            }
        }
    }
}
