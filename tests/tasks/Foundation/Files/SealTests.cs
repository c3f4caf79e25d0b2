using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Foundation.Files;

/// <summary>Artifacts of the demo, damaged by the hundred: none is read as if nothing had happened.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class SealTests
{
    private static readonly FileSystem Disk = new();

    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void Rehearse()
    {
        _demo = new DemoRun();
        var run = _demo.Run("--target=WriteWorkflow", "--name=a");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [OneTimeTearDown]
    public void Remove() => _demo.Dispose();

    [TestCase(RunsArtifact.FileName, "QueryRuns")]
    [TestCase(LedgerFile.FileName, "FilterModes")]
    [TestCase(JobPlan.FileName, "PlanChunks")]
    public void Should_refuse_and_name_the_stage_if_a_line_is_lost_doubled_or_changed(string file, string stage)
    {
        var whole = File.ReadAllLines(_demo.Generated("a") + "/" + file);
        var folder = Directory.CreateDirectory(Path.Combine(_demo.Folder, "b")).FullName;
        var path = Path.Combine(folder, file);
        var random = new Random(12);
        var tried = 0;
        for (var i = 0; i < whole.Length; i += Math.Max(1, whole.Length / 60))
        {
            foreach (var damaged in Damages(whole, i, random).Where(d => d != string.Join('\n', whole) + "\n"))
            {
                File.WriteAllText(path, damaged);
                var refusal = Assert.Throws<OutsourceException>(() => Read(file, folder), $"line {i}: {damaged.Length} characters");
                Assert.That(
                    refusal!.Message,
                    Does.StartWith($"'{path}' is not what {stage} wrote: ").And.EndWith($"Run --target={stage} --name=b to make it again.")
                );
                Assert.That(refusal.ExitCode, Is.EqualTo(ExitCodes.Usage));
                tried++;
            }
        }

        Assert.That(tried, Is.GreaterThan(100));
        File.WriteAllText(path, string.Join('\n', whole) + "\n");
        Assert.That(() => Read(file, folder), Throws.Nothing);
    }

    [TestCase("settings.yml", "--target=PlanChunks", "--target=LoadConfig")]
    [TestCase(RunsArtifact.FileName, "--target=FilterModes", "--target=QueryRuns")]
    [TestCase(LedgerFile.FileName, "--target=PlanChunks", "--target=FilterModes")]
    [TestCase(JobPlan.FileName, "--target=WriteWorkflow", "--target=PlanChunks")]
    [TestCase(LedgerFile.FileName, "--target=Explain", "--target=FilterModes")]
    [TestCase(JobPlan.FileName, "--target=Outputs", "--target=PlanChunks")]
    [TestCase(LedgerFile.FileName, "--target=Diff", "--target=FilterModes")]
    public void Should_end_with_the_sentence_if_a_stage_reads_what_lost_a_line(string file, string reader, string maker)
    {
        Rehearsed("c");
        var path = Path.Combine(_demo.Generated("c"), file);
        var lines = File.ReadAllLines(path);
        File.WriteAllLines(path, [.. lines[..^2], lines[^1]]);

        var run = reader switch
        {
            "--target=Explain" => _demo.Run(reader, "--name=c", "--run=61030"),
            "--target=Outputs" => _demo.Run(reader, "--name=c"),
            "--target=Diff" => _demo.Run(reader, "--name=c", "--with=a"),
            _ => _demo.Run(reader, "--name=c", "--exclusive"),
        };

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out + run.Error);
        Assert.That(run.Error, Does.Contain(path).And.Contain(maker).And.Not.Contain("unexpected error"));
    }

    [Test]
    public void Should_make_it_anew_if_a_damaged_artifact_is_to_be_reused()
    {
        Rehearsed("d");
        var folder = _demo.Generated("d");
        var whole = File.ReadAllText(Path.Combine(folder, LedgerFile.FileName));
        File.WriteAllText(
            Path.Combine(folder, LedgerFile.FileName),
            whole.Replace("\"outcome\":\"process\"", "\"outcome\":\"excluded\"", StringComparison.Ordinal)
        );

        var run = _demo.Run("--target=FilterModes", "--name=d", "--reuse");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("FilterModes: not reused, '").And.Contain("is not what FilterModes wrote"));
        Assert.That(
            File.ReadAllLines(Path.Combine(folder, LedgerFile.FileName))[1..]
                .Count(l => l.Contains("\"outcome\":\"process\"", StringComparison.Ordinal)),
            Is.GreaterThan(100)
        );
    }

    [Test]
    public void Should_hold_for_yaml_if_nothing_was_changed()
    {
        var text = Seal.OfYaml("schema: outsource/x/1\nname: \"w\"\ncluster: null\n");

        Assert.That(Seal.YamlHolds(text), Is.True);
        Assert.That(Seal.YamlHolds(text.Replace("\"w\"", "\"v\"", StringComparison.Ordinal)), Is.False);
        Assert.That(Seal.YamlHolds(text[..^1]), Is.False, "cut off");
        Assert.That(Seal.YamlHolds(text + "cluster: 12\n"), Is.False, "a line more");
        Assert.That(Seal.YamlHolds("schema: outsource/x/1\nname: \"w\"\n"), Is.Null, "of an earlier version");
    }

    [Test]
    public void Should_refuse_if_a_folder_is_a_copy_of_another()
    {
        Rehearsed("e");
        Directory.Move(_demo.Generated("e"), _demo.Generated("f"));

        var run = _demo.Run("--target=PlanChunks", "--name=f", "--exclusive");

        Assert.That(
            (run.ExitCode, run.Error),
            Is.EqualTo(
                (
                    2,
                    $"Error: '{_demo.Generated("f")}/settings.yml' belongs to workflow 'e', so the folder was copied or "
                        + "renamed. Rename it back, or make 'f' with --target=LoadConfig --name=f.\n"
                )
            )
        );
    }

    /// <summary>A plan of a name of its own.</summary>
    private void Rehearsed(string name)
    {
        if (Directory.Exists(_demo.Generated(name)))
        {
            Directory.Delete(_demo.Generated(name), recursive: true);
        }

        var run = _demo.Run("--target=DryRun", $"--name={name}");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    /// <summary>One damage at a time to a line.</summary>
    private static IEnumerable<string> Damages(string[] whole, int at, Random random)
    {
        string Joined(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
        yield return Joined([.. whole[..at], .. whole[(at + 1)..]]);
        yield return Joined([.. whole[..at], whole[at], .. whole[at..]]);
        var line = whole[at];
        var place = random.Next(line.Length);
        yield return Joined([
            .. whole[..at],
            $"{line[..place]}{(line[place] == 'x' ? 'y' : 'x')}{line[(place + 1)..]}",
            .. whole[(at + 1)..],
        ]);
        var value = line.IndexOf(':', StringComparison.Ordinal) + 1;
        yield return Joined([.. whole[..at], line[..value] + "null" + line[line.IndexOfAny([',', '}'], value)..], .. whole[(at + 1)..]]);
        yield return Joined(whole[..at]) + line[..place];
    }

    private static void Read(string file, string folder)
    {
        switch (file)
        {
            case RunsArtifact.FileName:
                _ = RunsArtifact.Open(Disk, Path.Combine(folder, file)).Read(Disk).Count();
                break;
            case LedgerFile.FileName:
                _ = new LedgerFile(Disk, Path.Combine(folder, file)).ReadHeader();
                _ = new LedgerFile(Disk, Path.Combine(folder, file)).Read().Count();
                break;
            default:
                _ = JobPlan.Read(Disk, folder);
                break;
        }
    }
}
