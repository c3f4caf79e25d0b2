using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>Calls of a timer: nothing to do, one at a time, the log, and messages to a webhook.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class EveryDayTests
{
    private const string Hook = "/services/hidden";

    private DirectoryInfo _root = null!;

    [SetUp]
    public void SetUp() => _root = Directory.CreateTempSubdirectory("outsource-every-day-");

    [TearDown]
    public void TearDown() => _root.Delete(recursive: true);

    [Test]
    public void Should_succeed_and_write_a_line_if_there_is_nothing_to_do()
    {
        var fine = Program(null, "--target=Submit", "--run=61004", "--yes", "--nothing-is-fine", "--one-at-a-time", "--log=calls.jsonl");
        var strict = Program(null, "--target=Submit", "--run=61004", "--yes", "--log=calls.jsonl");
        var wrong = Program(null, "--target=Submit", "--run=61004", "--set", "engine=none", "--log=calls.jsonl");

        Assert.That((fine.ExitCode, strict.ExitCode, wrong.ExitCode), Is.EqualTo((0, 3, 2)), fine.Error + wrong.Error);
        var calls = Calls();
        Assert.That(
            calls.Select(c => (c.GetProperty("result").GetString(), c.GetProperty("exit").GetInt32())),
            Is.EqualTo(new[] { ("nothing-to-do", 0), ("nothing-to-do", 3), ("failed", 2) })
        );
        Assert.That(calls[2].GetProperty("message").GetString(), Does.Contain("engine"));
        Assert.That(File.GetUnixFileMode(In("home/calls.jsonl")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task Should_tell_start_and_end_once_if_a_webhook_is_set()
    {
        await using var server = await LoopbackServer.StartAsync().ConfigureAwait(false);
        server.Once(Hook, LoopbackServer.Status(200));
        server.Once(Hook, LoopbackServer.Status(200));

        var url = new Uri(server.Address, Hook).AbsoluteUri;
        var run = Program(url, "--target=Submit", "--run=61030", "--name=w", "--log=calls.jsonl", "--verbosity=verbose");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            server.Requests.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("text").GetString()),
            Is.EqualTo(new[] { "Workflow w was started: 8 jobs, 0 done.", "Workflow w has ended: succeeded, 8 of 8 jobs done." })
        );
        var notified = Program(url, "--target=Notify");
        Assert.That((notified.ExitCode, notified.Out), Is.EqualTo((0, notified.Out)), notified.Error);
        Assert.That(notified.Out, Does.StartWith("Notify: 0 messages sent; "));
        Assert.That(Calls().Single().GetProperty("workflow").GetString(), Is.EqualTo("w"));
        var everywhere = Directory
            .EnumerateFiles(_root.FullName, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("/services/hidden", StringComparison.Ordinal));
        Assert.That(everywhere, Is.Empty, "the address is a secret");
        Assert.That(run.Out + run.Error, Does.Not.Contain("hidden"));
    }

    [Test]
    public async Task Should_warn_with_the_host_alone_if_the_webhook_refuses()
    {
        await using var server = await LoopbackServer.StartAsync().ConfigureAwait(false);
        for (var i = 0; i < 8; i++)
        {
            server.Once(
                Hook,
                http =>
                {
                    http.Response.StatusCode = 410;
                    return Task.CompletedTask;
                }
            );
        }

        var url = new Uri(server.Address, Hook).AbsoluteUri;
        var run = Program(url, "--target=Submit", "--run=61030", "--name=w");
        var tested = Program(url, "--target=Preflight", "--demo", "--test-message");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Contain("a message was not sent by the slack webhook at 127.0.0.1: it answered 410."));
        Assert.That(tested.Out + tested.Error, Does.Contain("Preflight: no test message was sent.").And.Not.Contain("hidden"));
    }

    [Test]
    public void Should_say_what_to_configure_if_nobody_gets_messages()
    {
        var run = Program(null, "--target=Notify");

        Assert.That((run.ExitCode, run.Error.Contains("nobody gets messages", StringComparison.Ordinal)), Is.EqualTo((2, true)), run.Error);
    }

    [TestCase("true", 0)]
    [TestCase("false", 3)]
    public void Should_install_and_run_the_file_if_the_action_is_used(string fine, int code)
    {
        var stub = In("stub");
        File.WriteAllText(stub, "#!/bin/bash\nprintf '%s|' \"$@\" > \"$SAID\"; cat \"$XENON_CONFIG\" >> \"$SAID\"; exit 3\n");
        var sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(stub)));

        var run = Action(("OUTSOURCE_SHA256", sum), ("OUTSOURCE_NOTHING_IS_FINE", fine));
        var other = Action(("OUTSOURCE_SHA256", new string('0', 64)), ("OUTSOURCE_NOTHING_IS_FINE", fine));

        Assert.That((run.ExitCode, other.ExitCode), Is.EqualTo((code, 2)), run.Out + run.Error);
        Assert.That(File.ReadAllText(In("said")), Is.EqualTo("--target=DryRun|--mode=tpc bkg|--to=5|[Outsource]\n"));
        Assert.That(File.ReadAllText(In("output")), Is.EqualTo("exit-code=3\n"));
        Assert.That(other.Out, Does.Contain("The SHA-256 of the published file differs."));
        Assert.That(Directory.EnumerateFileSystemEntries(In("runner")), Is.Empty, "nothing is left");
    }

    private ProgramRun Action(params (string Name, string Value)[] more)
    {
        Directory.CreateDirectory(In("runner"));
        var variables = new Dictionary<string, string?>
        {
            ["OUTSOURCE_TARGET"] = "DryRun",
            ["OUTSOURCE_ARGUMENTS"] = "--mode=tpc bkg\n\n--to=5\n",
            ["OUTSOURCE_FILE"] = In("stub"),
            ["OUTSOURCE_CONFIG_TEXT"] = "[Outsource]",
            ["GITHUB_OUTPUT"] = In("output"),
            ["RUNNER_TEMP"] = In("runner"),
            ["SAID"] = In("said"),
        };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return ProgramRun
            .Start("bash", [Path.Combine(Checkout.Root, ".github", "actions", "outsource", "run.sh")], _root.FullName, variables)
            .End();
    }

    private List<JsonElement> Calls() =>
        [.. File.ReadAllLines(In("home/calls.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];

    private string In(string path) => Path.Combine(_root.FullName, path);

    private ProgramRun Program(string? webhook, params string[] args)
    {
        var home = _root.CreateSubdirectory("home").FullName;
        return ProgramRun
            .Start(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args],
                home,
                new Dictionary<string, string?>
                {
                    ["HOME"] = home,
                    ["OUTSOURCE_DEMO"] = In("work"),
                    ["OUTSOURCE_WEBHOOK_URL"] = webhook,
                    ["http_proxy"] = null,
                }
            )
            .End();
    }
}
