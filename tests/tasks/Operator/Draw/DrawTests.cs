using System.Collections.Immutable;
using System.Xml.Linq;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Operator.Draw;
using Outsource.Settings.Keys;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Draw;

[Category(TestFilter.Program)]
[CancelAfter(900_000)]
public sealed class DrawTests
{
    private static readonly Resources Each = new(14500, 50000000);

    private static JobGroup Chunked(string type = "peaklets", int run = 7157, int chunks = 23) =>
        new()
        {
            Run = run,
            Type = type,
            JobName = type,
            Chunks = chunks,
            ChunksPerJob = 10,
            Resources = Each,
            CombineResources = Each,
            Requirements = "true",
            Input = new PlannedInput(InputKind.Raw, "raw_records", $"xnt_{run:D6}:raw_records-a", ["UC_OSG_USERDISK"]),
            Hashes = ImmutableSortedDictionary<string, string>.Empty,
        };

    private static JobGroup Events(int run = 7157) =>
        Chunked("event_info_double", run, 0) with
        {
            JobName = "events",
            ChunksPerJob = 0,
            CombineResources = null,
            Parents = ["peaklets"],
            Input = new PlannedInput(InputKind.Workflow, "peaklets", null, []),
        };

    private static JobPlan Plan(params ImmutableArray<JobGroup> groups) => new() { Fingerprint = "f", Groups = groups };

    private static string[] Edges(WorkflowGraph graph) =>
        [.. graph.Edges.Select(e => $"{graph.Nodes[e.From].Title} -{e.Label}-> {graph.Nodes[e.To].Title}")];

    [Test]
    public void Should_fold_chunk_jobs_into_one_node_with_a_count()
    {
        var graph = GraphBuilder.OfRun(7157, [Chunked(), Events()]);

        Assert.That(
            graph.Nodes.Select(n => n.Description),
            Is.EqualTo(
                new[]
                {
                    "raw_records, raw data, at UC_OSG_USERDISK",
                    "peaklets ×3, 14.5 GB memory, 50 GB disk",
                    "combine ×1, peaklets, 14.5 GB memory, 50 GB disk",
                    "events ×1, event_info_double, 14.5 GB memory, 50 GB disk",
                }
            )
        );
        Assert.That(
            Edges(graph),
            Is.EqualTo(
                new[] { "raw_records -23 chunks-> peaklets ×3", "peaklets ×3 -3 outputs-> combine ×1", "combine ×1 -peaklets-> events ×1" }
            )
        );
        Assert.That(graph.Description, Is.EqualTo("5 jobs of 2 data types."));
    }

    [Test]
    public void Should_count_over_all_runs_if_the_whole_plan_is_drawn()
    {
        var stored = Events(7159) with
        {
            Parents = [],
            Input = new PlannedInput(InputKind.Stored, "peaklets", "xnt_007159:peaklets-a", ["UC_OSG_USERDISK"]),
        };
        var graph = GraphBuilder.OfPlan("w", Plan(Chunked(), Events(), Chunked(run: 7158), Events(7158), stored));

        Assert.That(
            graph.Nodes.Select(n => n.Title),
            Is.EqualTo(new[] { "raw_records", "peaklets ×6", "combine ×2", "peaklets", "events ×3" })
        );
        Assert.That(
            Edges(graph),
            Is.EqualTo(
                new[]
                {
                    "raw_records -46 chunks-> peaklets ×6",
                    "peaklets ×6 -6 outputs-> combine ×2",
                    "peaklets --> events ×3",
                    "combine ×2 -peaklets-> events ×3",
                }
            )
        );
        Assert.That(graph.Description, Is.EqualTo("11 jobs for 3 runs and 46 chunks; jobs with the same name and data type are one node."));
    }

    [Test]
    public void Should_overlap_no_boxes_and_go_from_left_to_right()
    {
        var types = Enumerable
            .Range(0, 7)
            .Select(i => Chunked($"type{i}") with { Input = new PlannedInput(InputKind.Raw, $"raw{i % 3}", "d", ["X"]) })
            .ToList();
        var late = Events() with { Parents = [.. types.Select(t => t.Type)] };
        var graph = GraphBuilder.OfRun(7157, [.. types, late, Events() with { Type = "last", Parents = ["type0", "event_info_double"] }]);
        var layout = LayeredLayout.Of(graph);

        var overlapping =
            from a in Enumerable.Range(0, layout.Boxes.Length)
            from b in Enumerable.Range(0, a)
            where layout.Boxes[a].X == layout.Boxes[b].X && Math.Abs(layout.Boxes[a].Y - layout.Boxes[b].Y) < LayeredLayout.BoxHeight
            select (a, b);
        Assert.That(overlapping, Is.Empty);
        Assert.That(graph.Edges.Where(e => layout.Boxes[e.From].X >= layout.Boxes[e.To].X), Is.Empty);
        Assert.That(
            layout.Boxes,
            Is.All.Matches<Point>(p =>
                p.X >= 0 && p.Y >= 0 && p.X + LayeredLayout.BoxWidth <= layout.Width && p.Y + LayeredLayout.BoxHeight <= layout.Height
            )
        );
    }

    [Test]
    public void Should_escape_what_is_no_markup()
    {
        var graph = GraphBuilder.OfRun(7157, [Chunked("<script>\"&\\\u0001")]);

        Assert.That(XDocument.Parse(SvgDrawing.Of(graph)).Descendants().Where(e => e.Name.LocalName == "script"), Is.Empty);
        Assert.That(SvgDrawing.Of(graph), Does.Contain("&lt;script&gt;&quot;&amp;\\\\u0001"));
        Assert.That(DotDrawing.Of(graph), Does.Contain("label=\"<script>\\\"&\\\\"));
    }

    [TestCase('\u0000')]
    [TestCase('\t')]
    [TestCase('\n')]
    [TestCase('\r')]
    [TestCase('\u001b')]
    [TestCase('\u007f')]
    [TestCase('\u0085')]
    [TestCase('\u009b')]
    [TestCase('\u2028')]
    [TestCase('\u202a')]
    [TestCase('\u202e')]
    [TestCase('\u2066')]
    [TestCase('\u2069')]
    public void Should_show_escaped_what_steers_in_both_drawings(char steering)
    {
        var plain = GraphBuilder.OfRun(7157, [Chunked("ab")]);
        var graph = GraphBuilder.OfRun(7157, [Chunked($"a{steering}b")]);
        var shown = UntrustedText.OneLine(steering.ToString());

        Assert.That(DotDrawing.Of(graph).Count(c => c == steering), Is.EqualTo(DotDrawing.Of(plain).Count(c => c == steering)));
        Assert.That(DotDrawing.Of(graph), Does.Contain($"a\\{shown}b"));
        Assert.That(SvgDrawing.Of(graph).Count(c => c == steering), Is.EqualTo(SvgDrawing.Of(plain).Count(c => c == steering)));
        Assert.That(SvgDrawing.Of(graph), Does.Contain($"a{shown}b"));
    }

    [Test]
    public void Should_write_the_files_and_say_their_paths()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=DryRun", "--name=n").ExitCode, Is.Zero);

        var whole = demo.Run("--target=Draw", "--name=n");
        Assert.That((whole.ExitCode, whole.Out), Is.EqualTo((0, $"Draw: {demo.Generated("n")}/draw.svg\n")), whole.Error);
        var svg = File.ReadAllText(Path.Combine(demo.Generated("n"), "draw.svg"));
        var root = XDocument.Parse(svg).Root!;
        Assert.That(
            root.Elements().Take(2).Select(e => (e.Name.LocalName, e.Value.Split(" raw_records", 2)[0])),
            Is.EqualTo(
                new[]
                {
                    ("title", "Workflow n"),
                    ("desc", "424 jobs for 49 runs and 2,299 chunks; jobs with the same name and data type are one node."),
                }
            )
        );
        Assert.That(
            root.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value),
            Does.Contain("peaklets ×198").And.Contain("1,829 chunks")
        );
        Assert.That(svg, Does.Contain("prefers-color-scheme:dark").And.Not.Contain("href"));
        Assert.That(demo.Run("--target=Draw", "--name=n").ExitCode, Is.Zero);
        Assert.That(File.ReadAllText(Path.Combine(demo.Generated("n"), "draw.svg")), Is.EqualTo(svg));

        var run = demo.Run("--target=Draw", "--name=n", "--run=61030", "--format=dot");
        Assert.That((run.ExitCode, run.Out), Is.EqualTo((0, $"Draw: {demo.Generated("n")}/graph-061030.dot\n")), run.Error);
        Assert.That(
            File.ReadAllText(Path.Combine(demo.Generated("n"), "graph-061030.dot")),
            Does.StartWith("digraph workflow {\n").And.Contain("  n0 -> n1 [label=\"44 chunks\"];\n")
        );
    }

    [Test]
    public void Should_name_the_remedy_if_there_is_nothing_to_draw()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=FilterModes", "--name=n", "--run=61030").ExitCode, Is.Zero);
        var early = demo.Run("--target=Draw", "--name=n");
        Assert.That(
            (early.ExitCode, early.Error),
            Is.EqualTo(
                (
                    2,
                    $"Error: '{demo.Generated("n")}/plan.jsonl' is missing. Stage PlanChunks makes it: ./build.sh "
                        + "--target=PlanChunks --name=n\n"
                )
            )
        );

        Assert.That(demo.Run("--target=DryRun", "--name=n", "--run=61030").ExitCode, Is.Zero);
        var other = demo.Run("--target=Draw", "--name=n", "--run=61016");
        Assert.That(
            (other.ExitCode, other.Error),
            Is.EqualTo(
                (
                    2,
                    "Error: run 61016 of --run has no job in workflow 'n'; runs with jobs are 61030. --target=Explain --run=61016 "
                        + "shows why.\n"
                )
            )
        );

        Assert.That(demo.Run("--target=DryRun", "--name=m", "--run=61999").ExitCode, Is.EqualTo(3));
        var empty = demo.Run("--target=Draw", "--name=m");
        Assert.That(
            (empty.ExitCode, empty.Error),
            Is.EqualTo(
                (
                    3,
                    "Error: workflow 'm' has no jobs, so there is nothing to draw. ledger.jsonl has the reason for each run and data "
                        + "type.\n"
                )
            )
        );
    }

    [Test]
    public void Should_be_taken_by_graphviz()
    {
        var dot = new[] { "/usr/bin/dot", "/usr/local/bin/dot" }.FirstOrDefault(File.Exists);
        if (dot is null)
        {
            Assert.Ignore("graphviz (dot) is not installed.");
        }

        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, DotDrawing.Of(GraphBuilder.OfPlan("\"w\"\\", Plan(Chunked(), Events()))));
            var run = ProgramRun.Start(dot!, ["-Tsvg", file]).End();
            Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
            Assert.That(run.Out, Does.Contain("peaklets ×3").And.Contain("3 outputs"));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
