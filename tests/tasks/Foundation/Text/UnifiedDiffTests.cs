using System.Collections.Immutable;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Text;
using Outsource.Tests.Build;

namespace Outsource.Tests.Foundation.Text;

/// <summary>Changes as text, which <c>patch</c> applies where it is installed.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class UnifiedDiffTests
{
    private static readonly string[] Lines = [.. Enumerable.Range(1, 20).Select(i => $"line {i}")];

    [Test]
    public void Should_show_a_changed_line_with_its_surroundings() =>
        Assert.That(
            UnifiedDiff.Of("f", Lines, [new LineEdit(4, 1, ["new"])], 2),
            Is.EqualTo("--- a/f\n+++ b/f\n@@ -3,5 +3,5 @@\n line 3\n line 4\n-line 5\n+new\n line 6\n line 7\n")
        );

    [Test]
    public void Should_show_only_what_changes_if_the_file_has_secrets() =>
        Assert.That(
            UnifiedDiff.Of("f", Lines, [new LineEdit(4, 1, ["new"]), new LineEdit(10, 0, ["more", "and more"])], 0),
            Is.EqualTo("--- a/f\n+++ b/f\n@@ -5,1 +5,1 @@\n-line 5\n+new\n@@ -10,0 +11,2 @@\n+more\n+and more\n")
        );

    [Test]
    public void Should_be_empty_if_nothing_changes() => Assert.That(UnifiedDiff.Of("f", Lines, [], 3), Is.Empty);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public void Should_be_applied_by_patch(int context)
    {
        if (!File.Exists("/usr/bin/patch"))
        {
            TestContext.Progress.WriteLine("skipped: patch is not installed");
            Assert.Ignore("patch is not installed");
        }

        var folder = Directory.CreateTempSubdirectory("outsource-diff-").FullName;
        try
        {
            LineEdit[] edits = [new(0, 1, ["first"]), new(6, 2, ["x", "y", "z"]), new(9, 0, ["between"]), new(20, 0, ["last"])];
            File.WriteAllText(Path.Combine(folder, "f"), string.Join('\n', Lines) + "\n");
            File.WriteAllText(Path.Combine(folder, "d"), UnifiedDiff.Of("f", Lines, edits, context));

            var run = ProgramRun.Start("patch", ["f", "d"], folder).End();

            Assert.That(run.ExitCode, Is.Zero, run.Out + run.Error);
            ImmutableArray<string> wanted =
            [
                "first",
                .. Lines[1..6],
                "x",
                "y",
                "z",
                Lines[8],
                "between",
                .. Lines[9..],
                "last",
            ];
            Assert.That(File.ReadAllLines(Path.Combine(folder, "f")), Is.EqualTo(wanted));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
