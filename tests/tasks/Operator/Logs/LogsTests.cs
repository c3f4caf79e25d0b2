using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Operator.Logs;
using Outsource.Settings.Options;
using Outsource.Tests.Engines.Records;

namespace Outsource.Tests.Operator.Logs;

/// <summary>Which job is meant, what of its files is shown, and how a file is read that grows.</summary>
[TestFixture]
internal sealed class LogsTests
{
    private const string Out = "/work/x.out.000";

    [TestCase(SubmitFixture.First, SubmitFixture.First)]
    [TestCase("043000-PEAKLETS-0001", SubmitFixture.Second)]
    [TestCase("event", SubmitFixture.Other)]
    public void Should_find_the_job_if_only_one_fits(string typed, string job) =>
        Assert.That(JobChoice.Of(Dag().Nodes, "test", typed).Name, Is.EqualTo(job));

    [Test]
    public void Should_list_the_jobs_if_several_fit() =>
        Assert.That(
            Assert.Throws<UsageException>(() => JobChoice.Of(Dag().Nodes, "test", "peaklets_"))!.Message,
            Is.EqualTo(
                $"--job=peaklets_ fits 2 jobs of workflow 'test': {SubmitFixture.First}, {SubmitFixture.Second}. Write more of the name."
            )
        );

    [Test]
    public void Should_name_the_nearest_jobs_if_none_fits() =>
        Assert.That(
            Assert.Throws<UsageException>(() => JobChoice.Of(Dag().Nodes, "test", "peaklets_043000-peaklets-0003"))!.Message,
            Does.StartWith("workflow 'test' has no job 'peaklets_043000-peaklets-0003' (the nearest names: ")
                .And.Contain($"{SubmitFixture.First}, {SubmitFixture.Second}")
        );

    [Test]
    public void Should_show_what_the_program_printed_if_the_file_is_a_record_of_it()
    {
        string[] record =
        [
            "- invocation: True",
            "  mainjob:",
            "    start: 2026-11-22T17:33:19.756+00:00",
            "  files:",
            "    stdout:",
            "      size: 186",
            "      data: |",
            "        working on it",
            "          indented",
            "    stderr:",
            "      data: |",
            "        login with --password hunter2hunter2",
            "    metadata:",
            "      size: 0",
            "  environment:",
            "    \"PATH\": \"boom\"",
        ];

        Assert.That(
            Shown(Out, record),
            Is.EqualTo(
                new[]
                {
                    ("the program's standard output", "working on it"),
                    ("the program's standard output", "  indented"),
                    ("the program's standard error", "login with --password ***"),
                }
            )
        );
    }

    [TestCase(Out, "standard output")]
    [TestCase("/work/x.err", "standard error")]
    [TestCase("/work/x.err.012", "standard error")]
    [TestCase("/work.err/x.out.012", "standard output")]
    public void Should_show_all_lines_if_the_file_is_no_record(string path, string kind) =>
        Assert.That(
            Shown(path, ["one", "        two", "", "\u001b[2Jthree"]),
            Is.EqualTo(new[] { (kind, "one"), (kind, "        two"), (kind, ""), (kind, @"\u001b[2Jthree") })
        );

    [Test]
    public void Should_read_whole_lines_only_if_the_file_grows()
    {
        var disk = new MockFileSystem();
        var tail = new OutputTail(disk, "/work/x.out");
        Assert.That(tail.Read(), Is.Empty, "it is not there yet");

        disk.AddFile("/work/x.out", new MockFileData("one\ntw"));
        Assert.That(Lines(tail.Read()), Is.EqualTo(new[] { "one" }));
        Assert.That(tail.Read(), Is.Empty);

        // Pegasus gives it a number.
        disk.AddFile(Out, new MockFileData("one\ntwo\nthree"));
        disk.RemoveFile("/work/x.out");
        tail.Path = Out;
        Assert.That(Lines(tail.Read()), Is.EqualTo(new[] { "two" }));
        Assert.That(Lines(tail.ReadToEnd()), Is.EqualTo(new[] { "three" }));
        Assert.That(tail.ReadToEnd(), Is.Empty);

        disk.AddFile(Out, new MockFileData("new\n"));
        Assert.That(Lines(tail.Read()), Is.EqualTo(new[] { "new" }), "it is shorter than what was read: it was written anew");
    }

    [Test]
    public void Should_read_the_end_alone_if_the_file_is_long()
    {
        var disk = new MockFileSystem();
        disk.AddFile(Out, new MockFileData(string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"line {i}\n"))));

        var lines = Lines(new OutputTail(disk, Out).Read()).ToList();

        Assert.That(lines[^1], Is.EqualTo("line 999999"));
        Assert.That(lines, Has.Count.InRange(300_000, 400_000));
    }

    [Test]
    public void Should_know_the_tries_if_files_are_there()
    {
        var fixture = new SubmitFixture();
        var files = $"{SubmitFixture.Folder}/00/00/{SubmitFixture.First}";
        foreach (var ending in new[] { ".out.000", ".err.000", ".out.002.gz", ".err", ".meta.005", ".out.1x" })
        {
            fixture.Disk.AddFile(files + ending, new MockFileData("\u001f"));
        }

        fixture.Disk.AddFile(files + "0.out.007", new MockFileData("another job's"));
        fixture.Disk.AddFile(files + ".out.003", new MockFileData([0x1f, 0x8b, 8]));
        var output = new JobOutput(fixture.Disk, fixture.Submit, Dag().Nodes[SubmitFixture.First]);

        Assert.That(output.Tries(), Is.EqualTo(new[] { 0, 2, 3 }));
        Assert.That(output.HasCurrent, Is.True);
        Assert.That(output.Unreadable(files + ".out.000"), Is.Null);
        Assert.That(
            output.Unreadable(files + ".out.002"),
            Is.EqualTo($"'{files}.out.002.gz' is compressed (gzip) and is not shown: 'zless {files}.out.002.gz' shows it.")
        );
        Assert.That(output.Unreadable(files + ".out.003"), Does.Contain("is compressed"));
    }

    [TestCase(null, null, null, false, "Logs shows the output of one job and needs --job=NAME")]
    [TestCase("x", "0", null, false, "--lines=0 is not a valid number: whole numbers from 1 to 10000 are allowed.")]
    [TestCase("x", "10001", null, false, "--lines=10001 is not a valid number")]
    [TestCase("x", null, "-1", false, "--try=-1 is not a valid number: whole numbers from 0 to 999999 are allowed.")]
    [TestCase("x", null, "1", true, "--follow shows the running try, --try=1 one that has ended")]
    public void Should_refuse_the_options_if_they_are_wrong(string? job, string? lines, string? number, bool follow, string fault) =>
        Assert.That(
            Assert
                .Throws<UsageException>(() =>
                    LogsOptions.Read(
                        new CommandOptions
                        {
                            Job = job,
                            Lines = lines,
                            Try = number,
                            Follow = follow,
                        }
                    )
                )!
                .Message,
            Does.StartWith(fault)
        );

    private static DagFile Dag()
    {
        var fixture = new SubmitFixture();
        return DagFile.Read(fixture.Disk, fixture.Submit.Dag);
    }

    private static IEnumerable<(string Kind, string Line)> Shown(string path, IEnumerable<string> lines)
    {
        var text = new JobText(path);
        return lines.Select(text.Take).OfType<(string, string)>().ToList();
    }

    private static IEnumerable<string> Lines(IEnumerable<(string Kind, string Line)> lines) => lines.Select(l => l.Line);
}
