using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Operator.Analyze;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Analyze;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AnalyzeTests
{
    private const string Out = """
        - invocation: True
          version: 3.0
          mainjob:
            start: 2026-11-22T17:33:19.756+00:00
            usage:
              utime: 0.003
              maxrss: 3096
            status:
              raw: 7680
              regular_exitcode: EXIT
          usage:
            maxrss: 99999999
          machine:
            uname_nodename: node17
          files:
            stdout:
              size: 186
              data: |
                working on it
        SUMMARY
                
            stderr:
              size: 53
              data: |
                RucioException: cannot reach UC_OSG
                boom: deliberate
                
            metadata:
              size: 0
          environment:
            "PATH": "boom"
        """;

    private const string Err = """
        2026-11-22 17:33:16: PegasusLite: version 5.1.2

        ########################[Pegasus Lite] Setting up workdir ########################
        2026-11-22 17:33:16: Changing cwd

        ###################### Staging in input data and executables ######################
        2026-11-22 17:33:18,881   ERROR:  Expected local file does not exist: /x
        PegasusLite: exitcode 1
        """;

    private readonly SubmitFixture _fixture = new SubmitFixture()
        .Ended(SubmitFixture.Added)
        .Ended(SubmitFixture.First, 1)
        .Ended(SubmitFixture.First, 1, minute: 50)
        .Ended(SubmitFixture.Second, 1)
        .Ended(SubmitFixture.Second, 1, minute: 52);

    [Test]
    public void Should_group_by_payloads_code_if_record_reports_it()
    {
        Left(SubmitFixture.First, "000", Out.Replace("EXIT", "1", StringComparison.Ordinal), "");
        Left(SubmitFixture.First, "001", Record(30, "raw_records of run 43000 are gone."), Err);
        Left(SubmitFixture.Second, "001", Record(30, "raw_records of run 43001 are gone."), Err);

        var groups = Groups();

        Assert.That(groups, Has.Length.EqualTo(1));
        Assert.That(
            AnalyzeReport.Lines(groups[0]),
            Is.EqualTo(
                new[]
                {
                    "2 x exit 30: an input is missing or unusable",
                    "    raw_records of run 43000 are gone.",
                    $"    jobs: {SubmitFixture.First}, {SubmitFixture.Second}",
                    "    runs: 43000",
                    "    machines: node17",
                    "    at most: memory 2400 of 2000 MB asked for (over), disk 2060 of 2250 KB asked for",
                    "    | RucioException: cannot reach UC_OSG",
                    "    | boom: deliberate",
                }
            )
        );
    }

    [Test]
    public void Should_know_the_codes_of_the_payload_if_it_lists_them()
    {
        var source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "payload", "payload_common.py"));
        var numbers = System
            .Text.RegularExpressions.Regex.Matches(
                source,
                @"^([A-Z_]+(?:, [A-Z_]+)+) = ([0-9]+(?:, [0-9]+)+)$",
                System.Text.RegularExpressions.RegexOptions.Multiline
            )
            .SelectMany(m => m.Groups[1].Value.Split(", ").Zip(m.Groups[2].Value.Split(", ").Select(int.Parse)))
            .ToDictionary(p => p.First, p => p.Second);
        var table = source[source.IndexOf("EXIT_CODES = {", StringComparison.Ordinal)..];
        var listed = System
            .Text.RegularExpressions.Regex.Matches(
                table[..table.IndexOf('}', StringComparison.Ordinal)],
                "^    ([A-Z_]+): \"(.*)\",$",
                System.Text.RegularExpressions.RegexOptions.Multiline
            )
            .Where(m => m.Groups[1].Value != "DONE")
            .ToDictionary(m => numbers[m.Groups[1].Value], m => m.Groups[2].Value);

        Assert.That(PayloadExitCodes.Meanings, Is.EqualTo(listed));
        Assert.That(PayloadExitCodes.NotRetried, Is.SubsetOf(listed.Keys));
    }

    [TestCase(10)]
    [TestCase(20)]
    [TestCase(21)]
    [TestCase(22)]
    [TestCase(30)]
    [TestCase(31)]
    [TestCase(40)]
    [TestCase(41)]
    [TestCase(50)]
    [TestCase(51)]
    public void Should_know_payloads_codes_if_asked(int code) =>
        Assert.That(Causes.PayloadTitle(code), Does.StartWith($"exit {code}: "));

    [TestCase(-9, "ended by signal 9")]
    [TestCase(143, "exit 143: ended by signal 15")]
    [TestCase(3, "exit 3")]
    public void Should_name_signals_if_there_is_one(int code, string expected) =>
        Assert.That(Causes.PayloadTitle(code), Is.EqualTo(expected));

    [Test]
    public void Should_blame_staging_if_payload_never_ran()
    {
        Left(SubmitFixture.First, "001", "", Err);

        Assert.That(Groups().Select(g => g.Cause.Title), Does.Contain("Pegasus: inputs could not be staged in"));
    }

    [Test]
    public void Should_say_unknown_or_code_if_no_log() => Assert.That(Groups().Select(g => g.Cause.Title), Is.EqualTo(new[] { "exit 1" }));

    [Test]
    public void Should_use_hold_code_if_held()
    {
        var fixture = new SubmitFixture().Held(SubmitFixture.Other);
        fixture.Disk.AddFile(
            fixture.Submit.JobLog,
            new MockFileData(
                "006 (011.000.000) 2026-11-22 16:49:30 Image size of job updated: 3\n\t2500  -  MemoryUsage of job (MB)\n...\n"
            )
        );
        var held = fixture.Read().Nodes.Where(n => n.State == NodeState.Held).ToList();

        var progress = new Said.Counted("jobs") { Total = 1 };
        var group = new FailureReader(fixture.Disk, fixture.Submit).Read(held, CancellationToken.None, progress).Single();

        Assert.That(progress.ToString(), Is.EqualTo("1 of 1 jobs, going on"));

        Assert.That(group.Cause.Title, Is.EqualTo("held, code 34: used more memory than requested"));
        Assert.That((group.MemoryUsed, group.MemoryAsked), Is.EqualTo(((long?)2500, (long?)2000)));
    }

    [TestCase("Code 21 Subcode 102", "held, code 21.102: the machine's policy: used more memory than requested")]
    [TestCase("Code 21 Subcode 104", "held, code 21.104: the machine's policy: used more disk than provided")]
    [TestCase("Code 21 Subcode 7", "held, code 21.7: the machine's policy (WANT_HOLD)")]
    public void Should_report_which_policy_of_the_machine_if_it_held(string code, string title)
    {
        var fixture = new SubmitFixture().Held(SubmitFixture.Other, code: code);
        var held = fixture.Read().Nodes.Where(n => n.State == NodeState.Held).ToList();

        var read = new FailureReader(fixture.Disk, fixture.Submit).Read(held, CancellationToken.None, new Said.Counted("jobs"));

        Assert.That(read.Single().Cause.Title, Is.EqualTo(title));
    }

    [Test]
    public void Should_report_what_its_own_attempt_left_if_held()
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.Other, 1).Held(SubmitFixture.Other, "Transfer output files failure");
        fixture.Disk.AddFile(
            $"{SubmitFixture.Folder}/00/00/{SubmitFixture.Other}.out.000",
            new MockFileData(Record(50, "of the attempt before"))
        );
        FailureGroup Held() =>
            new FailureReader(fixture.Disk, fixture.Submit)
                .Read([.. fixture.Read().Nodes.Where(n => n.State == NodeState.Held)], CancellationToken.None)
                .Single();

        Assert.That((Held().Cause.Title, Held().LastWords.Count), Is.EqualTo(("held, code 34: used more memory than requested", 0)));

        fixture.Disk.AddFile($"{SubmitFixture.Folder}/00/00/{SubmitFixture.Other}.out", new MockFileData(Record(30, "of this one")));

        Assert.That(
            Held().Cause,
            Is.EqualTo(
                new Cause(
                    "held, code 34: used more memory than requested; its program: exit 30: an input is missing or unusable",
                    "Transfer output files failure"
                )
            )
        );
        Assert.That(Held().LastWords, Is.EqualTo(new[] { "RucioException: cannot reach UC_OSG", "boom: deliberate" }));
    }

    [Test]
    public void Should_show_no_secrets_if_jobs_printed_them()
    {
        Left(
            SubmitFixture.First,
            "001",
            Record(30, "login as me with password=hunter2 failed")
                .Replace("boom: deliberate", "  Authorization: Bearer abcdefghijkl", StringComparison.Ordinal),
            ""
        );
        _fixture.Disk.AddFile("/patterns", new MockFileData("auth = Authorization\n"));
        var logs = new LogPatterns(_fixture.Disk);

        var group = Groups().Single(g => g.Cause.Description is not null);
        var found = logs.Search(
                logs.Read("/patterns"),
                logs.Logs(_fixture.Submit, _fixture.Read().Nodes),
                () => { },
                CancellationToken.None
            )
            .Single();

        Assert.That(group.Cause.Description, Is.EqualTo("login as me with password=*** failed"));
        Assert.That(group.LastWords, Is.EqualTo(new[] { "RucioException: cannot reach UC_OSG", "  Authorization: ***" }));
        Assert.That(found.Example, Does.EndWith(": Authorization: ***"));
    }

    [Test]
    public void Should_take_the_newest_attempt_if_several()
    {
        foreach (var file in new[] { "a.out.000", "a.err.002", "a.out.001", "ab.out.007", "b.out", "c.out.12", "d.out.009x" })
        {
            _fixture.Disk.AddFile($"/x/{file}", new MockFileData(""));
        }

        var attempts = new AttemptFiles(_fixture.Disk);

        Assert.That(
            new[] { "/x/a", "/x/ab", "/x/b", "/x/c", "/x/d", "/y/a" }.Select(attempts.Newest),
            Is.EqualTo(new int?[] { 2, 7, null, null, null, null })
        );
    }

    [Test]
    public void Should_count_lines_and_jobs_if_patterns_found()
    {
        Left(SubmitFixture.First, "000", Record(30, "a"), Err);
        Left(SubmitFixture.Second, "001", Record(30, "b"), "");
        _fixture.Disk.AddFile("/patterns", new MockFileData("# names\nboom = bo+m: \nstaging=Expected local (file) does\nnone = (x)\\1\n"));
        var logs = new LogPatterns(_fixture.Disk);
        var looked = 0;

        var finds = logs.Search(
            logs.Read("/patterns"),
            logs.Logs(_fixture.Submit, _fixture.Read().Nodes),
            () => looked++,
            CancellationToken.None
        );

        Assert.That(
            finds.Select(f => (f.Name, f.Lines, f.Nodes.Count)),
            Is.EqualTo(new[] { ("boom", 2L, 2), ("staging", 1L, 1), ("none", 0L, 0) })
        );
        Assert.That(
            finds[1].Example,
            Is.EqualTo(
                $"{SubmitFixture.Folder}/00/00/{SubmitFixture.First}.err.000:7: 2026-11-22 17:33:18,881   ERROR:  Expected local file "
                    + "does not exist: /x"
            )
        );
        Assert.That(looked, Is.EqualTo(4));
    }

    [Test]
    public void Should_report_all_lines_if_patterns_faulty()
    {
        var disk = new MockFileSystem();
        disk.AddFile("/p", new MockFileData("a = b\nnonsense\nc = (\na = d\n"));

        var error = Assert.Throws<UsageException>(() => new LogPatterns(disk).Read("/p"))!;

        Assert.That(error.Faults.Select(f => f.Line), Is.EqualTo(new int?[] { 2, 3, 4 }));
    }

    private static string Record(int code, string cause) =>
        Out.Replace("EXIT", "1", StringComparison.Ordinal)
            .Replace(
                "SUMMARY",
                $"        outsource-summary {{\"cause\": \"{cause}\", \"exit\": {code}, \"result\": \"failed\", \"what\": \"process\"}}",
                StringComparison.Ordinal
            );

    private void Left(string node, string attempt, string output, string error)
    {
        _fixture.Disk.AddFile($"{SubmitFixture.Folder}/00/00/{node}.out.{attempt}", new MockFileData(output));
        _fixture.Disk.AddFile($"{SubmitFixture.Folder}/00/00/{node}.err.{attempt}", new MockFileData(error));
    }

    private System.Collections.Immutable.ImmutableArray<FailureGroup> Groups() =>
        new FailureReader(_fixture.Disk, _fixture.Submit).Read(
            [.. _fixture.Read(new QueueAnswer(null)).Nodes.Where(n => n.State == NodeState.Failed)],
            CancellationToken.None
        );
}
