using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Model.Failures;
using Outsource.Tests.Build;

namespace Outsource.Tests.Model.Failures;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CauseTableTests
{
    private static readonly CauseTable Table = CauseTable.Read(new MockFileSystem(), null);

    private static readonly FailedJob Job = new();

    /// <summary>Jobs of the three engines, and the cause that a person would name.</summary>
    private static IEnumerable<TestCaseData> Cases()
    {
        static TestCaseData Is(string cause, FailedJob job, params string[] texts) =>
            new TestCaseData(cause, job with { Texts = [.. texts] }).SetArgDisplayNames(cause, string.Join(' ', texts));

        // HTCondor's holds
        yield return Is("held-by-user", Job with { HoldCode = 1, HoldSubcode = 0 }, "via condor_hold (by user xenon)");
        yield return Is("memory-exceeded", Job with { HoldCode = 34, HoldSubcode = 102 }, "memory usage exceeded request_memory");
        yield return Is("memory-exceeded", Job with { HoldCode = 34, HoldSubcode = 0 }, "Error from slot1@local: memory usage exceeded");
        yield return Is("disk-exceeded", Job with { HoldCode = 34, HoldSubcode = 104 }, "over its limit");
        yield return Is("disk-exceeded", Job with { HoldCode = 34, HoldSubcode = 0 }, "disk usage exceeded request_disk (9 KB of 5 KB)");
        yield return Is("memory-exceeded", Job with { HoldCode = 21, HoldSubcode = 102 }, "HOLD_IF_MEMORY_EXCEEDED");
        yield return Is("disk-exceeded", Job with { HoldCode = 21, HoldSubcode = 104 }, "policy");
        yield return Is("memory-exceeded", Job with { HoldCode = 26, Memory = new(3000, 2000) }, "SYSTEM_PERIODIC_HOLD");
        yield return Is("machine-policy", Job with { HoldCode = 26, Memory = new(1000, 2000) }, "SYSTEM_PERIODIC_HOLD");
        yield return Is("time-exceeded", Job with { HoldCode = 3 }, "The job attribute PeriodicHold expression evaluated to TRUE");
        yield return Is("time-exceeded", Job with { HoldCode = 47 }, "Job execution time exceeded");
        yield return Is("stage-in-hold", Job with { HoldCode = 13, HoldSubcode = 2 }, "Transfer input files failure at execution point");
        yield return Is("credential-held", Job with { HoldCode = 13 }, "Transfer input files failure: proxy has expired");
        yield return Is("stage-out-hold", Job with { HoldCode = 12, HoldSubcode = 28 }, "Transfer output files failure: no space");
        yield return Is("transfer-limit", Job with { HoldCode = 33 }, "larger than MAX_TRANSFER_OUTPUT_MB");
        yield return Is("container-failed", Job with { HoldCode = 45 }, "Singularity test failed");
        yield return Is("start-failed", Job with { HoldCode = 6, HoldSubcode = 2 }, "Failed to execute process.sh");

        // the payload's exit codes, and what it says
        yield return Is("wrong-arguments", Job with { ExitCode = 10 }, "process.py: unknown option.");
        yield return Is("environment", Job with { ExitCode = 20 }, "straxen cannot be imported in this image: No module named x.");
        yield return Is("image-missing", Job with { ExitCode = 20 }, "setup.sh does not exist: the job does not run in the XENONnT image.");
        yield return Is("hashes-differ", Job with { ExitCode = 21 }, "Lineage hashes differ from those planned: peaklets.");
        yield return Is("disk-exceeded", Job with { ExitCode = 22 }, "900 KB of disk, but the job asked for 5000 KB.");
        yield return Is("disk-full", Job with { ExitCode = 22 }, "OSError: [Errno 28] No space left on device");
        yield return Is("on-tape", Job with { ExitCode = 30 }, "raw_records of run 7157 is on tape only for this job; it needs --stage, or wait.");
        yield return Is("no-replica", Job with { ExitCode = 30 }, "DataIdentifierNotFound: Data identifier xnt_007157 not found.");
        yield return Is("data-corrupt", Job with { ExitCode = 30 }, "Tarball a.tar.gz is damaged (truncated).");
        yield return Is("service-down", Job with { ExitCode = 30 }, "ConnectionError: connection timed out");
        yield return Is("input-missing", Job with { ExitCode = 30 }, "Parts are missing: 0001.");
        yield return Is("proxy-expired", Job with { ExitCode = 31 }, "The X.509 proxy has 0.0 h left; 2 h are needed.");
        yield return Is("data-corrupt", Job with { ExitCode = 40 }, "strax.processor.DataCorrupted: cannot open metadata");
        yield return Is("memory-exceeded", Job with { ExitCode = 40 }, "numpy.core._exceptions._ArrayMemoryError: Unable", "MemoryError");
        yield return Is("memory-exceeded", Job with { ExitCode = 40, Memory = new(2400, 2000) }, "ValueError: x");
        yield return Is("processing-failed", Job with { ExitCode = 40, Memory = new(1400, 2000) }, "ValueError: x");
        yield return Is("incomplete", Job with { ExitCode = 41 }, "peaklets of run 7157 has 3 chunks, planned were 4");
        yield return Is("upload-failed", Job with { ExitCode = 50 }, "Uploading failed 3 times");
        yield return Is("rundb-not-updated", Job with { ExitCode = 51 }, "the RunDB said 500");
        yield return Is("other-product", Job with { ExitCode = 52 }, "xnt_7157 at UC_OSG_USERDISK is not what was made here");
        yield return Is("memory-exceeded", Job with { ExitCode = 137 });
        yield return Is("killed", Job with { ExitCode = 139, Memory = new(10, 20) }, "Segmentation fault");

        // Pegasus' wrapper
        yield return Is("stage-in-failed", Job with { Phase = JobPhase.StageIn, ExitCode = 1 }, "gfal-copy error: 70");
        yield return Is("staging-missing", Job with { Phase = JobPhase.StageIn }, "ERROR:  Expected local file does not exist: /x");
        yield return Is("stage-out-failed", Job with { Phase = JobPhase.StageOut }, "gfal-copy error: 13");
        yield return Is("input-changed", Job with { Phase = JobPhase.Integrity }, "integrity check");
        yield return Is("output-missing", Job with { End = JobEnd.Check });
        yield return Is(
            "output-missing",
            Job with { ExitCode = 1 },
            "Output 061031-output-peaklets-0000.tar.gz is missing: the job did not make it."
        );
        yield return Is("never-submitted", Job with { End = JobEnd.NeverSubmitted });
        yield return Is("cvmfs-missing", Job with { ExitCode = 1 }, "/cvmfs/xenon.opensciencegrid.org: Transport endpoint is not connected");
        yield return Is("container-failed", Job with { ExitCode = 255 }, "FATAL:   could not open image /x.sif");

        // Slurm
        yield return Is("time-exceeded", Job with { SlurmState = "TIMEOUT", End = JobEnd.Removed }, "Slurm: TIMEOUT: TimeLimit.");
        yield return Is("memory-exceeded", Job with { SlurmState = "OUT_OF_MEMORY", End = JobEnd.Removed }, "Slurm: OUT_OF_MEMORY.");
        yield return Is("node-failed", Job with { SlurmState = "NODE_FAIL", End = JobEnd.Removed }, "Slurm: NODE_FAIL.");
        yield return Is("preempted", Job with { SlurmState = "PREEMPTED", End = JobEnd.Removed }, "Slurm: PREEMPTED.");
        yield return Is("cancelled", Job with { SlurmState = "CANCELLED", End = JobEnd.Removed }, "Slurm: CANCELLED.");

        // the local engine
        yield return Is("cancelled", Job with { End = JobEnd.Removed }, "removed by the operator");
        yield return Is("removed", Job with { End = JobEnd.Removed }, "The job attribute PeriodicRemove expression evaluated to TRUE");
    }

    [TestCaseSource(nameof(Cases))]
    public void Should_find_the_cause_if_a_job_failed(string cause, FailedJob job) => Assert.That(Table.Of(job)?.Name, Is.EqualTo(cause));

    [Test]
    public void Should_have_no_cause_if_nothing_fits() =>
        Assert.That(Table.Of(Job with { ExitCode = 3, Texts = ["something nobody has seen"] }), Is.Null);

    [Test]
    public void Should_be_large_enough_to_be_of_use() => Assert.That(Table.Causes, Has.Length.GreaterThanOrEqualTo(20));

    /// <summary>What no engine retries, and what the table says of retries, is one list.</summary>
    [Test]
    public void Should_say_that_no_retry_helps_if_engines_do_not_retry() =>
        Assert.That(
            Table.Causes.Where(c => !c.Retryable).SelectMany(c => c.Tests).Where(t => t.OnlyExits).SelectMany(t => t.Exits).Order(),
            Is.EqualTo(PayloadExitCodes.NotRetried)
        );

    [Test]
    public void Should_match_a_long_line_in_time_that_grows_with_it()
    {
        var job = Job with { ExitCode = 3, Texts = [new string('a', 1 << 20) + " .proxy" + new string('(', 1 << 16)] };

        Assert.That(Table.Of(job), Is.Null);
    }

    [TestCase("  a:\n    titel: x\n", "cause 'a': unknown key 'titel' (did you mean 'title'?).", 3)]
    [TestCase("  Big:\n    title: x\n", "cause 'Big': its name must be of small letters", 3)]
    [TestCase("  unknown-1:\n    title: x\n", "not begin with 'unknown'", 3)]
    [TestCase("  a:\n    retry: perhaps\n", "retry is 'perhaps', but must be \"yes\" or \"no\".", 3)]
    [TestCase("  a:\n    mend: 7\n", "mend is '7', but must be one of again, disk, leave-out, memory, plan, sites.", 3)]
    [TestCase("  a:\n    when:\n      - {exit: 400}\n", "exit '400' is not an exit code from 1 to 255.", 5)]
    [TestCase("  a:\n    when:\n      - {hold: x}\n", "hold 'x' is neither a code", 5)]
    [TestCase("  a:\n    when:\n      - {text: '('}\n", "text '(' is not a regular expression", 5)]
    [TestCase("  a:\n    when:\n      - {text: '(x)\\1'}\n", "is not a regular expression without references", 5)]
    [TestCase("  a:\n    when:\n      - {slurm: timeout}\n", "slurm 'timeout' is not a state of Slurm", 5)]
    [TestCase("  a:\n    when: []\n", "'when' must be a list of 1 to 50 items.", 3)]
    [TestCase("  a:\n    title: x\n", "'when' is missing.", 3)]
    public void Should_say_where_it_is_wrong_if_the_operators_table_is(string text, string fault, int line)
    {
        var disk = new MockFileSystem();
        disk.AddFile("/tables/causes.yml", new MockFileData($"schema: outsource/causes/1\ncauses:\n{text}"));

        var error = Assert.Throws<UsageException>(() => CauseTable.Read(disk, "/tables"))!;

        var found = error.Faults.Where(f => f.Text.Contains(fault, StringComparison.Ordinal)).ToList();
        Assert.That(found.Select(f => f.Line), Is.EqualTo(new[] { line }), error.Message);
        Assert.That(error.Faults.Select(f => f.File), Is.All.EqualTo("/tables/causes.yml"));
    }

    [Test]
    public void Should_refuse_a_name_that_is_there_twice()
    {
        var disk = new MockFileSystem();
        disk.AddFile("/tables/causes.yml", new MockFileData("schema: outsource/causes/1\ncauses:\n  a: {title: x}\n  a: {title: y}\n"));

        Assert.That(() => CauseTable.Read(disk, "/tables"), Throws.TypeOf<UsageException>().With.Message.Contains("causes.yml:4"));
    }

    [Test]
    public void Should_refuse_a_pattern_that_is_too_long()
    {
        var disk = new MockFileSystem();
        var pattern = new string('x', 301);
        disk.AddFile("/tables/causes.yml", new MockFileData($"schema: outsource/causes/1\ncauses:\n  a:\n    when:\n      - {{text: {pattern}}}\n"));

        Assert.That(() => CauseTable.Read(disk, "/tables"), Throws.TypeOf<UsageException>().With.Message.Contains("must have 1 to 300"));
    }

    [Test]
    public void Should_ship_the_file_that_is_built_in() =>
        Assert.That(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tables", CauseTable.FileName)),
            Is.EqualTo(File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "tables", CauseTable.FileName)))
        );

    [TestCase("2026-11-22 17:33:18,881   ERROR:  no file", "ERROR:  no file")]
    [TestCase("working|Traceback (most recent call last):|  File x|ValueError: bad|done", "ValueError: bad")]
    [TestCase("first|second", "first")]
    [TestCase("", null)]
    public void Should_take_the_shortest_useful_line_if_the_cause_is_unknown(string lines, string? excerpt) =>
        Assert.That(Excerpt.Of([.. lines.Split('|')]), Is.EqualTo(excerpt));

    [Test]
    public void Should_propose_a_site_only_if_others_do_better()
    {
        var tally = new SiteTally();
        foreach (var (site, failed, count) in new[] { ("Bad", 1, 4), ("Bad", 0, 1), ("Good", 0, 9), ("Few", 1, 4) })
        {
            for (var i = 0; i < count; i++)
            {
                tally.Add(site, failed);
            }
        }

        Assert.That(tally.Bad(0.5), Is.EqualTo(new[] { new SiteCount("Bad", 5, 4) }));
        Assert.That(tally.Bad(0.8), Is.Empty, "not more than the share");

        var alone = new SiteTally();
        for (var i = 0; i < 5; i++)
        {
            alone.Add("Bad", 1);
        }

        Assert.That(alone.Bad(0.5), Is.Empty, "where all sites are bad, the sites are not the cause");
    }
}
