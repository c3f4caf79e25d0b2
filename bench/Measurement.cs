using System.Collections.Immutable;
using System.Diagnostics;
using System.IO.Abstractions;
using System.Text;
using Outsource.Artifacts;
using Outsource.FilterModes;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.PlanChunks;
using Outsource.QueryRuns;
using Outsource.Services.Http;
using Outsource.Services.Rucio;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.WriteWorkflow;

namespace Outsource.Bench;

/// <summary>What a stage takes.</summary>
internal static class Measurement
{
    private const double MostSeconds = 12,
        MostMegabytes = 150,
        SnapshotSeconds = 3,
        WorkflowSeconds = 1,
        WorkflowMegabytes = 200,
        PartsSeconds = 30,
        PartsMegabytes = 500,
        LedgerSeconds = 4;

    private const int SnapshotRuns = 60000,
        LedgerRuns = 25000,
        LedgerRounds = 4;

    /// <summary>What travels with the jobs; its content does not matter here.</summary>
    internal static JobFiles Travel { get; } =
        new()
        {
            Config = "",
            PublicConfig = "",
            Payload = [new PayloadFile(PayloadFiles.Wrapper, [])],
            Properties = "",
        };

    /// <summary>A figure that needs nothing else.</summary>
    public static int Of(string which) =>
        which switch
        {
            "workflow" => Workflow(),
            "parts" => Parts(),
            "ledger" => Ledger(),
            _ => throw new ArgumentException($"'{which}' is not known", nameof(which)),
        };

    public static async Task<int> RestAsync(Uri rundb, Uri rucio)
    {
        var folder = Directory.CreateTempSubdirectory("outsource-bench-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "rucio", "etc"));
            await File.WriteAllTextAsync(
                Path.Combine(folder, "rucio", "etc", "rucio.cfg"),
                $"[client]\nrucio_host = {rucio}\nauth_host = {rucio}\nauth_type = userpass\naccount = {FakeRucio.Account}\nusername = "
                    + $"{FakeRucio.User}\npassword = {FakeRucio.Password}\n"
            );
            var host = Host(folder, ("RUCIO_HOME", Path.Combine(folder, "rucio")));
            var loaded = Loaded(folder, "rest");
            var credentials = new RunDbCredentials
            {
                ApiUrl = rundb,
                ApiUser = FakeRunDb.User,
                ApiPassword = FakeRunDb.Password,
            };
            var began = Stopwatch.GetTimestamp();
            var runs = RunSources.Create(loaded, () => credentials, host, new Silence(), TokenStorage.Memory);
            var artifact = await new RunQuery(host.Disk, new Silence()).RunAsync(loaded, runs, folder, default);
            var queried = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var selection = new RunFilter(host.Disk).Filter(loaded, artifact, folder, default);
            var datasets = DatasetSources.Create(loaded, host);
            var plan = await new ChunkPlanner(host.Disk, new Silence(), loaded.Settings.MaxParallelRequests).PlanAsync(
                loaded,
                selection.Ledger,
                datasets,
                folder,
                default
            );
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(
                $"rest: {artifact.Header.Runs} runs, {plan.Runs} selected, every request delayed by 50 ms: {seconds:F1} s (QueryRuns "
                    + $"{queried:F1} s); at most {MostSeconds} s"
            );
            Console.WriteLine($"      {((IReportsRequests)runs).Summary}");
            Console.WriteLine($"      {((IReportsRequests)datasets).Summary}");
            return seconds <= MostSeconds && plan.Runs == Servers.RestSelected ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    public static async Task<int> MongoAsync(string address)
    {
        var folder = Directory.CreateTempSubdirectory("outsource-bench-").FullName;
        try
        {
            var host = Host(folder);
            var loaded = Loaded(folder, "mongo");
            var credentials = new RunDbCredentials
            {
                MongoHosts = [address],
                MongoUser = FakeMongo.User,
                MongoPassword = FakeMongo.Password,
                MongoDatabase = FakeMongo.Database,
            };
            var began = Stopwatch.GetTimestamp();
            var source = RunSources.Create(loaded, () => credentials, host, new Silence(), TokenStorage.Memory);
            var artifact = await new RunQuery(host.Disk, new Silence()).RunAsync(loaded, source, folder, default);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var megabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
            Console.WriteLine(
                $"mongo: {artifact.Header.Runs} runs: {megabytes:F0} MB at most held, in {seconds:F1} s; at most {MostMegabytes} MB"
            );
            Console.WriteLine($"      {((IReportsRequests)source).Summary}");
            return megabytes <= MostMegabytes && artifact.Header.Runs == Servers.MongoRuns ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>QueryRuns on a snapshot of 60,000 documents of 4 KB, which is made first by another process.</summary>
    public static async Task<int> SnapshotAsync(string snapshot)
    {
        var folder = Directory.CreateTempSubdirectory("outsource-bench-").FullName;
        try
        {
            var loaded = Loaded(folder, $"file:{snapshot}");
            var disk = new FileSystem();
            var began = Stopwatch.GetTimestamp();
            var artifact = await new RunQuery(disk, new Silence()).RunAsync(loaded, new SnapshotRunSource(disk, snapshot), folder, default);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var megabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
            Console.WriteLine(
                $"snapshot: {artifact.Header.Runs} runs, {artifact.Header.Bytes / 1e6:F0} MB: {seconds:F1} s, {megabytes:F0} MB at "
                    + $"most held; at most {SnapshotSeconds} s and {MostMegabytes} MB"
            );
            return seconds <= SnapshotSeconds && megabytes <= MostMegabytes && artifact.Header.Runs == SnapshotRuns ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Writes that snapshot.</summary>
    public static int MakeSnapshot(string path)
    {
        using var text = new StreamWriter(path) { NewLine = "\n" };
        string[] types =
        [
            "raw_records",
            "raw_records_he",
            "raw_records_nv",
            "raw_records_mv",
            "raw_records_aqmon",
            "peaklets",
            "lone_hits",
            "merged_s2s",
            "peak_basics",
            "event_info",
        ];
        for (var run = 7000; run < 7000 + SnapshotRuns; run++)
        {
            var entries = types.Select(type =>
                $$$"""{"type": "{{{type}}}", "host": "rucio-catalogue", "location": "UC_OSG_USERDISK","""
                + $$$""" "did": "xnt_{{{run:D6}}}:{{{type}}}-{{{Servers.Hash}}}", "status": "transferred", "protocol": "rucio","""
                + $$$""" "creation_time": "2022-03-03T08:55:26", "meta": {"lineage_hash": "{{{Servers.Hash}}}","""
                + """ "size_mb": 50811.47, "avg_chunk_mb": 1451.76, "file_count": 36,"""
                + """ "strax_version": "1.6.0", "straxen_version": "2.2.1"}}"""
            );
            text.WriteLine(
                $$"""{"number": {{run}}, "name": "{{run:D6}}", "start": "2022-03-03T03:55:26", "end": "2022-03-03T04:55:26","""
                    + """ "mode": "tpc_bkg", "source": "none", "detectors": ["tpc", "neutron_veto", "muon_veto"],"""
                    + """ "tags": [{"name": "_sr1", "user": "bench", "date": "2022-03-03T03:55:26"}],"""
                    + $$""" "comments": [{"text": "{{new string('x', 400)}}"}], "data": [{{string.Join(", ", entries)}}]}"""
            );
        }

        return 0;
    }

    /// <summary>WriteWorkflow for a plan of 40,000 jobs.</summary>
    public static int Workflow() => Workflow(800, Travel, (WorkflowSeconds, WorkflowMegabytes));

    /// <summary>Writing a million jobs in parts.</summary>
    public static int Parts() =>
        Workflow(20_000, Travel with { Payload = [new PayloadFile(PayloadFiles.PlanPart, [])] }, (PartsSeconds, PartsMegabytes));

    private static int Workflow(int runs, JobFiles travel, (double Seconds, double Megabytes) most)
    {
        var folder = Directory.CreateTempSubdirectory("outsource-bench-").FullName;
        try
        {
            var disk = new FileSystem();
            var loaded = Loaded(folder, "file:-");
            var requirements = new JobRequirements(loaded.Settings, loaded.Tables);
            var hashes = ImmutableSortedDictionary<string, string>.Empty.Add("lone_hits", Servers.Hash).Add("peaklets", Servers.Hash);
            var groups = Enumerable
                .Range(7000, runs)
                .Select(run => new JobGroup
                {
                    Run = run,
                    Type = "peaklets",
                    JobName = "peaklets",
                    Chunks = 490,
                    ChunksPerJob = 10,
                    Resources = loaded.Settings.Peaklets,
                    CombineResources = loaded.Settings.Combine,
                    Requirements = requirements.For(["UC_OSG_USERDISK"]),
                    CombineRequirements = requirements.Combine,
                    DesiredSites = requirements.DesiredSites(["UC_OSG_USERDISK"]),
                    Input = new PlannedInput(InputKind.Raw, "raw_records", $"xnt_{run:D6}:raw_records-{Servers.Hash}", ["UC_OSG_USERDISK"]),
                    Hashes = hashes,
                });
            var plan = new JobPlan { Fingerprint = "bench", Groups = [.. groups] };
            plan.Write(disk, folder, loaded);
            var began = Stopwatch.GetTimestamp();
            var workflow = new WorkflowWriter(disk).Write(loaded, plan, PayloadChoice.Real, travel, folder, default);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var megabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
            Console.WriteLine(
                $"workflow: {plan.Jobs} jobs, {workflow.Parts} parts, {workflow.Bytes / 1e6:F0} MB: "
                    + $"{seconds:F1} s, {megabytes:F0} MB at most held; at most "
                    + $"{most.Seconds} s and {most.Megabytes} MB"
            );
            return seconds <= most.Seconds && megabytes <= most.Megabytes ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Reading 25,000 documents, deciding on seven data types each, and writing and reading the ledger of 175,000 lines.</summary>
    public static int Ledger()
    {
        var folder = Directory.CreateTempSubdirectory("outsource-bench-").FullName;
        try
        {
            var loaded = Loaded(folder, "file:-");
            loaded = loaded with { Settings = loaded.Settings with { DataTypes = [.. loaded.Tables.Names.Take(7)] } };
            var documents = LedgerDocuments();
            var ledger = new LedgerFile(new FileSystem(), Path.Combine(folder, LedgerFile.FileName));
            var rules = loaded.Rules();
            List<LedgerLine> lines = [];
            var best = new Dictionary<string, (double Seconds, double Megabytes)>();
            void Take(string what, Action action)
            {
                var (began, held) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(true));
                action();
                var took = (Stopwatch.GetElapsedTime(began).TotalSeconds, (GC.GetTotalAllocatedBytes(true) - held) / 1e6);
                best[what] = best.TryGetValue(what, out var before) && before.Seconds < took.TotalSeconds ? before : took;
            }

            for (var round = 0; round < LedgerRounds; round++)
            {
                List<RunDocument> runs = [];
                var reader = new RunDocumentReader();
                Take("documents", () => runs.AddRange(documents.Select(d => reader.Read(d, "bench"))));
                lines.Clear();
                Take("decide", () => lines.AddRange(runs.SelectMany(r => rules.Decide(r))));
                Take("write", () => ledger.Write("bench", "proven", LedgerCount.Of(lines), lines));
                Take("read", () => _ = ledger.Read().Count());
                Take("totals", () => new LedgerView(new FileSystem(), folder, ledger).ReadTotals());
            }

            Console.WriteLine(
                $"ledger: {lines.Count} lines: "
                    + string.Join(", ", best.Select(b => $"{b.Key} {b.Value.Seconds:F2} s {b.Value.Megabytes:F0} MB"))
                    + $" allocated; writing and reading at most {LedgerSeconds} s"
            );
            return best["write"].Seconds + best["read"].Seconds <= LedgerSeconds ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static List<byte[]> LedgerDocuments()
    {
        string[] places = ["UC_OSG_USERDISK", "CNAF_TAPE_USERDISK", "LNGS_USERDISK"],
            modes = ["tpc_bkg", "tpc_kr83m", "tpc_noise", "tpc_pmtap"];
        return
        [
            .. Enumerable
                .Range(7000, LedgerRuns)
                .Select(run =>
                {
                    string[] types = run % 5 == 0 ? ["raw_records", "peaklets", "lone_hits"] : ["raw_records", "raw_records_nv"];
                    var entries = types.Select(type =>
                        $$$"""{"type": "{{{type}}}", "host": "rucio-catalogue", "location": "{{{places[run % 3]}}}","""
                        + $$$""" "did": "xnt_{{{run:D6}}}:{{{type}}}-{{{Servers.Hash}}}", "status": "transferred","""
                        + """ "meta": {"size_mb": 50811.47, "file_count": 36}}"""
                    );
                    return Encoding.UTF8.GetBytes(
                        $$"""{"number": {{run}}, "start": "2022-03-03T03:55:26", "end": "2022-03-03T04:55:26","""
                            + $$""" "mode": "{{modes[run % 4]}}", "source": "none", "detectors": ["tpc", "neutron_veto"],"""
                            + $$""" "tags": [{"name": "_sr1", "user": "bench"}], "data": [{{string.Join(", ", entries)}}]}"""
                    );
                }),
        ];
    }

    internal static HostEnvironment Host(string folder, params (string Name, string Value)[] variables) =>
        new()
        {
            Disk = new FileSystem(),
            Now = DateTimeOffset.UtcNow,
            Variables = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
            WorkingDirectory = folder,
            User = "bench",
            Home = folder,
            HostName = "bench",
            DataFolder = AppContext.BaseDirectory,
            DemoWorkDir = folder,
        };

    /// <summary>A configuration of a plan by type.</summary>
    internal static LoadedConfiguration Loaded(string folder, string rundb)
    {
        var tables = TablesReader.Read(new FileSystem(), Path.Combine(AppContext.BaseDirectory, "tables"), null);
        var settings = new OutsourceSettings
        {
            ConfigFile = Path.Combine(folder, ".xenon_config"),
            Clock = DateTimeOffset.UtcNow,
            User = "bench",
            Home = folder,
            Context = "xenonnt_v14",
            Image = new ImageReference(ImageReference.Prefix + "2024.02.1", "2024.02.1"),
            Name = "bench",
            WorkDir = folder,
            PegasusPath = "/usr",
            DataTypes = ["peaklets", "event_info_double"],
            RawRecordsRse = ["UC_OSG_USERDISK"],
            RecordsRse = "UC_MIDWAY_USERDISK",
            PeakletsRse = "UC_OSG_USERDISK",
            EventsRse = "UC_MIDWAY_USERDISK",
            ExcludeModes = ["tpc_noise"],
            RunDb = SourceChoice.Parse(rundb)!,
            Rucio = new SourceChoice.Rest(),
            Proxy = Path.Combine(folder, "user_cert"),
            Token = Path.Combine(folder, ".dbtoken"),
            CutaxTarball = "/cutax.tar.gz",
        };
        var context = new ContextDocument
        {
            Name = "xenonnt_v14",
            Tag = "2024.02.1",
            StraxenVersion = "2.2.1",
            Hashes = tables
                .DataTypes.Values.SelectMany(t => t.Stores)
                .Concat(tables.RawTypes)
                .Distinct()
                .ToImmutableSortedDictionary(t => t, _ => Servers.Hash, StringComparer.Ordinal),
            Origin = "bench",
        };
        return new LoadedConfiguration(settings, context, ImageProof.Proven, tables, [], []);
    }

    /// <summary>Says nothing: what is printed here are figures.</summary>
    internal sealed class Silence : IOperatorLog, IProgressDisplay
    {
        public void Note(string text) { }

        public void Result(string text) { }

        public void Warn(string text) { }

        public void Detail(string text) { }

        public IProgressDisplay Progress(string what, long? total) => this;

        public IDisposable Waiting(string what) => this;

        public void Advance(long by = 1) { }

        public void Expect(long total) { }

        public void Dispose() { }
    }
}
