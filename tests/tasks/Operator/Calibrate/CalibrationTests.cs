using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Engines.Records;
using Outsource.Model.Calibrating;
using Outsource.Operator.Calibrate;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Levels;
using Outsource.Tests.Model.Planning;
using Amount = Outsource.Model.Calibrating.Amount;

namespace Outsource.Tests.Operator.Calibrate;

/// <summary>From synthetic usage with known coefficients to proposals and diffs.</summary>
[TestFixture]
internal sealed class CalibrationTests
{
    private const string Config = """
        [RunDB]
        rundb_api_password = s3cret

        [Outsource]
        work_dir = /work
        peaklets_memory = 14500
        memory.peaklets = 9000
        # after everything
        """;

    private static readonly OutsourceSettings ByLevel = Given.Settings with
    {
        Plan = PlanKind.ByLevel,
        IncludeDataTypes = ["peaklets", "event_info_double"],
        Context = "xenonnt_offline",
        XedocsVersion = "global_v16",
        PegasusMaxHoursUpper = 6,
    };

    [Test]
    public void Should_propose_the_line_that_the_jobs_follow_for_the_table()
    {
        // Lower jobs need 2.4 MB for each MB of input and 1,200 MB, which is 2 and 1,000 before the redundancy of 1.2.
        var jobs = Enumerable
            .Range(0, 200)
            .Select(i => new JobUse("lower_tpc", 100 + (i * 10))
            {
                MemoryMb = (2.4 * (100 + (i * 10))) + 1200,
                Hours = 1,
                AskedMemoryMb = 12_000,
            })
            .ToList();
        var loaded = Loaded(ByLevel);

        var families = new Calibration(loaded).Fit(jobs);
        var proposals = new Proposals(loaded).Of(families, jobs);

        Assert.That(
            families.Select(f => (f.Fit.Amount, f.FollowsInput)),
            Is.EqualTo(new[] { (Amount.Memory, true), (Amount.Time, false) })
        );
        Assert.That(
            proposals.Select(p => (p.Place, p.Key, p.Old, p.New)),
            Is.EqualTo(new[] { (ProposedIn.Levels, "tpc/memory/lower", "[1.0, 1600]", "[2.0, 1000]") })
                .Or.EqualTo(new[] { (ProposedIn.Levels, "tpc/memory/lower", "[1.0, 1600]", "[2.001, 1000]") })
        );
        var table = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "tables", "levels.yml"));
        var diff = new ProposedDiffs(Given.Disk(("/t/levels.yml", table))).OfLevels("/t/levels.yml", proposals);
        Assert.That(diff.Left, Is.Empty);
        Assert.That(diff.Text, Does.Contain("-    memory: {lower: [1.0, 1600], combine: [0.0, 8000], upper: [0.0, 8000]}\n"));
        Assert.That(diff.Text, Does.Match(@"\+    memory: \{lower: \[2\.0\d*, 1000\], combine: \[0\.0, 8000\], upper: \[0\.0, 8000\]\}\n"));
        Assert.That(diff.Text.Split('\n').Count(l => l.StartsWith('+') || l.StartsWith('-')), Is.EqualTo(4));
    }

    [Test]
    public void Should_propose_factor_and_limit_of_what_is_one_number()
    {
        var jobs = Enumerable
            .Range(0, 100)
            .Select(i => new JobUse("upper_tpc", 1000)
            {
                MemoryMb = 9600,
                AskedMemoryMb = 9600,
                DiskMb = 6000,
                AskedDiskMb = 12_000,
                Hours = 1,
                AskedHours = 6,
            })
            .ToList();
        var loaded = Loaded(ByLevel);

        var proposals = new Proposals(loaded).Of(new Calibration(loaded).Fit(jobs), jobs);

        Assert.That(
            proposals.Select(p => (p.Key, p.Old, p.New)),
            Is.EqualTo(new[] { ("redundancy/disk", "1.2", "1"), ("pegasus_max_hours_upper", "6", "1.5") }),
            "8,000 MB before the redundancy are right"
        );
    }

    [Test]
    public void Should_propose_one_number_if_a_plan_is_by_type()
    {
        // Memory follows the input, but a request by type does not.
        var jobs = Enumerable.Range(1, 100).Select(i => new JobUse("peaklets", i) { MemoryMb = 10 * i, Hours = 1 }).ToList();
        var loaded = Given.Loaded();

        var families = new Calibration(loaded).Fit(jobs);
        var proposals = new Proposals(loaded).Of(families, jobs);

        var memory = families.Single(f => f.Fit.Amount == Amount.Memory);
        Assert.That((memory.FollowsInput, Math.Round(memory.Fit.Fits[0].Line.Slope, 3)), Is.EqualTo((false, 10)));
        Assert.That(proposals.Select(p => p.Key), Is.EqualTo(new[] { "memory.peaklets" }));
        Assert.That(int.Parse(proposals[0].New), Is.InRange(500, 1000).And.Matches<int>(n => n % 100 == 0));
        Assert.That(proposals[0].Old, Is.EqualTo("14500"));
    }

    [Test]
    public void Should_change_a_configuration_and_show_nothing_else_of_it()
    {
        Proposal[] proposals =
        [
            new(ProposedIn.Configuration, "memory.peaklets", "9000", "4000", "why"),
            new(ProposedIn.Configuration, "combine_memory", "60000", "30000", "why"),
        ];

        var diff = new ProposedDiffs(Given.Disk(("/c", Config))).OfConfiguration("/c", proposals);

        Assert.That(
            diff.Text,
            Is.EqualTo(
                """
                --- a/c
                +++ b/c
                @@ -7,1 +7,2 @@
                -memory.peaklets = 9000
                +memory.peaklets = 4000
                +combine_memory = 30000

                """
            )
        );
    }

    [Test]
    public void Should_leave_to_people_what_a_table_has_in_another_form()
    {
        Proposal[] proposals = [new(ProposedIn.Levels, "tpc/memory/lower", "[1, 2]", "[3, 4]", "why")];

        var disk = Given.Disk(("/t", "detectors:\n  tpc:\n    memory:\n      lower: [1, 2]\n"));
        var diff = new ProposedDiffs(disk).OfLevels("/t", proposals);

        Assert.That((diff.Text, diff.Left.Length), Is.EqualTo(("", 1)));
    }

    [Test]
    public void Should_propose_nothing_of_too_few_jobs()
    {
        var jobs = Enumerable.Range(1, 19).Select(i => new JobUse("peaklets", i) { MemoryMb = 10 }).ToList();

        var families = new Calibration(Given.Loaded()).Fit(jobs);

        Assert.That(new Proposals(Given.Loaded()).Of(families, jobs), Is.Empty);
        Assert.That(CalibrateRow.Of(families[0]).Best, Is.Null);
    }

    [Test]
    public void Should_take_the_greatest_of_log_summary_and_request()
    {
        var group = JobGroupTests.Group(20, 10, run: 43000) with { InputBytes = 4_000_000_000 };
        var plan = new JobPlan { Fingerprint = "f", Groups = [group] };
        NodeStatus[] nodes =
        [
            Node("peaklets_043000-peaklets-0000", 700),
            Node("peaklets_043000-peaklets-0001", null),
            Node("combine_043000-peaklets-combine", 900),
        ];
        nodes[1].State = NodeState.Failed;
        nodes[2].Attempts = 2;

        var uses = new JobUses(Given.Disk(), Given.Loaded(), plan).Read(nodes, null, []);

        Assert.That(
            uses.Select(u => (u.Family, u.InputMb, u.MemoryMb, u.AskedMemoryMb, u.Retry)),
            Is.EqualTo(new[] { ("peaklets", 2000.0, (double?)700, (double?)14_500, 0), ("combine", 4000.0, 900, 60_000, 1) })
        );
        Assert.That(uses[0].Hours, Is.EqualTo(2));
    }

    [TestCase("outsource-summary {\"peak_memory_mb\": 1048.576, \"seconds\": 7200}", 1048.576, 2.0)]
    [TestCase("        outsource-summary {\"peak_memory_mb\": 5, \"seconds\": -1}", 5.0, null)]
    [TestCase("outsource-summary {\"peak_mem", null, null)]
    [TestCase("nothing", null, null)]
    public void Should_read_what_a_job_says_of_itself(string line, double? peak, double? hours)
    {
        var said = PayloadUse.Read(Given.Disk(("/o", $"first\n{line}\n")), "/o");

        Assert.That((said?.PeakMb, said?.Hours), Is.EqualTo((peak, hours)));
    }

    [Test]
    public void Should_be_read_again_as_it_was_written_and_drawn()
    {
        var jobs = Enumerable.Range(1, 100).Select(i => new JobUse("peaklets", i) { MemoryMb = 10 * i, AskedMemoryMb = 14_500 }).ToList();
        ImmutableArray<CalibrateRow> rows = [.. new Calibration(Given.Loaded()).Fit(jobs).Select(CalibrateRow.Of)];
        var disk = Given.Disk();
        var file = new CalibrateFile(disk, "/w");

        file.Write(Given.Settings.Clock, rows, [new Proposal(ProposedIn.Levels, "a/b", null, "1", "why")]);
        var (at, panels, proposals) = file.Read();

        Assert.That((at, panels.Length, proposals.Single().Place), Is.EqualTo((Given.Settings.Clock, 1, ProposedIn.Levels)));
        Assert.That(panels[0].Points, Is.EqualTo(rows[0].Panel.Points));
        var picture = System.Xml.Linq.XDocument.Parse(WasteChart.Of(panels));
        Assert.That(picture.Descendants().Count(e => e.Name.LocalName == "circle"), Is.EqualTo(FamilyFit.Shares.Length));
        Assert.That(picture.ToString(), Does.Contain("peaklets, memory: 50 % wastes").And.Contain("now wastes"));
    }

    private static NodeStatus Node(string name, long? used) =>
        new(new DagNode(name, name + ".sub"), NodeName.Parse(name))
        {
            State = NodeState.Done,
            Attempts = 1,
            Memory = used is null ? null : new Usage(used, 14_500),
            ExecutedAt = Given.Settings.Clock,
            EndedAt = Given.Settings.Clock.AddHours(2),
        };

    private static LoadedConfiguration Loaded(OutsourceSettings settings) =>
        new(settings, Today.Description.Document, ImageProof.Proven, Given.Tables, [], [])
        {
            Levels = LevelContextFile.Of(settings, Today.Description, Today.Table),
        };
}
