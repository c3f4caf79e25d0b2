using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.LoadConfig;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Tests.Settings.Keys;

/// <summary>A machine on which everything is in order; a test changes one thing.</summary>
internal sealed class LoaderFixture
{
    public const string Home = "/home/op",
        ConfigPath = Home + "/.xenon_config",
        Work = "/scratch/op/workflows",
        WorkingDirectory = "/home/op/project",
        Data = "/opt/outsource";

    public const string Password = "hunter2-rest",
        MongoPassword = "hunter2-mongo";

    /// <summary>The keys of <c>[Outsource]</c>; a null value leaves the key out.</summary>
    public Dictionary<string, string?> Keys { get; } =
        new()
        {
            ["work_dir"] = "/scratch/$USER/workflows",
            ["dtypes"] = "peaklets, event_info_double",
            ["raw_records_rse"] = "UC_OSG_USERDISK",
            ["records_rse"] = "UC_MIDWAY_USERDISK",
            ["peaklets_rse"] = "UC_OSG_USERDISK",
            ["events_rse"] = "UC_MIDWAY_USERDISK",
            ["context"] = "xenonnt_v14",
            ["image"] = "2024.02.1",
            ["context_file"] = "contexts.json",
        };

    public Dictionary<string, string?> RunDbKeys { get; } =
        new()
        {
            ["rundb_api_url"] = "http://rundb.invalid:5000",
            ["rundb_api_user"] = "xenon-admin",
            ["rundb_api_password"] = Password,
        };

    /// <summary>Takes the place of the two above when set.</summary>
    public string? ConfigText { get; set; }

    public Dictionary<string, string> Variables { get; } = new() { ["USER"] = "op" };

    public MockFileSystem Disk { get; } = new();

    public string? Demo { get; set; }

    public DateTimeOffset Now { get; set; } = new(2024, 2, 17, 23, 30, 0, TimeSpan.FromHours(-1));

    public string[] Arguments { get; set; } = [];

    public string Target { get; set; } = "DryRun";

    /// <summary>One document for each release; null leaves the tag out.</summary>
    public List<(string? Tag, string Straxen, string? Date)> Documents { get; } = [("2024.02.1", "2.2.1", null)];

    public static string Hashes { get; } =
        Reference("context.json") is var text
            ? text[(text.IndexOf("\"hashes\"", StringComparison.Ordinal) + 10)..(text.IndexOf('}', StringComparison.Ordinal) + 1)]
            : "";

    public ContextCatalogueFactory? Catalogue { get; set; }

    public static string Reference(string name) =>
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "reference", "inputs", name));

    public HostEnvironment Host() =>
        new()
        {
            Disk = Disk,
            Now = Now,
            Variables = Variables,
            WorkingDirectory = WorkingDirectory,
            User = "op",
            Home = Home,
            HostName = "ap23",
            DataFolder = Data,
            DemoConfig = Demo,
            DemoWorkDir = "/checkout/.outsource/demo",
        };

    public Invocation Invocation() => CommandLineParser.Parse([$"--target={Target}", .. Arguments], Tasks);

    public static IReadOnlyList<TaskInfo> Tasks { get; } =
    [
        .. new[]
        {
            "Default",
            "DryRun",
            "FilterModes",
            "LoadConfig",
            "PegasusPlan",
            "PegasusRun",
            "PlanChunks",
            "QueryRuns",
            "Submit",
            "WriteWorkflow",
        }.Select(n => new TaskInfo(n, $"Do {n}")),
    ];

    public string Config() => ConfigText ?? "[RunDB]\n" + Lines(RunDbKeys) + "\n[Outsource]\n" + Lines(Keys);

    /// <summary>The line of a key in the configuration.</summary>
    public int Line(string key) => Config().Split('\n').TakeWhile(l => !l.StartsWith(key + " ", StringComparison.Ordinal)).Count() + 1;

    public SettingsLoader Prepare()
    {
        foreach (var table in new[] { "data-types.yml", "rses.yml", "modes.yml", "levels.yml" })
        {
            Disk.AddFile(
                $"{Data}/tables/{table}",
                new MockFileData(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "tables", table)))
            );
        }

        if (!Disk.FileExists(ConfigPath) && ConfigText != "")
        {
            Disk.AddFile(ConfigPath, new MockFileData(Config()));
        }

        if (!Disk.FileExists(Home + "/contexts.json"))
        {
            Disk.AddFile(
                Home + "/contexts.json",
                new MockFileData("[" + string.Join(",\n", Documents.Select(d => Document("xenonnt_v14", d.Tag, d.Straxen, d.Date))) + "]")
            );
        }

        return new SettingsLoader(Host(), Catalogue);
    }

    public static string Document(string name, string? tag, string straxen, string? date = null, string? hashes = null) =>
        $"{{\"name\": \"{name}\", "
        + $"{(tag is null ? "" : $"\"tag\": \"{tag}\", ")}{(date is null ? "" : $"\"date_added\": \"{date}\", ")}"
        + "\"straxen_version\": "
        + $"\"{straxen}\", \"hashes\": {hashes ?? Hashes}}}";

    public LoadedConfiguration Load() => Prepare().LoadAsync(Invocation(), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>What an earlier load left, for a stage that runs alone.</summary>
    public LoadedConfiguration LoadFromArtifact()
    {
        _ = Prepare();
        var invocation = Invocation();
        return SettingsOnDisk.Load(Host(), invocation, new ConfiguredPlaces(Host()).WorkDir(invocation));
    }

    /// <summary>The faults of a load that must fail.</summary>
    public IReadOnlyList<string> Faults()
    {
        var loader = Prepare();
        var error = Assert.ThrowsAsync<UsageException>(() => loader.LoadAsync(Invocation(), CancellationToken.None));
        Assert.That(error!.ExitCode, Is.EqualTo(2));
        Assert.That(error.Message, Does.Not.Contain("hunter2"));
        return [.. error.Faults.Select(f => f.ToString())];
    }

    private static string Lines(Dictionary<string, string?> keys) =>
        string.Concat(keys.Where(k => k.Value is not null).Select(k => $"{k.Key} = {k.Value}\n"));
}
