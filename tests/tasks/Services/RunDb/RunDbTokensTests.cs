using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.RunDb;

/// <summary>The token that jobs take along is made on the way to a plan, wherever the runs came from.</summary>
[TestFixture]
public sealed class RunDbTokensTests
{
    private const string Config = "/home/tester/.xenon_config",
        Token = "/home/tester/.dbtoken";

    [Test]
    public async Task Should_log_in_once_and_keep_the_token_if_runs_come_from_mongo_db()
    {
        await using var rundb = await FakeRunDb.StartAsync();
        var disk = Given.Disk(
            (
                Config,
                $"[RunDB]\nrundb_api_url = {rundb.Server.Address}\nrundb_api_user = {FakeRunDb.User}\nrundb_api_password = "
                    + $"{FakeRunDb.Password}\n[Outsource]\n"
            )
        );
        var settings = Given.Settings with { RunDb = new SourceChoice.Mongo(), ConfigFile = Config, Token = Token };

        await RunDbTokens.EnsureAsync(settings, Given.Host(disk), new Said(), null, default);
        await RunDbTokens.EnsureAsync(settings, Given.Host(disk), new Said(), null, default);

        using var json = JsonDocument.Parse(disk.File.ReadAllText(Token));
        Assert.That(json.RootElement.GetProperty("string").GetString(), Is.EqualTo(rundb.Token));
        Assert.That(rundb.Server.Count("/login"), Is.EqualTo(1));
    }

    [TestCase(30, null, 0)]
    [TestCase(23, null, 1)]
    [TestCase(30, 29.0, 0)]
    [TestCase(30, 31.0, 1)]
    [TestCase(46, 400.0, 1)]
    public async Task Should_log_in_anew_if_the_token_does_not_outlive_the_workflow(double left, double? length, int logins)
    {
        await using var rundb = await FakeRunDb.StartAsync();
        var disk = Given.Disk(
            (
                Config,
                $"[RunDB]\nrundb_api_url = {rundb.Server.Address}\nrundb_api_user = {FakeRunDb.User}\nrundb_api_password = "
                    + $"{FakeRunDb.Password}\n[Outsource]\n"
            ),
            (Token, Json(left))
        );

        await RunDbTokens.EnsureAsync(
            Settings,
            Given.Host(disk),
            new Said(),
            length is { } hours ? TimeSpan.FromHours(hours) : null,
            default
        );

        Assert.That(rundb.Server.Count("/login"), Is.EqualTo(logins));
        Assert.That(disk.File.ReadAllText(Token), logins == 0 ? Does.Contain("a.b.c") : Does.Contain(rundb.Token));
    }

    [TestCase(40, null, null)]
    [TestCase(40, 400.0, "for only 40 h more, and the workflow needs 47.5 h")]
    [TestCase(5, null, "for only 5 h more, and the workflow needs 24 h")]
    public async Task Should_never_log_in_if_the_token_is_to_be_kept(double left, double? length, string? warning)
    {
        await using var rundb = await FakeRunDb.StartAsync();
        var (disk, said) = (WithLogin(rundb, left), new Said());
        var before = disk.File.ReadAllText(Token);

        await RunDbTokens.EnsureAsync(Kept, Given.Host(disk), said, length is { } hours ? TimeSpan.FromHours(hours) : null, default);

        Assert.That(rundb.Server.Count("/login"), Is.Zero);
        Assert.That(disk.File.ReadAllText(Token), Is.EqualTo(before));
        Assert.That(string.Join('\n', said.Warnings.Where(w => w.Contains("--keep-dbtoken", StringComparison.Ordinal))),
            warning is null ? Is.Empty : Does.Contain(warning));
    }

    [TestCase(-1.0, "it is older than 48 h")]
    [TestCase(null, "there is none yet")]
    public async Task Should_refuse_to_keep_a_token_that_is_not_valid(double? left, string why)
    {
        await using var rundb = await FakeRunDb.StartAsync();
        var disk = WithLogin(rundb, left);

        var error = Assert.ThrowsAsync<UsageException>(() =>
            RunDbTokens.EnsureAsync(Kept, Given.Host(disk), new Said(), null, default)
        );

        Assert.That(
            error!.Message,
            Is.EqualTo(
                $"--keep-dbtoken: the RunDB's token '{Token}' cannot be used: {why}. Put a valid token there, or leave out --keep-dbtoken: "
                    + "then a new one is requested."
            )
        );
        Assert.That(rundb.Server.Count("/login"), Is.Zero);
    }

    private static OutsourceSettings Kept => Settings with { KeepDbtoken = true };

    private static IFileSystem WithLogin(FakeRunDb rundb, double? left)
    {
        var disk = Given.Disk(
            (
                Config,
                $"[RunDB]\nrundb_api_url = {rundb.Server.Address}\nrundb_api_user = {FakeRunDb.User}\nrundb_api_password = "
                    + $"{FakeRunDb.Password}\n[Outsource]\n"
            )
        );
        if (left is { } hours)
        {
            disk.File.WriteAllText(Token, Json(hours));
        }

        return disk;
    }

    [Test]
    public void Should_need_no_password_if_the_token_is_good()
    {
        var disk = Given.Disk(
            (Config, $"[RunDB]\nrundb_api_url = http://rundb.invalid\nrundb_api_user = {FakeRunDb.User}\n[Outsource]\n"),
            (Token, Json(40))
        );

        Assert.That(RunDbTokens.Missing(Settings, Given.Host(disk), TimeProvider.System.GetUtcNow()), Is.Empty);
        Assert.DoesNotThrowAsync(() => RunDbTokens.EnsureAsync(Settings, Given.Host(disk), new Said(), null, default));
    }

    [TestCase("", "rundb_api_url rundb_api_user rundb_api_password")]
    [TestCase("rundb_api_url = http://a\n", "rundb_api_user rundb_api_password")]
    [TestCase("rundb_api_url = http://a\nrundb_api_user = me\n", "rundb_api_password")]
    [TestCase("rundb_api_url = http://a\nrundb_api_user = me\nrundb_api_password = <ask teamA>\n", "rundb_api_password")]
    [TestCase("rundb_api_url = http://a\nrundb_api_user = me\nrundb_api_password = SECRET\n", "")]
    public void Should_say_what_the_jobs_need_without_asking_anybody(string keys, string missing)
    {
        var host = Given.Host(Given.Disk((Config, $"[RunDB]\n{keys}[Outsource]\n"), (Token, Json(10))));

        Assert.Multiple(() =>
        {
            Assert.That(
                RunDbTokens.Missing(Settings, host, TimeProvider.System.GetUtcNow()).Select(f => f.Text.Split(' ')[0]),
                Is.EqualTo(missing.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            );
            Assert.That(
                RunDbTokens.Missing(Settings with { Debug = true }, host, TimeProvider.System.GetUtcNow()),
                Is.Empty,
                "nothing is entered"
            );
            Assert.That(
                RunDbTokens.Missing(Settings with { Payload = JobPayload.Canary }, host, TimeProvider.System.GetUtcNow()),
                Is.Empty,
                "nothing is entered"
            );
        });
    }

    private static OutsourceSettings Settings => Given.Settings with { ConfigFile = Config, Token = Token };

    private static string Json(double left) =>
        FormattableString.Invariant(
            $"{{\"string\": \"a.b.c\", \"creation_time\": {TimeProvider.System.GetUtcNow().AddHours(left - 48).ToUnixTimeSeconds()}, \"user\": \"{FakeRunDb.User}\"}}"
        );

    [Test]
    public void Should_name_what_is_missing_if_no_rest_service_is_configured()
    {
        var disk = Given.Disk((Config, "[RunDB]\nxent_url = h:1\nxent_user = u\nxent_password = SECRET\nxent_database = d\n[Outsource]\n"));
        var settings = Given.Settings with { RunDb = new SourceChoice.Mongo(), ConfigFile = Config, Token = Token };

        var error = Assert.CatchAsync<OutsourceException>(() =>
            RunDbTokens.EnsureAsync(settings, Given.Host(disk), new Said(), null, default)
        );

        Assert.That(error!.ExitCode, Is.EqualTo(2));
        Assert.That(error.Message, Does.Contain("rundb_api_url").And.Not.Contain("SECRET"));
    }
}
