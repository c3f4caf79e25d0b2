using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Foundation.Machine;

/// <summary>Progress on the real host, while a RunDB of the real protocol holds back one document until the progress was seen.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class ProgressTests
{
    private const int Runs = 20,
        HeldBack = 61041;

    private FakeRunDb _rundb = null!;
    private DemoRun _demo = null!;
    private string _config = "",
        _shown = "";

    [SetUp]
    public async Task SetUp()
    {
        _demo = new DemoRun();
        _shown = Path.Combine(_demo.Folder, "shown");
        var demo = Path.Combine(AppContext.BaseDirectory, "demo");
        _rundb = await FakeRunDb.StartAsync();
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(demo, "runs.jsonl")))
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

        _config = _demo.File(
            "config",
            (await File.ReadAllTextAsync(Path.Combine(demo, ".xenon_config")))
                .Replace(
                    "rundb_api_url = http://rundb.invalid:5000",
                    $"rundb_api_url = {_rundb.Server.Address}\nrundb_api_password = {FakeRunDb.Password}",
                    StringComparison.Ordinal
                )
                .Replace("rundb_api_user = demo", $"rundb_api_user = {FakeRunDb.User}", StringComparison.Ordinal)
                .Replace("rundb = file:runs.jsonl", "rundb = rest", StringComparison.Ordinal)
                .Replace("file:rucio.jsonl", $"file:{demo}/rucio.jsonl", StringComparison.Ordinal)
                .Replace("context_file = contexts.json", $"context_file = {demo}/contexts.json", StringComparison.Ordinal)
        );
    }

    [TearDown]
    public async Task TearDown()
    {
        await _rundb.DisposeAsync();
        _demo.Dispose();
    }

    [Test]
    public void Should_draw_a_bar_with_rate_and_rest_if_at_a_terminal()
    {
        HoldBackUntilShown("/s, ");

        var run = Terminal.Run(Command(), "", "", Variables, _shown);

        Assert.That(run.ExitCode, Is.Zero, run.Out);
        Assert.That(run.Out, Does.Match($@"\r\e\[K\[#+-+\] \d+ of {Runs} run documents \(\d+ %\), [\d.]+/s, \d+ s left"));

        // Nothing of it stays on the screen.
        Assert.That(Screened(run.Out), Does.Not.Contain("run documents (").And.Contain("\nQueryRuns: 20 runs in range"));
    }

    [Test]
    public void Should_add_plain_lines_if_piped_and_long()
    {
        HoldBackUntilShown($" of {Runs} run documents (");

        var run = ProgramRun
            .Start(
                "bash",
                ["-c", "\"$0\" \"$@\" 2>\"$SHOWN\"", .. Command()],
                variables: new Dictionary<string, string?>(Variables) { ["SHOWN"] = _shown }
            )
            .End();

        var error = File.ReadAllText(_shown);
        Assert.That(run.ExitCode, Is.Zero, error);
        Assert.That(error, Does.Match($@"(?m)^\d+ of {Runs} run documents \(\d+ %\), [\d.]+/s, \d+ s left(; waiting for RunDB .+)?$"));
        Assert.That(run.Out + error, Does.Not.Contain("\r").And.Not.Contain("\e"));
    }

    /// <summary>What stays on a terminal's screen: a line taken back is gone.</summary>
    private static string Screened(string shown) =>
        string.Join('\n', shown.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Select(line => line.Split("\r\e[K")[^1]));

    private void HoldBackUntilShown(string text) =>
        _rundb.Server.Once(
            $"/runs/number/{HeldBack}/",
            async http =>
            {
                for (
                    var tries = 0;
                    tries < 600 && !(File.Exists(_shown) && ReadShared(_shown).Contains(text, StringComparison.Ordinal));
                    tries++
                )
                {
                    await Task.Delay(50, http.RequestAborted);
                }

                _ = await _rundb.Server.Always(http);
            }
        );

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private string[] Command() =>
        [
            "dotnet",
            Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
            "--target=QueryRuns",
            $"--config={_config}",
            $"--run={string.Join(',', Enumerable.Range(61030, Runs))}",
        ];

    private Dictionary<string, string?> Variables =>
        new()
        {
            ["OUTSOURCE_DEMO"] = _demo.WorkDir,
            ["HOME"] = _demo.Home,
            ["SOURCE_DATE_EPOCH"] = "1747224000",
            ["CONDA_PREFIX"] = null,
            ["http_proxy"] = null,
        };
}
