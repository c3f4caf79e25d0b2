using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.FilterModes;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.PlanChunks;
using Outsource.QueryRuns;
using Outsource.Services.Rucio;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>The demo shows what it claims to show: every outcome and reason code, and what its README says of each.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
public sealed partial class DemoTests
{
    private static readonly FileSystem Disk = new();
    private static readonly string Data = AppContext.BaseDirectory;

    /// <summary>Codes that need an option, and the option that shows each.</summary>
    private static readonly ImmutableSortedDictionary<Reason, Func<OutsourceSettings, OutsourceSettings>> Options = new Dictionary<
        Reason,
        Func<OutsourceSettings, OutsourceSettings>
    >
    {
        [Reason.Forced] = s => s with { Runs = [61007], Force = true },
        [Reason.BelowMinRunNumber] = s => s with { Runs = [60990] },
        [Reason.OutsideRange] = s => s with { Runs = [61001], From = 61060 },
        [Reason.StartFaulty] = s => s with { Since = TimeBound.Parse("2025-07-01") },
        [Reason.RunUnknown] = s => s with { Runs = [61999] },
        [Reason.TagNotIncluded] = s => s with { IncludeTags = ["_sr0"] },
        [Reason.ModeNotIncluded] = s => s with { IncludeModes = ["tpc_kr83m"] },
        [Reason.SourceExcluded] = s => s with { ExcludeSources = ["none"] },
        [Reason.SourceNotIncluded] = s => s with { IncludeSources = ["rn-220"] },
        [Reason.AboveMaxRunNumber] = s => s with { Runs = [61001, 61062], MaxRunNumber = 61050 },
        [Reason.ModeNotAsked] = s => s with { Modes = ["tpc_kr83m"] },
        [Reason.SourceNotAsked] = s => s with { Sources = ["rn-220"] },
        [Reason.RunWithoutDetector] = s => s with { Detector = "neutron_veto" },
        [Reason.TypeOfOtherDetector] = s => s with { Detector = "neutron_veto" },
    }.ToImmutableSortedDictionary();

    /// <summary>Only plans by level have them.</summary>
    private static readonly Reason[] ByLevel =
    [
        Reason.LevelStored,
        Reason.OverMaxNum,
        Reason.RawNotLocal,
        Reason.TypeNotInContext,
        Reason.Umbrella,
        Reason.NothingAsked,
        Reason.LowerNotReadable,
        Reason.ChunksMissing,
        Reason.SizeUnknown,
        Reason.MemoryOverLimit,
        Reason.TimesFaulty,
    ];

    /// <summary>Shown only where a workflow runs.</summary>
    private static readonly Reason[] NeedsAPool = [Reason.InFlight];

    private string _folder = "";
    private Planned _plain = new([], null!, []);

    [OneTimeSetUp]
    public async Task PlanOnce()
    {
        _folder = Directory.CreateTempSubdirectory("outsource-demo-").FullName;
        _plain = await PlanAsync(Configuration());
    }

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Should_hold_at_least_80_runs_of_all_detectors()
    {
        var runs = Documents().Where(r => r.Fault is null).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(runs.Select(r => r.Number).Distinct().Count(), Is.GreaterThanOrEqualTo(80));
            Assert.That(runs.SelectMany(r => r.Detectors).Distinct(), Is.EquivalentTo(Tables().Detectors));
            Assert.That(runs.Any(r => !r.Detectors.Contains("tpc")), "a run of the vetoes alone");
            Assert.That(runs.Select(r => r.Mode), Is.SupersetOf(Tables().LedModes.Keys), "each LED mode");
            Assert.That(runs.Count(r => r.Mode!.EndsWith("_linked", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(4));
            Assert.That(runs.Select(r => r.Source), Is.SupersetOf(new[] { "none", "kr-83m", "rn-220", "ambe", "ar-37", "LED" }));
        });
    }

    [Test]
    public void Should_show_every_reason_code_without_options_if_none_is_needed()
    {
        Assert.That(
            _plain.Lines.Select(l => l.Verdict.Reason).Distinct(),
            Is.EquivalentTo(Enum.GetValues<Reason>().Except(Options.Keys).Except(NeedsAPool).Except(ByLevel))
        );
    }

    [Test]
    public async Task Should_show_every_outcome_with_the_options_of_the_readme()
    {
        var unknown = (await PlanAsync(Configuration(Options[Reason.RunUnknown]))).Lines;

        Assert.That(
            _plain.Lines.Concat(unknown).Select(l => l.Verdict.Outcome).Distinct(),
            Is.EquivalentTo(Enum.GetValues<Outcome>().Except([Outcome.InFlight]))
        );
    }

    [Test]
    public async Task Should_agree_with_its_readme()
    {
        // Given: a row is | `code` | runs | how to see it |
        var rows = Row()
            .Matches(Disk.File.ReadAllText(Path.Combine(Data, "demo", "README.md")))
            .ToDictionary(
                m => ReasonCodes.Parse(m.Groups[1].Value),
                m => Place().Matches(m.Groups[2].Value).Select(n => n.Value).ToList()
            );

        // When
        var wrong = new List<string>();
        foreach (var (reason, runs) in rows)
        {
            var lines = Options.TryGetValue(reason, out var option) ? (await PlanAsync(Configuration(option))).Lines : _plain.Lines;
            wrong.AddRange(
                runs.Where(run =>
                        !lines.Any(l => (l.Run?.ToString(CultureInfo.InvariantCulture) ?? l.Position) == run && l.Verdict.Reason == reason)
                    )
                    .Select(run => $"{reason}: {run}")
            );
        }

        // Then
        Assert.Multiple(() =>
        {
            Assert.That(rows.Keys, Is.EquivalentTo(Enum.GetValues<Reason>().Except(ByLevel)));
            Assert.That(
                rows.Where(r => r.Value.Count == 0 && !NeedsAPool.Contains(r.Key)).Select(r => r.Key),
                Is.Empty,
                "codes without an example"
            );
            Assert.That(wrong, Is.Empty);
        });
    }

    [Test]
    public void Should_show_what_its_readme_says_with_the_options_as_typed()
    {
        using var demo = new DemoRun();
        var rows = Disk
            .File.ReadLines(Path.Combine(Data, "demo", "README.md"))
            .Select(l => OptionRow().Match(l))
            .Where(m => m.Success)
            .ToList();

        Assert.That(
            rows.Select(m => ReasonCodes.Parse(m.Groups[1].Value)),
            Is.EquivalentTo(Options.Keys.Append(Reason.TypeOfOtherDetector).Distinct())
        );
        Assert.Multiple(() =>
        {
            foreach (var row in rows)
            {
                var code = row.Groups[1].Value;
                var run = demo.Run(["--target=DryRun", $"--name={code}", .. row.Groups[3].Value.Split(' ')]);
                Assert.That(run.ExitCode, Is.AnyOf(0, 3), run.Error);
                var ledger = File.ReadAllText(Path.Combine(demo.Generated(code), LedgerFile.FileName));
                foreach (var number in Place().Matches(row.Groups[2].Value).Select(m => m.Value))
                {
                    Assert.That(ledger, Does.Match($@"""run"":{number},.*""code"":""{code}"""), row.Value);
                }
            }
        });
    }

    [TestCase("umbrella")]
    [TestCase("memory-over-limit", "--set", "max_memory=9000")]
    [TestCase("over-max-num", "--set", "max_num=5")]
    public void Should_show_the_codes_of_plans_by_level(string code, params string[] options)
    {
        using var demo = new DemoRun();

        var run = demo.Run(
            ["--target=DryRun", "--name=d", $"--config={Path.Combine(Data, "demo", "xenon_config_by_level")}", .. options]
        );

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            File.ReadAllText(Path.Combine(demo.Generated("d"), "ledger.jsonl"))
                + File.ReadAllText(Path.Combine(demo.Generated("d"), "unplanned.jsonl")),
            Does.Contain($"\"code\":\"{code}\"")
        );
        Assert.That(run.Out, Does.Contain("Jobs ask for more when they are retried:"));
    }

    [Test]
    public void Should_be_what_its_script_writes()
    {
        var run = ProgramRun.Start("python3", [Path.Combine(Checkout.Root, "tests", "demo", "make_demo.py"), "--check"]).End();

        Assert.That(run.ExitCode, Is.Zero, run.Out + run.Error);
    }

    [Test]
    public void Should_plan_a_run_of_400_chunks_and_none_longer()
    {
        Assert.Multiple(() =>
        {
            Assert.That(_plain.Plan.Groups.Max(g => g.Chunks), Is.EqualTo(400));
            Assert.That(_plain.Plan.Groups.Where(g => g.CombineResources is not null).Min(g => g.Chunks), Is.EqualTo(1));
            Assert.That(
                _plain.Plan.Groups.Select(g => g.Type).Distinct(),
                Is.EquivalentTo(Configuration().Settings.DataTypes),
                "every data type asked for"
            );
        });
    }

    [Test]
    public void Should_select_more_runs_than_max_daily_and_keep_the_newest()
    {
        var cut = _plain.Lines.Where(l => l.Verdict.Reason == Reason.OverMaxDaily).Select(l => l.Run!.Value).ToHashSet();
        var kept = _plain.Lines.Where(l => l.Verdict.Outcome == Outcome.Process).Min(l => l.Run!.Value);
        Assert.Multiple(() =>
        {
            Assert.That(cut, Has.Count.GreaterThanOrEqualTo(3));
            Assert.That(cut.Max(), Is.LessThan(kept));
        });
    }

    [TestCase(61104, TestName = "Should_survive_detectors_as_A_string")]
    [TestCase(61105, TestName = "Should_survive_tags_of_null")]
    [TestCase(61093, TestName = "Should_survive_entries_without_meta")]
    [TestCase(61111, TestName = "Should_survive_the_same_document_twice")]
    [TestCase(61112, TestName = "Should_survive_A_database_export")]
    [TestCase(61113, TestName = "Should_survive_an_unknown_mode")]
    [TestCase(61114, TestName = "Should_survive_tags_that_look_like_bad")]
    [TestCase(61115, TestName = "Should_survive_tags_as_bare_names")]
    public void Should_process_a_run(int run)
    {
        Assert.That(
            _plain.Lines.Where(l => l.Run == run && l.Verdict.Outcome == Outcome.Process).Select(l => l.Type),
            Is.EqualTo(new[] { "peaklets", "peak_basics_he", "event_info_double" })
        );
    }

    [Test]
    public void Should_warn_of_nothing_while_planning()
    {
        Assert.That(_plain.Warnings, Is.Empty);
    }

    [Test]
    public void Should_hold_no_secret()
    {
        var text = Disk.File.ReadAllText(Path.Combine(Data, "demo", ".xenon_config"));

        Assert.Multiple(() =>
        {
            Assert.That(Keys(text, "RunDB").Keys.Where(k => k.Contains("password", StringComparison.OrdinalIgnoreCase)), Is.Empty);
            Assert.That(
                Keys(text, "RunDB").Where(k => k.Key.EndsWith("_url", StringComparison.Ordinal)).Select(k => k.Value),
                Has.All.Contains(".invalid")
            );
        });
    }

    [Test]
    public void Should_prove_its_image_and_know_every_hash()
    {
        var contexts = Contexts();
        var loaded = Configuration();

        var stored = loaded.Tables.DataTypes.Values.SelectMany(t => t.Stores.Append(t.MadeFrom)).Distinct();
        Assert.Multiple(() =>
        {
            Assert.That(contexts.Select(c => (c.Name, c.Tag)), Is.Unique);
            Assert.That(contexts.Count(c => c.Name == loaded.Settings.Context), Is.EqualTo(2), "two releases to choose from");
            Assert.That(contexts.Select(c => c.Hashes.Keys), Has.All.SupersetOf(stored));
            Assert.That(contexts.SelectMany(c => c.Hashes.Values), Has.All.Match("^[a-z2-7]{10}$"));
            Assert.That(contexts.Select(c => c.Hashes["peaklets"]), Is.Unique);
            Assert.That(loaded.Context.Tag, Is.EqualTo(loaded.Settings.Image.Tag));
        });
    }

    private static DataTables Tables() => TablesReader.Read(Disk, Path.Combine(Data, "tables"), null);

    private static IEnumerable<RunDocument> Documents()
    {
        var reader = new RunDocumentReader();
        return new JsonLines(Disk, Path.Combine(Data, "demo", "runs.jsonl"), "run snapshot")
            .Documents()
            .Select(p => reader.Read(p.Json.Span, p.Position));
    }

    private static List<ContextDocument> Contexts()
    {
        using var json = JsonDocument.Parse(Disk.File.ReadAllText(Path.Combine(Data, "demo", "contexts.json")));
        return
        [
            .. json
                .RootElement.EnumerateArray()
                .Select(c => new ContextDocument
                {
                    Name = c.GetProperty("name").GetString()!,
                    Tag = c.GetProperty("tag").GetString(),
                    StraxenVersion = c.GetProperty("straxen_version").GetString()!,
                    Hashes = c.GetProperty("hashes")
                        .EnumerateObject()
                        .ToImmutableSortedDictionary(h => h.Name, h => h.Value.GetString()!, StringComparer.Ordinal),
                    Origin = "demo",
                }),
        ];
    }

    /// <summary>The demo's configuration, as far as these stages ask it, with one change.</summary>
    private static LoadedConfiguration Configuration(Func<OutsourceSettings, OutsourceSettings>? change = null)
    {
        var keys = Keys(Disk.File.ReadAllText(Path.Combine(Data, "demo", ".xenon_config")), "Outsource");
        ImmutableArray<string> List(string key) =>
            [.. keys[key].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        var settings = new OutsourceSettings
        {
            ConfigFile = Path.Combine(Data, "demo", ".xenon_config"),
            Clock = DateTimeOffset.UnixEpoch,
            User = "demo",
            Home = "/home/demo",
            Context = keys["context"],
            Image = new ImageReference(ImageReference.Prefix + keys["image"], keys["image"]),
            Name = "demo",
            WorkDir = "/demo",
            PegasusPath = keys["pegasus_path"],
            ExcludeSites = List("exclude_sites"),
            DataTypes = List("dtypes"),
            RawRecordsRse = List("raw_records_rse"),
            RecordsRse = keys["records_rse"],
            PeakletsRse = keys["peaklets_rse"],
            EventsRse = keys["events_rse"],
            ExcludeModes = List("exclude_modes"),
            MinRunNumber = int.Parse(keys["min_run_number"], CultureInfo.InvariantCulture),
            MaxDaily = int.Parse(keys["max_daily"], CultureInfo.InvariantCulture),
            ChunksPerJob = int.Parse(keys["chunks_per_job"], CultureInfo.InvariantCulture),
            RunDb = SourceChoice.Parse(keys["rundb"])!,
            Rucio = SourceChoice.Parse(keys["rucio"])!,
            Proxy = "/demo/proxy",
            Token = "/demo/token",
            CutaxTarball = "/demo/cutax.tar.gz",
        };
        var context = Contexts().Single(c => c.Name == settings.Context && c.Tag == settings.Image.Tag);
        return new LoadedConfiguration(change is null ? settings : change(settings), context, ImageProof.Proven, Tables(), [], []);
    }

    /// <summary>Keys of one section; an indented line continues the one above.</summary>
    private static Dictionary<string, string> Keys(string text, string section)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        string here = "",
            last = "";
        foreach (var line in text.Split('\n').Where(l => l.Length > 0 && l[0] is not ('#' or ';')))
        {
            if (line[0] == '[')
            {
                here = line.Trim('[', ']');
            }
            else if (here == section && line[0] == ' ')
            {
                found[last] += line.Trim();
            }
            else if (here == section)
            {
                var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
                found[last = parts[0]] = parts[1];
            }
        }

        return found;
    }

    /// <summary>QueryRuns, FilterModes and PlanChunks on the demo's files.</summary>
    private async Task<Planned> PlanAsync(LoadedConfiguration loaded)
    {
        string FileOf(SourceChoice source) => Path.Combine(Data, "demo", ((SourceChoice.Snapshot)source).Path);
        var messages = new Kept();
        var runs = await new RunQuery(Disk, messages).RunAsync(
            loaded,
            new SnapshotRunSource(Disk, FileOf(loaded.Settings.RunDb)),
            _folder,
            CancellationToken.None
        );
        var selection = new RunFilter(Disk).Filter(loaded, runs, _folder, CancellationToken.None);
        var plan = await new ChunkPlanner(Disk, messages).PlanAsync(
            loaded,
            selection.Ledger,
            new SnapshotDatasetSource(Disk, FileOf(loaded.Settings.Rucio)),
            _folder,
            CancellationToken.None
        );
        return new Planned([.. new LedgerView(Disk, _folder).Read()], plan, messages.Warnings);
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` \| ([^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `([a-z-]+)` \| ([^|]+) \| `(--[^`]+)`")]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"\b\d{5}\b|line \d+")]
    private static partial Regex Place();

    private sealed record Planned(List<LedgerLine> Lines, JobPlan Plan, List<string> Warnings);

    private sealed class Kept : IOperatorLog, IProgressDisplay
    {
        public List<string> Warnings { get; } = [];

        public void Note(string text) { }

        public void Result(string text) { }

        public void Warn(string text) => Warnings.Add(text);

        public void Detail(string text) { }

        public IProgressDisplay Progress(string what, long? total) => this;

        public IDisposable Waiting(string what) => this;

        public void Advance(long by = 1) { }

        public void Expect(long total) { }

        public void Dispose() { }
    }
}
