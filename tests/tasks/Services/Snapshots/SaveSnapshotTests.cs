using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Snapshots;

/// <summary>The real host against services of the real protocols, which hold the world of the demo.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
public sealed class SaveSnapshotTests
{
    private const string Name = "walk";

    private FakeRunDb _rundb = null!;
    private FakeRucio _rucio = null!;
    private string _folder = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("outsource-snapshot-").FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "home"));
        Directory.CreateDirectory(Path.Combine(_folder, "rucio", "etc"));
        var demo = Path.Combine(TestContext.CurrentContext.TestDirectory, "demo");
        _rundb = await FakeRunDb.StartAsync();
        _rundb.PageSize = 20;
        foreach (var line in File.ReadLines(Path.Combine(demo, "runs.jsonl")))
        {
            try
            {
                _rundb.Add(line);
            }
            catch (JsonException)
            {
                // The demo has a line that is no JSON; no service could answer so.
            }
        }

        _rundb.Contexts["3_0_0/xenonnt_v14"] = "";
        using var contexts = JsonDocument.Parse(File.ReadAllText(Path.Combine(demo, "contexts.json")));
        foreach (var context in contexts.RootElement.EnumerateArray().Where(c => c.GetProperty("tag").GetString() == "2025.05.3"))
        {
            _rundb.Contexts[
                $"{context.GetProperty("straxen_version").GetString()!.Replace('.', '_')}/{context.GetProperty("name").GetString()}"
            ] = context.GetRawText();
            StraxenVersion = context.GetProperty("straxen_version").GetString()!;
        }

        _rucio = await FakeRucio.StartAsync();
        foreach (
            var listing in File.ReadLines(Path.Combine(demo, "rucio.jsonl"))
                .Where(l => l.StartsWith('{'))
                .Select(l => JsonDocument.Parse(l).RootElement)
                .Where(l => l.TryGetProperty("did", out _))
                .GroupBy(l => l.GetProperty("did").GetString()!)
        )
        {
            _rucio.Datasets[listing.Key] =
            [
                .. listing.Where(l => l.TryGetProperty("name", out _)).Select(l => l.GetProperty("name").GetString()!),
            ];
        }

        var text = await File.ReadAllTextAsync(Path.Combine(demo, ".xenon_config"));
        await File.WriteAllTextAsync(
            Config,
            text.Replace(
                    "rundb_api_url = http://rundb.invalid:5000",
                    $"rundb_api_url = {_rundb.Server.Address}\nrundb_api_password = {FakeRunDb.Password}",
                    StringComparison.Ordinal
                )
                .Replace("rundb_api_user = demo", $"rundb_api_user = {FakeRunDb.User}", StringComparison.Ordinal)
                .Replace("rundb = file:runs.jsonl", "rundb = rest", StringComparison.Ordinal)
                .Replace("rucio = file:rucio.jsonl", "rucio = rest", StringComparison.Ordinal)
                .Replace("context_file = contexts.json", $"straxen_version = {StraxenVersion}", StringComparison.Ordinal)
                .Replace("$OUTSOURCE_DEMO", WorkDir, StringComparison.Ordinal)
        );
        await File.WriteAllTextAsync(Path.Combine(_folder, "rucio", "etc", "rucio.cfg"), _rucio.Config());
    }

    [TearDown]
    public async Task TearDown()
    {
        await _rundb.DisposeAsync();
        await _rucio.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    [Test]
    public async Task Should_replay_to_the_same_artifacts_and_keep_every_secret()
    {
        _rucio.NotInBulk.Add("xnt_061121:raw_records-lg55ubjvak");
        for (var i = 0; i < 3; i++)
        {
            // One run and one dataset stay without an answer: that must replay as well.
            _rundb.Server.Once("/runs/number/61120/", LoopbackServer.Status(500));
            _rucio.Server.Once("/dids/xnt_061121/raw_records-lg55ubjvak/files", LoopbackServer.Status(500));
        }

        var first = Run("--target=DryRun", "--verbosity=diagnostic", $"--save-snapshot={Snapshot}");
        Assert.That(first.ExitCode, Is.Zero, first.Out + first.Error);
        Assert.That(
            first.Out,
            Does.Contain(
                $"Use it with: --rundb=file:{Snapshot}/runs.jsonl --rucio=file:{Snapshot}/rucio.jsonl "
                    + $"--context-file={Snapshot}/contexts.json"
            )
        );
        Assert.That(first.Out, Does.Match("RunDB: [0-9,]+ requests, 2 retries, [0-9.]+ MB; slowest "));
        var asked = _rundb.Server.Requests.Count + _rucio.Server.Requests.Count;
        var live = Artifacts();
        Directory.Delete(Path.Combine(WorkDir, "generated"), true);

        var second = Run(
            "--target=DryRun",
            "--verbosity=diagnostic",
            $"--rundb=file:{Snapshot}/runs.jsonl",
            $"--rucio=file:{Snapshot}/rucio.jsonl",
            $"--context-file={Snapshot}/contexts.json"
        );
        Assert.That(second.ExitCode, Is.Zero, second.Out + second.Error);
        Assert.That(_rundb.Server.Requests.Count + _rucio.Server.Requests.Count, Is.EqualTo(asked), "the replay asks nobody");
        var replayed = Artifacts();

        // Settings, and the lines that say who was asked, may differ; nothing else.
        Assert.That(replayed.Keys, Is.EquivalentTo(live.Keys));
        foreach (var (file, content) in live.Where(f => f.Key != "settings.yml"))
        {
            Assert.That(WithoutSource(file, replayed[file]), Is.EqualTo(WithoutSource(file, content)), file);
        }

        Assert.That(
            live["ledger.jsonl"].Contains("\"run-not-answered\"", StringComparison.Ordinal)
                && live["unplanned.jsonl"].Contains("\"listing-not-answered\"", StringComparison.Ordinal),
            Is.True
        );

        // Nothing that was printed or written holds a secret; and a dry run leaves no token.
        var everything = string.Join(
            '\n',
            Directory
                .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
                .Where(f => f != Config && !f.EndsWith("rucio.cfg", StringComparison.Ordinal))
                .Select(File.ReadAllText)
                .Append(first.Out + first.Error + second.Out + second.Error)
        );
        foreach (var secret in new[] { FakeRunDb.Password, FakeRucio.Password, _rundb.Token, _rucio.Token, "token-1-secret" })
        {
            Assert.That(everything.Contains(secret, StringComparison.Ordinal), Is.False, secret);
        }

        Assert.That(File.Exists(Path.Combine(_folder, "home", ".dbtoken")), Is.False);
        await Task.CompletedTask;
    }

    [Test]
    public async Task Should_keep_only_selected_runs_if_asked_to()
    {
        var run = Run("--target=WriteWorkflow", $"--save-snapshot={Snapshot}", "--snapshot-selected-only");

        Assert.That(run.ExitCode, Is.Zero, run.Out + run.Error);
        Assert.That(run.Out, Does.Match("The snapshot is saved, without [0-9]+ runs that are not selected"));
        var selected = File.ReadLines(Path.Combine(WorkDir, "generated", Name, "ledger.jsonl"))
            .Where(l => l.Contains("\"process\"", StringComparison.Ordinal))
            .Skip(1)
            .Count();
        Assert.That(
            File.ReadLines(Path.Combine(Snapshot, "runs.jsonl")).Skip(1).Count(),
            Is.GreaterThan(0).And.LessThanOrEqualTo(selected + 10)
        );

        // Not a rehearsal: the jobs will look for the token.
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_folder, "home", ".dbtoken")), Does.Contain(_rundb.Token));
    }

    [Test]
    public void Should_say_nothing_secret_if_the_login_fails()
    {
        File.WriteAllText(Config, File.ReadAllText(Config).Replace(FakeRunDb.Password, "wr0ng-secret", StringComparison.Ordinal));

        var run = Run("--target=DryRun", "--verbosity=diagnostic");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain($"is refused (401). Correct rundb_api_user and rundb_api_password in [RunDB] of {Config}."));
        Assert.That(run.Out + run.Error, Does.Not.Contain("wr0ng-secret"));
    }

    [Test]
    public void Should_compare_the_environment_with_the_run_db()
    {
        // Prints what cutax_context.py would; the script's path and arguments go to standard error.
        var document = _rundb.Contexts.Single(c => c.Value.Length > 0 && c.Key.EndsWith("/xenonnt_v14", StringComparison.Ordinal)).Value;
        using var json = JsonDocument.Parse(document);
        var hash = json.RootElement.GetProperty("hashes").GetProperty("peaklets").GetString()!;
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "conda", "bin")).FullName;
        var python = Path.Combine(bin, "python3");
        File.WriteAllText(python, $"#!/bin/sh\necho \"$@\" > {_folder}/arguments\ncat {_folder}/document.json\n");
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_folder, "document.json"), document.Replace(hash, "zzzzzzzzzz", StringComparison.Ordinal));

        var run = Run("--target=LoadConfig");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(
            run.Error,
            Does.Contain(
                $"context 'xenonnt_v14' (straxen {StraxenVersion}): the hash of 'peaklets' is zzzzzzzzzz in the environment ({python}), "
                    + $"but {hash} in the RunDB (rest, straxen {StraxenVersion})."
            )
        );
        Assert.That(
            File.ReadAllText(Path.Combine(_folder, "arguments")),
            Does.Match("^-s /.*/payload/cutax_context.py --context xenonnt_v14\n$")
        );
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Should_leave_no_half_artifact_if_stopped(CancellationToken cancel)
    {
        _rundb.Server.Once("/runs/number/61120/", http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        var running = Start("--target=QueryRuns", $"--save-snapshot={Snapshot}");
        while (_rundb.Server.Count("/runs/number/61120/") == 0)
        {
            await Task.Delay(50, cancel);
        }

        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{running.Id}"]))
        {
            await kill.WaitForExitAsync(cancel);
        }

        var run = running.End();

        Assert.That(run.ExitCode, Is.EqualTo(125), run.Out + run.Error);
        Assert.That(
            Directory.EnumerateFiles(Path.Combine(WorkDir, "generated", Name)).Select(Path.GetFileName).Where(f => f != "settings.yml"),
            Is.All.EqualTo("xenon_config").Or.Empty
        );
        Assert.That(Directory.EnumerateFiles(Snapshot), Is.Empty);
    }

    private string StraxenVersion { get; set; } = "";

    private string Config => Path.Combine(_folder, ".xenon_config");

    private string WorkDir => Path.Combine(_folder, "work");

    private string Snapshot => Path.Combine(_folder, "snapshot");

    private ProgramRun Run(params string[] args) => Start(args).End();

    private ProgramRun.RunningProgram Start(params string[] args) =>
        ProgramRun.StartInterruptible(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args, $"--name={Name}"],
            variables: new Dictionary<string, string?>
            {
                ["HOME"] = Path.Combine(_folder, "home"),
                ["XENON_CONFIG"] = Config,
                ["CONDA_PREFIX"] = Path.Combine(_folder, "conda"),
                ["RUCIO_HOME"] = Path.Combine(_folder, "rucio"),
                ["SOURCE_DATE_EPOCH"] = "1708128000",
                ["http_proxy"] = null,
                ["RUCIO_ACCOUNT"] = null,
            }
        );

    private Dictionary<string, string> Artifacts() =>
        Directory
            .EnumerateFiles(Path.Combine(WorkDir, "generated", Name), "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(Path.Combine(WorkDir, "generated", Name), f), File.ReadAllText, StringComparer.Ordinal);

    private static string WithoutSource(string file, string content) =>
        file switch
        {
            "runs.jsonl" or "plan.jsonl" => content[content.IndexOf('\n', StringComparison.Ordinal)..],
            "plan.yml" => string.Join('\n', content.Split('\n').Where(l => !l.StartsWith("fingerprint:", StringComparison.Ordinal))),
            _ => content,
        };
}
