using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Files;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Diff;

/// <summary>Diff on the real host, on plans of the demo.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class DiffTests
{
    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void Rehearse()
    {
        _demo = new DemoRun();
        Dry("a");
        Dry("same");
        Dry("kr", "--mode=tpc_kr83m");
        Dry("old", "--image=2024.11.1", "--straxen-version=3.0.0", "--accept-image-mismatch");
    }

    [OneTimeTearDown]
    public void Remove() => _demo.Dispose();

    [Test]
    public void Should_end_with_zero_if_plans_are_equal()
    {
        var run = _demo.Run("--target=Diff", "--name=a", "--with=same");

        Assert.That(
            (run.ExitCode, run.Out, run.Error),
            Is.EqualTo((0, "The plans a and same are equal: same settings, same outcomes and reasons, same jobs.\n", ""))
        );
    }

    [Test]
    public void Should_say_which_runs_left_if_mode_is_asked_for()
    {
        var run = _demo.Run("--target=Diff", "--name=a", "--with=kr");

        Assert.That(run.ExitCode, Is.EqualTo(3), run.Error);
        Assert.That(
            run.Out,
            Does.StartWith(
                "From plan a to plan kr:\n\nSettings and versions:\n  mode: (none) -> tpc_kr83m  [default; then argument "
                    + "--mode]\n\nLines of the ledger:\n"
            )
        );
        Assert.That(run.Out, Does.Contain("  061062 removed; it is left out by mode-not-asked: mode bkg_linked is not in --mode=tpc_kr83m\n"));
        Assert.That(run.Out, Does.Contain("\nJobs:\n  runs: 49 -> 9\n  jobs: 424 -> 40\n  chunks: 2,299 -> 88\n  ap, jobs: 6 -> (none)\n"));
        Assert.That(run.Error, Is.EqualTo("The plans 'a' and 'kr' differ.\n"));
    }

    [Test]
    public void Should_say_they_differ_if_only_a_reason_is_another()
    {
        // The same outcome, the same totals: run 61025 alone is out by another rule.
        var other = Directory.CreateDirectory(Path.Combine(_demo.Folder, "other")).FullName;
        foreach (var file in new[] { "settings.yml", "ledger.jsonl", "unplanned.jsonl", "plan.jsonl" })
        {
            var text = File.ReadAllText(Path.Combine(_demo.Generated("a"), file));
            File.WriteAllText(
                Path.Combine(other, file),
                file == "ledger.jsonl"
                    ? string.Join(
                        '\n',
                        text.Split('\n')
                            .Select(l =>
                                l.Contains("\"run\":61025,", StringComparison.Ordinal)
                                    ? l.Replace("mode-excluded", "tagged", StringComparison.Ordinal)
                                    : l
                            )
                    )
                    : text
            );
        }

        var before = SealOf(Path.Combine(other, "ledger.jsonl"));
        Close(Path.Combine(other, "ledger.jsonl"));
        var unplanned = Path.Combine(other, "unplanned.jsonl");
        File.WriteAllText(
            unplanned,
            File.ReadAllText(unplanned).Replace(before, SealOf(Path.Combine(other, "ledger.jsonl")), StringComparison.Ordinal)
        );
        Close(unplanned);
        File.WriteAllText(
            Path.Combine(other, "plan.jsonl"),
            File.ReadAllText(Path.Combine(other, "plan.jsonl"))
                .Replace(SealOf(Path.Combine(_demo.Generated("a"), "unplanned.jsonl")), SealOf(unplanned), StringComparison.Ordinal)
        );
        Close(Path.Combine(other, "plan.jsonl"));

        var run = _demo.Run("--target=Diff", "--name=a", "--with=./other");

        Assert.That(
            (run.ExitCode, run.Out),
            Is.EqualTo(
                (
                    3,
                    "From plan a to plan ./other:\n\nLines with another reason:\n  8 lines, such as run 61025 peaklets: mode-excluded "
                        + "-> tagged\n"
                )
            )
        );
    }

    private static string SealOf(string path) =>
        JsonDocument.Parse(File.ReadLines(path).First()).RootElement.GetProperty(Seal.Key).GetString()!;

    private static void Close(string path)
    {
        using var file = File.Open(path, FileMode.Open);
        Seal.Close(file);
    }

    [Test]
    public void Should_say_the_opposite_if_reversed() =>
        Assert.That(
            _demo.Run("--target=Diff", "--name=kr", "--with=a").Out,
            Does.Contain("  061062 added with peaklets")
                .And.Contain("; it was left out by mode-not-asked: mode bkg_linked is not in --mode=tpc_kr83m\n")
        );

    [Test]
    public void Should_name_image_and_origin_if_they_changed() =>
        Assert.That(
            _demo.Run("--target=Diff", "--name=a", "--with=old").Out,
            Does.Match(@"  image: \S+:2025\.05\.3 -> \S+:2024\.11\.1  \[.*\.xenon_config:\d+; then argument --image\]")
        );

    [Test]
    public void Should_read_kept_artifacts_if_folder_is_given()
    {
        var kept = Directory.CreateDirectory(Path.Combine(_demo.Folder, "kept")).FullName;
        foreach (var file in new[] { "settings.yml", "ledger.jsonl", "unplanned.jsonl", "plan.jsonl" })
        {
            File.Copy(Path.Combine(_demo.Generated("kr"), file), Path.Combine(kept, file), overwrite: true);
        }

        Assert.That(_demo.Run("--target=Diff", "--name=./kept", "--with=kr").ExitCode, Is.Zero);
        Assert.That(_demo.Run("--target=Diff", "--name=./kept", "--with=a").ExitCode, Is.EqualTo(3));
    }

    [TestCase("--name and --with are the same plan, '@a'. Pass another one.", "--name=a", "--with=a")]
    [TestCase("--name and --with are the same plan, '@a'. Pass another one.", "--name=a", "--with=@a/")]
    [TestCase(
        "--with: there is no folder '@nowhere'. A plan is the name of a workflow (--target=List shows all) or a folder with its artifacts.",
        "--name=a",
        "--with=@nowhere"
    )]
    [TestCase(
        "--name: there is no folder '@nowhere'. A plan is the name of a workflow (--target=List shows all) or a folder with its artifacts.",
        "--name=@nowhere",
        "--with=a"
    )]
    public void Should_refuse_what_cannot_be_compared(string error, params string[] arguments)
    {
        string Here(string text) => text.Replace("@", Path.GetDirectoryName(_demo.Generated("a")) + "/", StringComparison.Ordinal);

        var run = _demo.Run(["--target=Diff", .. arguments.Select(Here)]);

        Assert.That((run.ExitCode, run.Out, run.Error), Is.EqualTo((2, "", $"Error: {Here(error)}\n")));
    }

    [Test]
    public void Should_say_what_is_missing_if_there_is_no_other_plan()
    {
        var alone = _demo.Run("--target=Diff", "--name=a");
        var empty = _demo.Run("--target=Diff", "--name=a", "--with=./home");

        Assert.That(
            (alone.ExitCode, alone.Error),
            Is.EqualTo(
                (
                    2,
                    "Error: Diff compares two plans: --name=A --with=B, each the name of a workflow or a folder with its artifacts, "
                        + "such as ./kept/2025-05-13.\n"
                )
            )
        );
        Assert.That(
            (empty.ExitCode, empty.Error),
            Is.EqualTo(
                (
                    2,
                    $"Error: --with: '{_demo.Home}/settings.yml' is missing, so './home' cannot be compared. Stage LoadConfig "
                        + "makes it; --target=DryRun makes everything that is compared.\n"
                )
            )
        );
    }

    private void Dry(string name, params string[] more)
    {
        var run = _demo.Run(["--target=DryRun", $"--name={name}", .. more]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }
}
