using System.IO.Abstractions;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Artifacts;

public sealed class LedgerFileTests
{
    private static readonly LedgerLine Line = new(7000, null, "peaklets", new Verdict(Reason.Tagged, "tag bad"), "FilterModes");

    [Test]
    public void Should_read_back_every_reason([Values] Reason reason)
    {
        var disk = Given.Disk();
        var line = Line with { Verdict = new Verdict(reason, "x") };
        new LedgerFile(disk, "/g/ledger.jsonl").Write("f", "proven", LedgerCount.Of([line]), [line]);

        Assert.That(new LedgerFile(disk, "/g/ledger.jsonl").Read(), Is.EqualTo(new[] { line }));
    }

    [Test]
    public void Should_read_the_lines_of_some_units_if_those_are_asked_for()
    {
        var disk = Given.Disk();
        LedgerLine[] lines =
        [
            Line with { Type = "lower_tpc" },
            Line with { Type = "upper_tpc", Verdict = new Verdict(Reason.ParentMissing, "\"lower_tpc\" is not made") },
            Line with { Type = "größe" },
        ];
        new LedgerFile(disk, "/g/ledger.jsonl").Write("f", "proven", LedgerCount.Of(lines), lines);

        Assert.That(
            new LedgerFile(disk, "/g/ledger.jsonl").Read(new HashSet<string> { "lower_tpc", "größe" }),
            Is.EqualTo(new[] { lines[0], lines[2] })
        );
    }

    [Test]
    public void Should_name_the_code_if_this_version_has_none_like_it()
    {
        var disk = Given.Disk();
        new LedgerFile(disk, "/g/ledger.jsonl").Write("f", "proven", LedgerCount.Of([Line]), [Line]);
        Rewrite(disk, "/g/ledger.jsonl", "\"code\":\"tagged\"", "\"code\":\"cursed\"");

        Assert.That(
            () => new LedgerFile(disk, "/g/ledger.jsonl").Read().ToList(),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.EqualTo(
                    "'/g/ledger.jsonl', line 2: not a valid line of a ledger: 'cursed' is not a reason code of this version "
                        + "(docs/ledger.md lists them). Run --target=FilterModes again."
                )
        );
    }

    [Test]
    public void Should_name_the_code_of_a_fault_if_this_version_has_none_like_it()
    {
        var disk = Given.Disk();
        using (var stream = disk.File.Create("/runs.jsonl"))
        {
            RunsArtifact.WriteHeader(stream, new RunsHeader("f", "s", DateTimeOffset.UnixEpoch, 1, 1, 1, "proven"));
            using var json = RunRecords.Writer(stream);
            RunRecords.Write(json, Given.Run() with { Fault = new DocumentFault(Reason.TagsFaulty, "x") });
        }

        Rewrite(disk, "/runs.jsonl", "tags-faulty", "cursed");

        Assert.That(
            () => RunsArtifact.Open(disk, "/runs.jsonl").Read(disk).ToList(),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.EqualTo(
                    "'/runs.jsonl', line 2: 'cursed' is not a reason code of this version (docs/ledger.md lists them). "
                        + "Run --target=QueryRuns again."
                )
        );
    }

    /// <summary>Another text in a file, with the seal of what it says then.</summary>
    private static void Rewrite(IFileSystem disk, string path, string before, string after)
    {
        var text = disk.File.ReadAllText(path).Replace(before, after, StringComparison.Ordinal);
        using var stream = disk.File.Create(path);
        stream.Write(Encoding.UTF8.GetBytes(Regex.Replace(text, """(?<="seal":")[^"]*""", Seal.Blank)));
        Seal.Close(stream);
    }
}
