using System.Security.Cryptography;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Files;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// What a submit host does to a command: a disk that is full or read-only, an output that nobody takes, something else where a file is
/// expected. Each is a sentence with its cure, and leaves nothing half.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class HostTroubleTests
{
    private const string Full = "the disk is full";

    private DemoRun _demo = null!;
    private bool _mounted;

    [SetUp]
    public void SetUp() => _demo = new DemoRun();

    [TearDown]
    public void TearDown()
    {
        if (_mounted)
        {
            _ = ProgramRun.Start("umount", [_demo.WorkDir]).End();
        }

        _demo.Dispose();
    }

    [TestCase("size=4k", "settings.yml")]
    [TestCase("size=64k", "runs.jsonl")]
    [TestCase("size=192k", "ledger.jsonl")]
    [TestCase("nr_inodes=3", "settings.yml")]
    [TestCase("nr_inodes=5", "runs.jsonl")]
    public void Should_say_that_the_disk_is_full_if_an_artifact_does_not_fit(string options, string file)
    {
        Mount(options);

        var run = _demo.Run("--target=DryRun", "--name=w");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(
            run.Error,
            Does.Contain($"Error: '{_demo.Generated("w")}/{file}' cannot be written: {Full}. Free some space there")
        );
        AssertPlain(run);
        Assert.That(Temporary(), Is.Empty);
    }

    [Test]
    public void Should_keep_what_was_there_if_the_disk_fills_up_or_is_made_read_only()
    {
        Mount("size=2m");
        Assert.That(_demo.Run("--target=WriteWorkflow", "--name=w", "--payload=canary").ExitCode, Is.Zero);
        var before = Sums();
        using (var fill = new FileStream(Path.Combine(_demo.WorkDir, "fill"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0))
        {
            Assert.Throws<IOException>(() => Fill(fill));
        }

        string[][] writing =
        [
            ["--target=DryRun", "--name=other"],
            ["--target=WriteWorkflow", "--name=w", "--payload=canary"],
            ["--target=Report", "--name=w"],
            ["--target=Draw", "--name=w"],
            ["--target=Init", $"--config={_demo.WorkDir}/new.cfg"],
            ["--target=DryRun", "--name=x", $"--save-snapshot={_demo.WorkDir}/snapshot"],
        ];
        foreach (var command in writing)
        {
            var run = _demo.Run(command);
            Assert.That(run.ExitCode, Is.EqualTo(1), $"{string.Join(' ', command)}: {run.Error}");
            Assert.That(run.Error, Does.Contain(_demo.WorkDir).And.Contain(Full), string.Join(' ', command));
            AssertPlain(run);
        }

        Assert.That((_demo.Run("--target=List").ExitCode, _demo.Run("--target=Status", "--name=w").ExitCode), Is.EqualTo((0, 0)));
        _ = ProgramRun.Start("mount", ["-o", "remount,ro", _demo.WorkDir]).End();
        foreach (var command in writing)
        {
            var run = _demo.Run(command);
            Assert.That(run.ExitCode, Is.AnyOf(1, 2), $"{string.Join(' ', command)}: {run.Error}");
            Assert.That(
                run.Error,
                Does.Contain(_demo.WorkDir).And.Contain("the file system is mounted read-only"),
                string.Join(' ', command)
            );
            AssertPlain(run);
        }

        Assert.That(Temporary(), Is.Empty);
        Assert.That(Sums().Where(s => before.ContainsKey(s.Key)), Is.EquivalentTo(before));
    }

    [TestCase(">/dev/full", Full, "--target=DryRun")]
    [TestCase(">/dev/full", Full, "--target=DryRun", "--json")]
    [TestCase(">/dev/full", Full, "--help")]
    [TestCase(">/dev/full", Full, "--version")]
    [TestCase(">/dev/full", Full, "--tree")]
    [TestCase(">/dev/full", Full, "--target=Completion")]
    [TestCase(">&-", "it is closed", "--target=DryRun")]
    [TestCase(">&-", "it is closed", "--target=DryRun", "--json")]
    [TestCase(">&-", "it is closed", "--help")]
    [TestCase("<&- >&-", "it is closed", "--target=Completion")]
    public void Should_report_it_once_if_standard_output_cannot_be_written(string where, string why, params string[] arguments)
    {
        var run = _demo.Shell($"exec \"$@\" {where}", arguments);

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(
            run.Error.Split('\n').Where(l => l.StartsWith("Error:", StringComparison.Ordinal)),
            Is.EqualTo(
                new[]
                {
                    $"Error: standard output cannot be written: {why}. Output was lost; everything else is done. Write the "
                        + "output somewhere else, and run the command again if you need it.",
                }
            )
        );
        AssertPlain(run);
        Assert.That(File.Exists(Path.Combine(_demo.Generated("2025-05-14"), "plan.yml")), Is.EqualTo(arguments[0] == "--target=DryRun"));
    }

    [TestCase("--target=DryRun")]
    [TestCase("--target=DryRun", "--json", "--verbosity=quiet")]
    [TestCase("--help")]
    [TestCase("--tree")]
    public void Should_end_quietly_if_the_reader_had_enough(params string[] arguments)
    {
        // The pipe is broken before the host begins: a writer that comes first would find room in it.
        var run = _demo.Shell("mkfifo gone; exec 3<>gone 4>gone 3>&-; exec \"$@\" >&4 4>&-", arguments);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
    }

    [TestCase("2>&-")]
    [TestCase("2>/dev/full")]
    public void Should_give_the_whole_document_if_standard_error_cannot_be_written(string where)
    {
        var run = _demo.Shell($"exec \"$@\" {where}", "--target=DryRun", "--json");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(() => System.Text.Json.JsonDocument.Parse(run.Out).Dispose(), Throws.Nothing);
    }

    [TestCase("folder", "is a folder where a file is expected")]
    [TestCase("file/below", "is a file, not a folder")]
    [TestCase("long", "a file system allows 255 bytes for a name")]
    public void Should_say_what_is_there_if_no_file_is_where_one_is_named(string kind, string why)
    {
        var path = Unfit(kind);

        var run = _demo.Run(
            "--target=WriteWorkflow",
            $"--context-file={path}",
            $"--site-profile={path}",
            $"--rundb=file:{path}",
            $"--rucio=file:{path}"
        );

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error.Split('\n').Count(l => l.Contains(path) && l.Contains(why)), Is.EqualTo(4), run.Error);
        AssertPlain(run);
    }

    [TestCase("--runlist=", "folder", "it is a folder where a file is expected")]
    [TestCase("--runlist=", "pipe", "it is a named pipe (FIFO) where a file is expected")]
    [TestCase("--runlist=", "circle", "its symbolic links form a circle")]
    [TestCase("--runlist=", "long", "its name is too long")]
    [TestCase("--runlist=", "file/below", "it does not exist")]
    [TestCase("--config=", "pipe", "it is a named pipe (FIFO) where a file is expected")]
    [TestCase("--config=", "circle", "its symbolic links form a circle")]
    [TestCase("--context-file=", "circle", "its symbolic links form a circle")]
    [TestCase("--rundb=file:", "pipe", "it is a named pipe (FIFO) where a file is expected")]
    [TestCase("--rucio=file:", "circle", "its symbolic links form a circle")]
    [TestCase("--previous=", "pipe", "is not a folder")]
    [TestCase("--save-snapshot=", "pipe", "a file is there where a folder is needed")]
    [TestCase("--save-snapshot=", "long", "its name is too long")]
    public void Should_say_why_if_what_is_named_cannot_be_opened(string option, string kind, string why)
    {
        var path = Unfit(kind);

        var run = _demo.Run("--target=DryRun", option + path);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain(path).And.Contain(why));
        AssertPlain(run);
    }

    [TestCase("GITHUB_STEP_SUMMARY", "folder", "it is a folder where a file is expected")]
    [TestCase("GITHUB_OUTPUT", "pipe", "it is a named pipe (FIFO) where a file is expected")]
    public void Should_say_which_variable_if_actions_names_no_file(string variable, string kind, string why)
    {
        var path = Unfit(kind);

        var run = _demo.Shell($"export GITHUB_ACTIONS=true {variable}='{path}'; exec \"$@\"", "--target=DryRun");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Error, Does.Contain($"${variable} is '{path}', which cannot be written: {why}. The plan is made anyway"));
        AssertPlain(run);
    }

    [TestCase("ledger.jsonl")]
    [TestCase("replicas.yml")]
    [TestCase("journal.jsonl")]
    public void Should_name_the_folder_if_it_is_where_an_artifact_belongs(string artifact)
    {
        Assert.That(_demo.Run("--target=WriteWorkflow", "--name=w", "--payload=canary").ExitCode, Is.Zero);
        var path = Path.Combine(_demo.Generated("w"), artifact);
        File.Delete(path);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(path).FullName, "precious"), "");

        var run = _demo.Run("--target=WriteWorkflow", "--name=w", "--reuse");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Error, Does.Contain($"'{path}' cannot be opened: it is a folder where a file is expected. Move it away"));
        AssertPlain(run);
        Assert.That(Temporary(), Is.Empty);
        Assert.That(File.Exists(Path.Combine(path, "precious")), Is.True);
    }

    [TestCase(false, "speaks http, but the address says https. Write http:// into rundb_api_url")]
    [TestCase(true, "speaks https, but the address says http. Write https:// into rundb_api_url")]
    public async Task Should_say_which_scheme_to_write_if_the_run_db_speaks_the_other(bool tls, string cure)
    {
        await using var server = await LoopbackServer.StartAsync(tls ? Certificates.Server : null);
        server.Lenient = true;
        var address = new UriBuilder(server.Address) { Scheme = tls ? "http" : "https" }.Uri;
        var demo = Path.Combine(AppContext.BaseDirectory, "demo");
        var text = (await File.ReadAllTextAsync(Path.Combine(demo, ".xenon_config")))
            .Replace("= http://rundb.invalid:5000", $"= {address}\nrundb_api_password = of-the-test", StringComparison.Ordinal)
            .Replace("rundb = file:runs.jsonl", "rundb = rest", StringComparison.Ordinal)
            .Replace("file:rucio.jsonl", $"file:{demo}/rucio.jsonl", StringComparison.Ordinal)
            .Replace("= contexts.json", $"= {demo}/contexts.json", StringComparison.Ordinal);
        var config = _demo.File("site.cfg", text);
        File.SetUnixFileMode(config, AtomicFile.Private);

        var run = _demo.Run("--target=DryRun", $"--config={config}");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain($"at {server.Address.Authority} {cure}"));
        AssertPlain(run);
    }

    [TestCase(28, "written", "the disk is full")]
    [TestCase(122, "written", "your quota there is used up")]
    [TestCase(30, "written", "the file system is mounted read-only")]
    [TestCase(5, "used", "the disk reports an error of its own")]
    [TestCase(116, "used", "the network file system has lost it (stale file handle)")]
    [TestCase(24, "opened", "too many files are open")]
    public void Should_name_the_file_itself_and_a_remedy_if_the_system_refuses(int number, string done, string why)
    {
        var error = new IOException($"What the runtime says : '/w/.plan.jsonl.{new string('0', 32)}.tmp'", number);

        Assert.That(DiskFault.Sentence(error), Does.StartWith($"'/w/plan.jsonl' cannot be {done}: {why}. ").And.EndsWith("."));
        Assert.That(DiskFault.Why(error), Is.EqualTo(why));
    }

    [Test]
    public void Should_say_nothing_if_it_is_no_error_of_the_disks()
    {
        Assert.That(DiskFault.Sentence(new InvalidOperationException("'/x' is odd")), Is.Null);
        Assert.That(DiskFault.Sentence(new IOException("The pipe is odd.")), Is.Null);
        Assert.That(DiskFault.Why(new IOException("The pipe is odd.")), Is.EqualTo("The pipe is odd"));
    }

    private static void AssertPlain(ProgramRun run) =>
        Assert.That(
            run.Error + run.Out,
            Does.Not.Contain("foreseen")
                .And.Not.Contain("Exception")
                .And.Not.Contain("   at ")
                .And.Not.Contain(".tmp'")
                .And.Not.Contain("No space left")
                .And.Not.Contain("Access to")
        );

    private static void Fill(FileStream file)
    {
        var block = new byte[4096];
        while (true)
        {
            file.Write(block);
        }
    }

    /// <summary>Gives work_dir a small file system of its own.</summary>
    private void Mount(string options)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            Assert.Ignore("only root mounts a small disk");
        }

        Directory.CreateDirectory(_demo.WorkDir);
        var mount = ProgramRun.Start("mount", ["-t", "tmpfs", "-o", $"mode=755,{options}", "none", _demo.WorkDir]).End();
        if (mount.ExitCode != 0)
        {
            Assert.Ignore($"this machine lets nobody mount a small disk: {mount.Error.Trim()}");
        }

        _mounted = true;
    }

    private List<string> Temporary() =>
        [
            .. Directory
                .EnumerateFiles(
                    _demo.Folder,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
                )
                .Where(f => f.EndsWith(".tmp", StringComparison.Ordinal) || f.EndsWith(".owner", StringComparison.Ordinal)),
        ];

    private Dictionary<string, string> Sums() =>
        Directory
            .EnumerateFiles(_demo.Generated("w"), "*", SearchOption.AllDirectories)
            .ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))));

    /// <summary>Something that is no file to read. Absolute.</summary>
    private string Unfit(string kind)
    {
        var path = Path.Combine(_demo.Folder, kind);
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "file/below":
                _ = _demo.File("file", "");
                break;
            case "pipe":
                _ = ProgramRun.Start("mkfifo", [path]).End();
                break;
            case "circle":
                File.CreateSymbolicLink(path, path);
                break;
            default:
                path = Path.Combine(_demo.Folder, new string('n', 300));
                break;
        }

        return path;
    }
}
