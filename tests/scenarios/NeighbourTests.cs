using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.Scenarios;

/// <summary>What other users of the host, an open umask and hands in the folder can do to a submission: nothing.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class NeighbourTests
{
    private const int Nobody = 65534;

    private StandInGrid _grid = null!;

    [SetUp]
    public void SetUp() => _grid = new StandInGrid();

    [TearDown]
    public void TearDown() => _grid.Dispose();

    [TestCase("payload/process.sh")]
    [TestCase("payload/canary/process.py")]
    [TestCase("payload/payload_common.py")]
    [TestCase("workflow.yml")]
    [TestCase("sites.yml")]
    [TestCase("transformations.yml")]
    [TestCase("replicas.yml")]
    [TestCase("pegasus.properties")]
    [TestCase(".xenon_config")]
    public void Should_plan_nothing_if_a_file_was_changed_since_it_was_written(string file)
    {
        Written();
        File.AppendAllText(_grid.Generated("w", file), "# evil\n");

        var run = _grid.Alone("PegasusPlan");

        Assert.That((run.ExitCode, _grid.Plans), Is.EqualTo((2, 0)), run.Out);
        Assert.That(run.Error, Does.Contain($"'{_grid.Generated("w", file)}' was changed since it was written"));
    }

    [Test]
    public void Should_plan_nothing_if_a_file_was_added_to_the_payload()
    {
        Written();
        File.WriteAllText(_grid.Generated("w", "payload/sitecustomize.py"), "import os\n");

        var run = _grid.Alone("PegasusPlan");

        Assert.That((run.ExitCode, _grid.Plans), Is.EqualTo((2, 0)), run.Out);
        Assert.That(run.Error, Does.Contain("payload/sitecustomize.py' was not written with this workflow"));
    }

    [Test]
    public void Should_start_nothing_if_a_file_was_changed_since_it_was_planned()
    {
        Written();
        var planned = _grid.Alone("PegasusPlan");
        Assert.That(planned.ExitCode, Is.Zero, planned.Error);
        File.AppendAllText(_grid.Generated("w", "payload/process.sh"), "# evil\n");

        var run = _grid.Alone("PegasusRun");

        Assert.That((run.ExitCode, _grid.Started), Is.EqualTo((2, 0)), run.Out);
        Assert.That(run.Error, Does.Contain("payload/process.sh' was changed since it was written"));
    }

    [Test]
    public void Should_write_it_again_if_a_changed_file_is_to_be_reused()
    {
        Written();
        File.WriteAllText(_grid.Generated("w", "payload/process.sh"), "#!/bin/bash\necho evil\n");

        var run = _grid.Host(["--target=Submit", "--reuse", "--name=w"]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            run.Out,
            Does.Contain("WriteWorkflow: not reused, '").And.Contain("payload/process.sh' was changed since it was written")
        );
        Assert.That(File.ReadAllText(_grid.Generated("w", "payload/process.sh")), Does.Not.Contain("evil"));
    }

    [Test]
    public void Should_hold_sums_that_everybody_can_check_if_written()
    {
        Written();

        var check = ProgramRun
            .Start("sha256sum", ["--check", "--quiet", "SHA256SUMS"], _grid.Generated("w", "."), new Dictionary<string, string?>())
            .End();

        Assert.That((check.ExitCode, check.Out), Is.EqualTo((0, "")), check.Error);
        Assert.That(File.ReadAllLines(_grid.Generated("w", "SHA256SUMS")), Has.Length.GreaterThan(8));
    }

    [Test]
    public void Should_let_no_one_else_write_if_the_umask_is_open()
    {
        var run = _grid.Start("000", ["--target=Submit", "--name=w"]).End();
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        var open = Directory
            .EnumerateFileSystemEntries(
                _grid.Work,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
            )
            .Append(_grid.Work)
            .Where(p => (File.GetUnixFileMode(p) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0);

        Assert.That(open, Is.Empty);
        Assert.That(
            File.GetUnixFileMode(_grid.Generated("w", ".")),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
        );
        foreach (var secret in new[] { ".xenon_config", "SHA256SUMS", "journal.jsonl", "pegasus-plan.log" })
        {
            Assert.That(
                File.GetUnixFileMode(_grid.Generated("w", secret)),
                Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite),
                secret
            );
        }
    }

    [TestCase("generated")]
    [TestCase("generated/w")]
    [TestCase("generated/w/payload")]
    [TestCase("runs")]
    [TestCase("runs/straxen_v3.1.2/xenonnt_v14/w")]
    [TestCase("outputs/w")]
    public void Should_touch_nothing_if_a_folder_is_a_link(string folder)
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_grid.Root, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, ".xenon_config"), "# precious\n");
        var path = Path.Combine(_grid.Work, folder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateSymbolicLink(path, elsewhere);

        var run = _grid.Host(["--target=Submit", "--name=w", "--force"]);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(run.Error, Does.StartWith($"Error: '{path}' is a link, "));
        Assert.That(Directory.EnumerateFileSystemEntries(elsewhere).Select(Path.GetFileName), Is.EqualTo(new[] { ".xenon_config" }));
        Assert.That(File.ReadAllText(Path.Combine(elsewhere, ".xenon_config")), Is.EqualTo("# precious\n"));
    }

    [TestCase("generated/w/journal.jsonl", "--target=Submit")]
    [TestCase("generated/.w.lock", "--target=Submit")]
    public void Should_touch_nothing_if_a_file_that_is_written_in_place_is_a_link(string file, string target)
    {
        var precious = Path.Combine(_grid.Root, "precious");
        File.WriteAllText(precious, "alias ll='ls -l'\n");
        var path = Path.Combine(_grid.Work, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, precious);

        var run = _grid.Host([target, "--name=w"]);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(run.Error, Does.Contain($"'{path}' is a link, "));
        Assert.That(File.ReadAllText(precious), Is.EqualTo("alias ll='ls -l'\n"));
        Assert.That(_grid.Started, Is.Zero);
    }

    [Test]
    public void Should_write_a_log_of_its_own_if_the_planners_log_is_a_link()
    {
        var precious = Path.Combine(_grid.Root, "precious");
        File.WriteAllText(precious, "alias ll='ls -l'\n");
        Written();
        File.CreateSymbolicLink(_grid.Generated("w", "pegasus-plan.log"), precious);

        var run = _grid.Alone("PegasusPlan");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(File.ReadAllText(precious), Is.EqualTo("alias ll='ls -l'\n"));
        Assert.That(new FileInfo(_grid.Generated("w", "pegasus-plan.log")).LinkTarget, Is.Null);
    }

    [TestCase("", "--target=DryRun")]
    [TestCase("generated", "--target=DryRun")]
    [TestCase("generated/w", "--target=Submit")]
    [TestCase("generated/w/payload", "--target=Submit")]
    [TestCase("outputs/w", "--target=Submit")]
    public void Should_refuse_if_a_folder_is_another_users(string folder, string target)
    {
        NeedsRoot();
        var path = folder.Length == 0 ? _grid.Work : Path.Combine(_grid.Work, folder);
        Directory.CreateDirectory(path);
        Assert.That(ProgramRun.Start("chown", [$"{Nobody}", path]).End().ExitCode, Is.Zero);

        var run = _grid.Host([target, "--name=w"]);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(
            run.Error,
            Does.StartWith($"Error: '{path}' belongs to another user (number {Nobody}), who can change it.")
        );
        Assert.That(_grid.Started, Is.Zero);
    }

    [Test]
    public void Should_not_even_look_if_a_folder_is_another_users()
    {
        NeedsRoot();
        Written();
        Assert.That(ProgramRun.Start("chown", [$"{Nobody}", _grid.Generated("w", ".")]).End().ExitCode, Is.Zero);

        var run = _grid.Alone("Status", exclusive: false);

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.StartWith($"Error: '{_grid.Work}/generated/w' belongs to another user (number {Nobody})"));
    }

    private static void NeedsRoot()
    {
        if (Environment.UserName != "root")
        {
            Assert.Ignore("Only root can give a folder to another user, and these tests run as somebody else.");
        }
    }

    private void Written()
    {
        var run = _grid.Host(["--target=WriteWorkflow", "--name=w"]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }
}
