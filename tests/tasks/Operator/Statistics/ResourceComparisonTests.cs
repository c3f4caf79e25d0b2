using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Model.Levels;
using Outsource.Operator.Statistics;

namespace Outsource.Tests.Operator.Statistics;

/// <summary>Measurements of jobs against the plan, and the line through them.</summary>
[TestFixture]
internal sealed class ResourceComparisonTests
{
    private const string Plan = """
        {"schema":"outsource/plan/1"}
        {"run":53009,"detector":"tpc","level":"lower","groups":[[0,2],[2,4]],"input":{"mb":100,"size_mb":400},"attempts":[{"memory":[2000,2500],"disk_kb":[1000000,2000000]}],"combine":{"attempts":[{"memory":[8000],"disk_kb":[1000000]}]}}
        {"run":53009,"detector":"tpc","level":"upper","groups":[],"input":{"mb":100,"size_mb":400},"attempts":[{"memory":[9600],"disk_kb":[4000000]}]}
        {"run":53010,"level":"upper","broken":true}
        """;

    private static readonly LevelTable Table = new LevelTableReader(new FileSystem()).Read(
        Path.Combine(TestContext.CurrentContext.TestDirectory, "tables"),
        null
    );

    private MockFileSystem _disk = new();

    [SetUp]
    public void Lay()
    {
        _disk = new MockFileSystem();
        _disk.AddFile("/w/plan.jsonl", new MockFileData(Plan));
    }

    [Test]
    public void Should_compare_each_job_with_its_group()
    {
        // Chunks of 20 and 30 MB compressed are 80 and 120 MB of raw data: 1000 and 1080 MB of memory are 2 MB a MB, and 840.
        Lower("0_2", 0, 2, peak: 1000, chunk: 20_000_000);
        Lower("2_4", 2, 4, peak: 1080, chunk: 30_000_000);

        var use = Compare().Single();

        Assert.That((use.Level, use.Detector, use.Jobs, use.PeakMb, use.Uncompressed), Is.EqualTo(("lower", "tpc", 2, 1080.0, true)));
        Assert.That(use.AskedMb, Is.EqualTo((2000.0, 2500.0)));
        Assert.That((use.Share!.Value.Least, use.Share.Value.Most), Is.EqualTo((0.432, 0.5)).Within(1e-9));
        Assert.That((use.DiskShare!.Value.Least, use.DiskShare.Value.Most), Is.EqualTo((0.0155, 0.021)).Within(1e-9));
        Assert.That((use.Line.Slope, use.Line.Constant, use.Line.Above), Is.EqualTo((2.0, 840.0, 0.0)).Within(1e-6));
        Assert.That(
            ResourceReport.Proposals([use]),
            Is.EqualTo(
                new[]
                {
                    "Proposed for levels.yml (least squares: memory in MB = slope x input in MB + constant, before the redundancy):",
                    "  tpc: memory: {lower: [2.0, 840]}",
                    "  tpc lower: 2 jobs; input is the largest raw chunk, uncompressed; the highest job is 0 MB above the line, 1.00 times it. "
                        + "Too few jobs for a slope.",
                }
            )
        );
    }

    [Test]
    public void Should_tell_levels_and_detectors_apart()
    {
        Lower("0_2", 0, 2, peak: 1000, chunk: 20_000_000);
        Upper("event_info_double", 5000);
        Upper("events_nv", 4000);
        Upper("led_calibration", 3000);

        Assert.That(
            Compare().Select(u => (u.Detector, u.Level, u.AskedMb is not null)),
            Is.EqualTo(
                new[] { ("neutron_veto", "upper", false), ("tpc", "lower", true), ("tpc", "upper", true), ("tpc (LED)", "upper", true) }
            )
        );
    }

    [Test]
    public void Should_count_what_was_read_if_there_is_no_plan()
    {
        _disk.RemoveFile("/w/plan.jsonl");
        Lower("0_2", 0, 2, peak: 1000, chunk: 20_000_000);

        var use = Compare().Single();

        Assert.That((use.AskedMb, use.Share, use.Uncompressed), Is.EqualTo((((double, double)?)null, ((double, double)?)null, false)));
        Assert.That(ResourceReport.Proposals([use]).Last(), Does.Contain("compressed: the plan does not say its uncompressed size"));
    }

    [Test]
    public void Should_read_the_greatest_of_all_that_says_how_much_memory()
    {
        Write("053009-combine-x.resources.json", """{"run":53009,"level":"combine","types":{"peaklets":{"start":1,"end":2}},"peak_mb":10,"memory":[[1,30.5],[2,20]]}""");

        var job = MeasuredJobs.Read(_disk, "/o").Jobs.Single();

        Assert.That((job.PeakMb, job.Types.Single(), job.Level, job.Chunks), Is.EqualTo((30.5, "peaklets", "combine", ((int, int)?)null)));
        Assert.That(Compare().Single().AskedMb, Is.EqualTo((8000.0, 8000.0)));
    }

    [TestCase("not json")]
    [TestCase("[]")]
    [TestCase("""{"run":1,"level":"middle","data_types":[],"peak_mb":1}""")]
    [TestCase("""{"run":1,"level":"lower","data_types":["a b"],"peak_mb":1}""")]
    [TestCase("""{"run":1,"level":"lower","data_types":["x"]}""")]
    [TestCase("""{"run":1,"level":"lower","data_types":["x"],"peak_mb":-1}""")]
    public void Should_leave_out_what_is_no_measurement(string text)
    {
        Write("053009-lower-0_2.resources.json", text);

        var read = MeasuredJobs.Read(_disk, "/o");

        Assert.That(read.Jobs, Is.Empty);
        Assert.That(
            read.Faults.Single().ToString(),
            Is.EqualTo("/o/053009-lower-0_2.resources.json: this is not a measurement of a job, so it is left out. Delete it.")
        );
    }

    [Test]
    public void Should_read_a_measurement_once_if_it_came_twice()
    {
        Upper("event_info_double", 5000);
        _disk.AddFile("/o/deep/053009-upper-event_info_double.resources.json", new MockFileData("broken"));

        Assert.That(MeasuredJobs.Read(_disk, "/o").Jobs, Has.Length.EqualTo(1));
    }

    [Test]
    public void Should_have_no_slope_if_all_inputs_are_equal_or_use_falls()
    {
        Assert.That(LeastSquares.Fit([(5, 10), (5, 20)]), Is.EqualTo(new FittedLine(0, 15, 5)));
        Assert.That(LeastSquares.Fit([(1, 20), (2, 10)]), Is.EqualTo(new FittedLine(0, 15, 5)));
        Assert.That(LeastSquares.Fit([(7, 3)]), Is.EqualTo(new FittedLine(0, 3, 0)));
    }

    private void Lower(string suffix, int start, int stop, double peak, long chunk) =>
        Write(
            $"053009-lower-{suffix}.resources.json",
            $$"""
            {"schema":"outsource/resources/1","run":53009,"level":"lower","data_types":["peaklets"],"chunks":[{{start}},{{stop}}],
             "memory":[[1.0,5.0]],"peak_memory_mb":{{peak}},"cgroup_peak_mb":null,"times":{},
             "sizes":{"input":{},"output":{"x":1000000},"staging":{"a/raw_records-x-metadata.json":99000000,"a/raw_records-x-000000":{{chunk}} } },
             "bytes":{} }
            """
        );

    private void Upper(string type, double peak) =>
        Write(
            $"053009-upper-{type}.resources.json",
            $$"""{"run":53009,"level":"upper","data_types":["{{type}}"],"peak_memory_mb":{{peak}} }"""
        );

    private void Write(string name, string text) => _disk.AddFile($"/o/{name}", new MockFileData(text));

    private System.Collections.Immutable.ImmutableArray<LevelUse> Compare() =>
        new ResourceComparison(Table, PredictedJobs.Read(_disk, "/w")).Of(MeasuredJobs.Read(_disk, "/o").Jobs);
}
