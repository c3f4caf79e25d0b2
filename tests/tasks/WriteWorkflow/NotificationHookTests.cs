using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.WriteWorkflow;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>The hook's command, run as Pegasus' monitor does, with a stand-in for its mail script and one for PyYAML 6.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class NotificationHookTests
{
    // What the monitor does: split, and run without a shell.
    private const string Monitor = "import shlex, subprocess, sys; sys.exit(subprocess.call(shlex.split(sys.argv[1])))";

    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("outsource mail 'it' ").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [TestCase("yaml.load(file)")]
    [TestCase("yaml.load(file, yaml.FullLoader)")]
    [TestCase("yaml.load(file, Loader=yaml.FullLoader)")]
    public void Should_run_the_script_of_pegasus_if_py_yaml_wants_a_loader(string load)
    {
        var script = Directory.CreateDirectory(Path.Combine(_folder, "share/pegasus/notification")).FullName + "/email";
        File.WriteAllText(
            script,
            $"import sys, yaml\nif __name__ == '__main__':\n    file = 'braindump'\n    print({load}, sys.argv[1:])\n"
        );
        File.WriteAllText(
            Path.Combine(_folder, "yaml.py"),
            "class SafeLoader: pass\nclass FullLoader: pass\ndef load(stream, Loader):\n    return (stream, Loader.__name__)\n"
        );

        var run = ProgramRun
            .Start(
                "python3",
                ["-c", Monitor, NotificationHook.Command(_folder, "some.one+x@example.org")],
                _folder,
                new Dictionary<string, string?> { ["PYTHONPATH"] = _folder }
            )
            .End();

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(
            run.Out,
            Is.EqualTo(
                $"('braindump', '{(load.Contains("Full") ? "FullLoader" : "SafeLoader")}') ['-t', 'some.one+x@example.org', '-r', 'none']\n"
            )
        );
    }

    [TestCase(null)]
    [TestCase("/elsewhere/bin")]
    public void Should_report_the_script_where_pegasus_lies_whatever_the_monitor_was_told(string? inherited)
    {
        var script = Directory.CreateDirectory(Path.Combine(_folder, "share/pegasus/notification")).FullName + "/email";
        File.WriteAllText(script, "import os\nprint(os.environ['PEGASUS_BIN_DIR'])\n");
        File.WriteAllText(Path.Combine(_folder, "yaml.py"), "class SafeLoader: pass\ndef load(stream, Loader): pass\n");

        var run = ProgramRun
            .Start(
                "python3",
                ["-c", Monitor, NotificationHook.Command(_folder, "a@b.c")],
                _folder,
                new Dictionary<string, string?> { ["PYTHONPATH"] = _folder, ["PEGASUS_BIN_DIR"] = inherited }
            )
            .End();

        Assert.That((run.ExitCode, run.Out, run.Error), Is.EqualTo((0, $"{_folder}/bin\n", "")));
    }

    [Test]
    public void Should_fail_if_the_script_fails()
    {
        var run = ProgramRun
            .Start(
                "python3",
                ["-c", Monitor, NotificationHook.Command(_folder, "a@b.c")],
                _folder,
                new Dictionary<string, string?> { ["PYTHONPATH"] = _folder }
            )
            .End();

        Assert.That(run.ExitCode, Is.EqualTo(1));
    }
}
