using System.Diagnostics;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Build.Tasks;

/// <summary>The Test task of the real host, in a folder of its own, with a stand-in for <c>dotnet test</c>.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class TestTaskTests
{
    private const string StandIn = """
        #!/bin/bash
        [[ " $* " != *" --list-tests "* ]] || { printf '%s' "${LISTED:-}"; exit "${LISTCODE:-0}"; }
        printf '%s\n' "$@" >"$ROOT/arguments"
        printf '%s' "${SAYS:-}"
        [[ -z ${TRX:-} ]] || { mkdir -p "$ROOT/.outsource/test-results"; printf '%s' "$TRX" >"$ROOT/.outsource/test-results/tests.trx"; }
        # Nothing of ours may stay open, or the test would wait for this as well.
        [[ -z ${LONG:-} ]] || exec sleep "$LONG" >&- 2>&-
        exit "${CODE:-0}"
        """;

    private string _root = "";

    [SetUp]
    public void SetUp()
    {
        _root = Directory.CreateTempSubdirectory("outsource-").FullName;
        foreach (var folder in new[] { "host", "bin", "tests" })
        {
            _ = Directory.CreateDirectory(Path.Combine(_root, folder));
        }

        // Copied, not linked: the runtime looks for a program's folder behind links.
        foreach (
            var file in Directory
                .EnumerateFiles(AppContext.BaseDirectory)
                .Where(file =>
                    Path.GetExtension(file) is ".dll" || Path.GetFileName(file).StartsWith("outsource.", StringComparison.Ordinal)
                )
        )
        {
            File.Copy(file, Path.Combine(_root, "host", Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(_root, "cake.config"), "");
        File.WriteAllText(Path.Combine(_root, "tests/Tests.csproj"), "");
        var dotnet = Path.Combine(_root, "bin/dotnet");
        File.WriteAllText(dotnet, StandIn.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Should_print_totals_and_reasons_if_tests_ran()
    {
        var run = Start(("TRX", Trx("Passed", "Passed", "NotExecuted"))).End();

        Assert.That(run, Is.EqualTo(new ProgramRun(0, "skipped: T: no reason given\n2 passed, 0 failed, 1 skipped\n", "")));
        Assert.That(
            File.ReadAllLines(Path.Combine(_root, "arguments")),
            Does.Contain($"{_root}/tests/Tests.csproj").And.Contain($"{_root}/.outsource/test-results")
        );
    }

    [TestCase("The following Tests are available:\n    A\n    B(1)\n", "0", true)]
    [TestCase("", "0", false)]
    [TestCase("    A\n", "1", false)]
    public void Should_build_once_if_the_tests_were_counted(string listed, string code, bool built)
    {
        var run = Start(("TRX", Trx("Passed")), ("LISTED", listed), ("LISTCODE", code)).End();

        Assert.That(run, Is.EqualTo(new ProgramRun(0, "1 passed, 0 failed, 0 skipped\n", "")));
        Assert.That(File.ReadAllLines(Path.Combine(_root, "arguments")).Contains("--no-build"), Is.EqualTo(built));
    }

    [Test]
    public void Should_end_with_dotnets_code_if_tests_failed()
    {
        var run = Start(("TRX", Trx("Passed", "Failed")), ("CODE", "1")).End();

        Assert.That(
            run,
            Is.EqualTo(
                new ProgramRun(
                    1,
                    "failed: T: no message\n1 passed, 1 failed, 0 skipped\n",
                    "Error: The tests failed; see above which and why.\n"
                )
            )
        );
    }

    [Test]
    public void Should_not_take_old_results_if_nothing_was_run()
    {
        _ = Start(("TRX", Trx("Passed"))).End();

        var run = Start(("CODE", "5"), ("SAYS", "/a/B.cs(1,1): error CS0000: no\n")).End();

        Assert.That(
            run,
            Is.EqualTo(new ProgramRun(5, "", "Error: dotnet test ended without results. Its output:\n/a/B.cs(1,1): error CS0000: no\n"))
        );
    }

    [TestCase("normal", "  Failed B [2 ms]\n  Error Message:\n   Expected: 1\nfailed: T: no message\n0 passed, 1 failed, 0 skipped\n")]
    [TestCase("quiet", "failed: T: no message\n0 passed, 1 failed, 0 skipped\n")]
    public void Should_show_only_what_failed_if_dotnet_talks(string verbosity, string shown)
    {
        var run = Start(
                ("TRX", Trx("Failed")),
                ("CODE", "1"),
                (
                    "SAYS",
                    "Test run for x.dll\n  Passed A [1 ms]\n  Failed B [2 ms]\n  Error Message:\n   Expected: 1\n  Passed C [< 1 "
                        + "ms]\nTest Run Failed.\n"
                ),
                ("VERBOSITY", verbosity)
            )
            .End();

        Assert.That(run, Is.EqualTo(new ProgramRun(1, shown, "Error: The tests failed; see above which and why.\n")));
    }

    [Test]
    public void Should_refuse_if_not_in_checkout()
    {
        File.Delete(Path.Combine(_root, "tests/Tests.csproj"));

        var run = Start().End();

        Assert.That(
            (run.ExitCode, run.Error),
            Is.EqualTo((2, $"Error: There are no tests at '{_root}/tests/Tests.csproj': run this task in a checkout, with its build.sh.\n"))
        );
    }

    [TestCase("-INT")]
    [TestCase("-TERM")]
    public void Should_end_if_interrupted(string signal)
    {
        var running = Start(("LONG", "5"));
        Assert.That(() => File.Exists(Path.Combine(_root, "arguments")), Is.True.After(20000, 20));

        using (var kill = Process.Start("kill", [signal, $"{running.Id}"]))
        {
            _ = kill.Finish();
        }

        var run = running.End();
        Assert.That(run, Is.EqualTo(new ProgramRun(125, "", "Error: stopped.\n")));
    }

    private ProgramRun.RunningProgram Start(params (string Name, string Value)[] variables) =>
        ProgramRun.StartInterruptible(
            Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet",
            [
                Path.Combine(_root, "host/outsource.dll"),
                "--target=Test",
                $"--verbosity={variables.FirstOrDefault(v => v.Name == "VERBOSITY").Value ?? "normal"}",
            ],
            variables: new Dictionary<string, string?>(
                variables.Select(variable => KeyValuePair.Create(variable.Name, (string?)variable.Value))
            )
            {
                ["ROOT"] = _root,
                ["PATH"] = $"{_root}/bin:{Environment.GetEnvironmentVariable("PATH")}",
            }
        );

    private static string Trx(params string[] outcomes) =>
        "<TestRun "
        + "xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"><Results>"
        + $"{string.Concat(outcomes.Select(outcome => $"<UnitTestResult testName=\"T\" outcome=\"{outcome}\" />"))}"
        + "</Results></TestRun>";
}
