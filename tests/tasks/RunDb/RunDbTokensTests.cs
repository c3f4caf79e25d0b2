using System.Text.Json;
using Outsource.Errors;
using Outsource.RunDb;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.RunDb;

/// <summary>The token that jobs take along is made on the way to a plan, wherever the runs came from.</summary>
[TestFixture]
public sealed class RunDbTokensTests
{
    private const string Config = "/home/tester/.xenon_config", Token = "/home/tester/.dbtoken";

    [Test]
    public async Task Should_Log_In_Once_And_Keep_The_Token_If_Runs_Come_From_MongoDB()
    {
        await using var rundb = await FakeRunDb.StartAsync();
        var disk = Given.Disk((Config, $"[RunDB]\nrundb_api_url = {rundb.Server.Address}\nrundb_api_user = {FakeRunDb.User}\nrundb_api_password = {FakeRunDb.Password}\n[Outsource]\n"));
        var settings = Given.Settings with { RunDb = "mongo", ConfigFile = Config, Token = Token };

        await RunDbTokens.EnsureAsync(settings, Given.Surroundings(disk), new Said(), null, default);
        await RunDbTokens.EnsureAsync(settings, Given.Surroundings(disk), new Said(), null, default);

        using var json = JsonDocument.Parse(disk.File.ReadAllText(Token));
        Assert.That(json.RootElement.GetProperty("string").GetString(), Is.EqualTo(rundb.Token));
        Assert.That(rundb.Server.Count("/login"), Is.EqualTo(1));
    }

    [Test]
    public void Should_Name_What_Is_Missing_If_No_REST_Service_Is_Configured()
    {
        var disk = Given.Disk((Config, "[RunDB]\nxent_url = h:1\nxent_user = u\nxent_password = SECRET\nxent_database = d\n[Outsource]\n"));
        var settings = Given.Settings with { RunDb = "mongo", ConfigFile = Config, Token = Token };

        var error = Assert.CatchAsync<OutsourceException>(() => RunDbTokens.EnsureAsync(settings, Given.Surroundings(disk), new Said(), null, default));

        Assert.That(error!.ExitCode, Is.EqualTo(2));
        Assert.That(error.Message, Does.Contain("rundb_api_url").And.Not.Contain("SECRET"));
    }
}
