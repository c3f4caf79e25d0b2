using Newtonsoft.Json.Linq;
using Outsource.Tests.Build;
using Outsource.Tests.DagMan;

namespace Outsource.Tests.Operation;

/// <summary>The operator's tasks on the real host, with stand-ins for the tools of HTCondor and Pegasus that write down how they are called.</summary>
[TestFixture]
internal sealed class OperationTests
{
    private const string StandIn = """
        #!/bin/bash
        printf '%s' "${0##*/}" >>"$ROOT/calls"; printf ' [%s]' "$@" >>"$ROOT/calls"; echo >>"$ROOT/calls"
        case ${0##*/} in
            condor_q) [[ -e $ROOT/queue ]] || { echo 'Error: no schedd' >&2; exit 1; }; cat "$ROOT/queue" ;;
            pegasus-run) [[ ! -e $ROOT/broken ]] || { echo 'Error: It looks like the workflow is already running!'; exit 7; }; echo '1 job(s) submitted to cluster 99.' ;;
        esac
        """;

    private string _root = "";
    private SubmitFixture _fixture = new();

    [SetUp]
    public void SetUp()
    {
        _root = Directory.CreateTempSubdirectory("outsource-").FullName;
        _ = Directory.CreateDirectory(Path.Combine(_root, "bin"));
        foreach (var tool in new[] { "condor_q", "condor_hold", "condor_release", "condor_rm", "pegasus-run", "pegasus-remove" })
        {
            var path = Path.Combine(_root, "bin", tool);
            File.WriteAllText(path, StandIn.ReplaceLineEndings("\n"));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.WriteAllText(Path.Combine(_root, "config"), $"[RunDB]\nrundb_api_url = http://rundb.invalid\n[Outsource]\nwork_dir = {_root}/work\npegasus_path = {_root}\n");
        _fixture = new SubmitFixture();
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Should_PrintOneDocument_If_StatusAsJson()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");

        var run = Run("--target=Status", "--json", "--verbosity=diagnostic");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(((string?)JObject.Parse(run.Out)["state"], (bool?)JObject.Parse(run.Out)["queue_answered"]), Is.EqualTo(("running", (bool?)true)));
    }

    [Test]
    public void Should_ListFromFiles_If_CondorIsSilent()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));

        var run = Run("--target=List");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match(@"\| test \| failed"));
        Assert.That(run.Error, Does.StartWith("Warning: HTCondor does not answer (condor_q failed with exit code 1: Error: no schedd)"));
    }

    [Test]
    public void Should_RemoveOnlyWithYes_If_Running()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");

        var refused = Run("--target=Remove", "--name=test");
        Assert.That((refused.ExitCode, refused.Error), Is.EqualTo((2, "Error: Remove workflow 'test' from the queue (0 jobs; DAGMan 9)? Nobody can be asked here: repeat the command with --yes. Nothing was done.\n")));
        Assert.That(Calls, Has.None.StartsWith("pegasus-remove"));

        Assert.That(Run("--target=Remove", "--name=test", "--yes").ExitCode, Is.Zero);
        Assert.That(Calls, Has.Some.EqualTo("pegasus-remove [--dag-id] [9.0]"));
        Assert.That(Journal, Is.EqualTo(new[] { "remove begun 0 jobs; DAGMan 9", "remove done " }));
    }

    [Test]
    public void Should_StartAgain_If_Resubmitted()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).Ended(SubmitFixture.First, 20).Ended(SubmitFixture.First, 20, minute: 50).DagmanEnded(1).Rescued([SubmitFixture.Added], [SubmitFixture.First]));
        Queue("");

        var run = Run("--target=Resubmit", "--memory-factor=2", "--yes");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("== 0, 4000,").And.Contain("1 job(s) submitted to cluster 99"));
        Assert.That(Calls[^1], Is.EqualTo($"pegasus-run [{Local(SubmitFixture.Folder)}]"));
        Assert.That(Journal, Is.EqualTo(new[] { "resubmit begun --memory-factor=2", "resubmit done 99" }));
        var submission = File.ReadAllText(Path.Combine(_root, "work", "generated", "test", "submission.yml"));
        Assert.That(submission, Does.Contain("cluster: 99\nsubmitted_at: \"2026-11-22T16:40:00Z\"\n").And.Contain("resubmissions: 1\n").And.Contain("resubmitted_with: \"--memory-factor=2\"\n"));
    }

    [Test]
    public void Should_EndWithToolsCode_If_ItFailed()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        File.WriteAllText(Path.Combine(_root, "broken"), "");

        var run = Run("--target=Resubmit", "--yes");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((7, "Error: pegasus-run failed with exit code 7: Error: It looks like the workflow is already running!\n")));
        Assert.That(Journal, Is.EqualTo(new[] { "resubmit begun ", "resubmit failed pegasus-run failed with exit code 7: Error: It looks like the workflow is already running!" }));
    }

    [TestCase("Resubmit")]
    [TestCase("Hold")]
    [TestCase("Release")]
    [TestCase("Remove")]
    public void Should_TouchNothing_If_AnotherCommandWorksOnIt(string target)
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        using var other = File.OpenHandle(Path.Combine(_root, "work", "generated", ".test.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        var run = Run($"--target={target}", "--name=test", "--yes");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("Error: workflow 'test' is being worked on"));
        Assert.That(Calls, Is.Empty);
    }

    [Test]
    public void Should_StartNothing_If_TheRecordCannotBeKept()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        var record = Path.Combine(_root, "work", "generated", "test", "submission.yml");
        File.WriteAllText(record, File.ReadAllText(record).Replace("outsource/submission/1", "outsource/submission/9", StringComparison.Ordinal));

        var run = Run("--target=Resubmit", "--yes");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, $"Error: '{record}' is no artifact of schema outsource/submission/1: it was changed by hand, or written by another version. Move it away; what needs it makes it anew, or says what does.\n")));
        Assert.That(Calls, Has.None.StartsWith("pegasus-run"));
    }

    [Test]
    public void Should_NotTouchAnything_If_QueueIsSilent()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));

        Assert.That(Run("--target=Resubmit", "--yes").ExitCode, Is.EqualTo(1));
        Assert.That(Calls, Has.None.StartsWith("pegasus-run"));
    }

    private string[] Calls => File.Exists(Path.Combine(_root, "calls")) ? File.ReadAllLines(Path.Combine(_root, "calls")) : [];

    private IEnumerable<string> Journal => File.ReadAllLines(Path.Combine(_root, "work", "generated", "test", "journal.jsonl"))
        .Select(JObject.Parse).Select(e => $"{e["step"]} {e["state"]} {e["detail"]}{e["cluster"]}");

    private string Local(string path) => _root + path;

    private void Queue(string json) => File.WriteAllText(Path.Combine(_root, "queue"), json.Replace("ID", SubmitFixture.Id, StringComparison.Ordinal).Replace("Cluster" + SubmitFixture.Id, "ClusterId", StringComparison.Ordinal).Replace("Proc" + SubmitFixture.Id, "ProcId", StringComparison.Ordinal));

    /// <summary>Puts the directory of the fixture on the real disk.</summary>
    private void Lay(SubmitFixture fixture)
    {
        _ = fixture.Read();
        foreach (var path in fixture.Disk.AllFiles)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(Local(path))!);
            File.WriteAllText(Local(path), fixture.Disk.File.ReadAllText(path).Replace("submit_dir: /", $"submit_dir: {_root}/", StringComparison.Ordinal));
        }
    }

    private ProgramRun Run(params string[] args) => ProgramRun.Start(
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args],
        variables: new Dictionary<string, string?> { ["ROOT"] = _root, ["XENON_CONFIG"] = Path.Combine(_root, "config"), ["PATH"] = $"{_root}/bin:{Environment.GetEnvironmentVariable("PATH")}" }).End();
}
