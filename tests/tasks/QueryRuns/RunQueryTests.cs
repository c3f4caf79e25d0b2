using System.IO.Abstractions.TestingHelpers;
using System.IO.Compression;
using System.Text;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.QueryRuns;
using Outsource.Services.RunDb;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.QueryRuns;

public sealed class RunQueryTests
{
    private static string Run(int number, string mode = "tpc_bkg") =>
        $$"""{"number": {{number}}, "mode": "{{mode}}", "detectors": ["tpc"], "data": []}""";

    private static List<RunDocument> Query(byte[] snapshot, out MockFileSystem disk, params int[] runs)
    {
        disk = Given.Disk();
        disk.AddFile("/runs.json", new MockFileData(snapshot));
        var loaded = Given.Loaded(s => s with { Runs = runs.Length == 0 ? null : [.. runs] });
        var artifact = new RunQuery(disk, new Said())
            .RunAsync(loaded, new SnapshotRunSource(disk, "/runs.json"), "/g", default)
            .GetAwaiter()
            .GetResult();
        var read = RunsArtifact.Open(disk, "/g/runs.jsonl");
        Assert.That(read.Header, Is.EqualTo(artifact.Header));
        return [.. read.Read(disk)];
    }

    private static List<RunDocument> Query(string snapshot, params int[] runs) => Query(Encoding.UTF8.GetBytes(snapshot), out _, runs);

    [Test]
    public async Task Should_show_the_listing_then_what_is_fetched_if_the_source_lists_first()
    {
        var said = new Said();

        await new RunQuery(Given.Disk(), said).RunAsync(Given.Loaded(), new Listing(), "/g", default);

        Assert.That(
            said.Progresses.Select(p => p.ToString()),
            Is.EqualTo(new[] { "0 of ? run documents", "3 of ? runs listed", "2 of 2 run documents", "3 of 3 run documents put in order" })
        );
    }

    [Test]
    public void Should_count_to_the_runs_asked_for_if_they_are_named()
    {
        var said = new Said();
        var disk = Given.Disk();
        disk.AddFile("/runs.json", new MockFileData(Run(7000) + "\n" + Run(7001) + "\n" + Run(7002)));

        new RunQuery(disk, said)
            .RunAsync(Given.Loaded(s => s with { Runs = [7000, 7002] }), new SnapshotRunSource(disk, "/runs.json"), "/g", default)
            .GetAwaiter()
            .GetResult();

        Assert.That(said.Progresses[0].ToString(), Is.EqualTo("2 of 2 run documents"));
    }

    /// <summary>Three runs are listed; of one that says enough.</summary>
    private sealed class Listing : IRunSource, IProgressSource
    {
        public string Name => "listing";

        public QueryCost Cost => new(3, 0);

        public Action<long>? TotalKnown { get; set; }

        public Action<long>? Listed { get; set; }

        public async IAsyncEnumerable<RunDocument> QueryAsync(
            RunScope scope,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
        )
        {
            await Task.Yield();
            Listed!(0);
            Listed(3);
            yield return Given.Run(7000);
            TotalKnown!(3);
            yield return Given.Run(7001);
            yield return Given.Run(7002);
        }
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    [Test]
    public void Should_order_runs_by_number_and_leave_out_those_below_the_range() =>
        Assert.That(
            Query($"[{Run(7002)},{Run(7000)}, {Run(3)} ,{Run(7001)}]").Select(r => r.Number),
            Is.EqualTo(new int?[] { 7000, 7001, 7002 })
        );

    [Test]
    public void Should_read_arrays_and_lines_plain_and_gzip_alike()
    {
        var array = $"[\n{Run(7000)},\n{Run(7001)}\n]\n";
        var lines = $"\uFEFF{Run(7000)}\n\n{Run(7001)}";
        foreach (var snapshot in new[] { Encoding.UTF8.GetBytes(array), Encoding.UTF8.GetBytes(lines), Gzip(array), Gzip(lines) })
        {
            Assert.That(Query(snapshot, out _).Select(r => r.Number), Is.EqualTo(new int?[] { 7000, 7001 }));
        }
    }

    [Test]
    public void Should_cost_one_line_if_one_line_is_broken()
    {
        var runs = Query($"{Run(7000)}\n{{\"number\": 7001, \n{Run(7002)}\n");

        Assert.That(
            runs.Select(r => (r.Number, r.Position, r.Fault?.Reason)),
            Is.EqualTo(new (int?, string?, Reason?)[] { (7000, null, null), (7002, null, null), (null, "line 2", Reason.NotJson) })
        );
    }

    [Test]
    public void Should_say_which_runs_asked_for_do_not_exist()
    {
        var runs = Query($"[{Run(7000)},{Run(7001)}]", 7001, 7003);

        Assert.That(
            runs.Select(r => (r.Number, r.Fault?.Reason)),
            Is.EqualTo(new (int?, Reason?)[] { (7001, null), (7003, Reason.RunUnknown) })
        );
    }

    [Test]
    public void Should_take_equal_documents_as_one_and_contradicting_ones_as_a_fault()
    {
        var runs = Query($"[{Run(7000)},{Run(7001)},{Run(7000)},{Run(7001, "tpc_noise")}]");

        Assert.That(
            runs.Select(r => (r.Number, r.Fault?.Reason)),
            Is.EqualTo(new (int?, Reason?)[] { (7000, null), (7001, Reason.TwoDocuments) })
        );
    }

    [Test]
    public void Should_keep_only_entries_that_decide_something()
    {
        var runs = Query(
            """[{"number": 7000, "mode": "m", "detectors": ["tpc"], "data": [{"type": "raw_records"}, {"type": "raw_records_aqmon"}, {"type": "peaklets"}]}]"""
        );

        Assert.That(runs[0].Data.Select(d => d.Type), Is.EqualTo(new[] { "raw_records", "peaklets" }));
    }

    [TestCase("", "it is empty")]
    [TestCase("  \n", "it is empty")]
    [TestCase("number,mode\n1,2\n", "it begins with byte 0x6e")]
    [TestCase("[{\"number\": 7000}", "the array is not closed; the file is incomplete")]
    [TestCase("[{\"number\": 7000", "the file ends within document 1")]
    [TestCase("[] []", "something follows the array, at byte 3")]
    public void Should_refuse_what_is_not_json(string snapshot, string why)
    {
        var error = Assert.Throws<UsageException>(() => Query(snapshot));

        Assert.That(error!.Message, Does.StartWith("run snapshot '/runs.json' is not JSON: " + why));
        Assert.That(error.Message, Does.EndWith("It must be a JSON array or JSON lines (one document a line), plain or gzip."));
    }

    [Test]
    public void Should_refuse_truncated_gzip_and_leave_nothing_behind()
    {
        var whole = Gzip($"[{string.Join(',', Enumerable.Range(7000, 5000).Select(n => Run(n)))}]");
        MockFileSystem disk = null!;
        var error = Assert.Throws<UsageException>(() => Query(whole[..(whole.Length / 2)], out disk));

        Assert.That(error!.Message, Does.Contain("the gzip data is damaged or truncated"));
    }

    [Test]
    public void Should_leave_no_artifact_if_the_source_fails()
    {
        var disk = Given.Disk(("/runs.json", $"[{Run(7000)},"));
        Assert.ThrowsAsync<UsageException>(() =>
            new RunQuery(disk, new Said()).RunAsync(Given.Loaded(), new SnapshotRunSource(disk, "/runs.json"), "/g", default)
        );

        Assert.That(disk.AllFiles, Is.EqualTo(new[] { "/runs.json" }));
    }

    [Test]
    public void Should_refuse_a_file_whose_lines_are_all_no_documents()
    {
        var error = Assert.Throws<UsageException>(() => Query("{ not\n{ json\n"));

        Assert.That(
            error!.Message,
            Does.StartWith("run snapshot '/runs.json' contains no run document: none of its 2 lines is a JSON object.")
        );
    }
}
