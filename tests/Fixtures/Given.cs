using System.Collections.Immutable;
using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Fixtures;

/// <summary>Good defaults, of which a test changes one thing.</summary>
internal static class Given
{
    public const string Hash = "aaaaaaaaaa";

    /// <summary>The tables that ship with the program.</summary>
    public static DataTables Tables { get; } =
        TablesReader.Read(new FileSystem(), Path.Combine(TestContext.CurrentContext.TestDirectory, "tables"), null);

    /// <summary>The table of what the jobs' packages read that is built in.</summary>
    public static JobKeys JobKeys { get; } = JobKeys.Read(new FileSystem(), null);

    /// <summary>Every type of the tables has the hash <see cref="Hash"/>.</summary>
    public static ContextDocument Context { get; } =
        new()
        {
            Name = "xenonnt_v14",
            Tag = "2024.02.1",
            StraxenVersion = "2.2.1",
            StraxVersion = "2.1.2",
            Hashes = Tables
                .DataTypes.Values.SelectMany(t => t.Stores)
                .Concat(Tables.RawTypes)
                .Distinct()
                .ToImmutableSortedDictionary(t => t, _ => Hash, StringComparer.Ordinal),
            Origin = "test",
        };

    public static OutsourceSettings Settings { get; } =
        new()
        {
            ConfigFile = "/home/tester/.xenon_config",
            Clock = new DateTimeOffset(2024, 2, 17, 0, 0, 0, TimeSpan.Zero),
            User = "tester",
            Home = "/home/tester",
            Context = "xenonnt_v14",
            Image = new ImageReference(ImageReference.Prefix + "2024.02.1", "2024.02.1"),
            Name = "2024-02-17",
            WorkDir = "/work",
            PegasusPath = "/usr",
            DataTypes = ["peaklets", "event_info_double", "hitlets_nv", "events_nv", "events_mv", "afterpulses", "led_calibration"],
            RawRecordsRse = ["UC_OSG_USERDISK", "NIKHEF2_USERDISK"],
            RecordsRse = "UC_MIDWAY_USERDISK",
            PeakletsRse = "UC_OSG_USERDISK",
            EventsRse = "UC_MIDWAY_USERDISK",
            ExcludeModes = ["tpc_noise"],
            RunDb = new SourceChoice.Snapshot("/runs.json"),
            Rucio = new SourceChoice.Snapshot("/rucio.json"),
            Proxy = "/home/tester/user_cert",
            Token = "/home/tester/.dbtoken",
            CutaxTarball = "/cutax.tar.gz",
        };

    public static LoadedConfiguration Loaded(
        Func<OutsourceSettings, OutsourceSettings>? change = null,
        ImageProof proof = ImageProof.Proven
    ) => new(change is null ? Settings : change(Settings), Context, proof, Tables, [], []);

    /// <summary>A run with raw data of the TPC at a readable RSE.</summary>
    public static RunDocument Run(int number = 7157) =>
        new()
        {
            Number = number,
            Mode = "tpc_bkg",
            Source = "none",
            Detectors = ["tpc"],
            Data = [Entry("raw_records", run: number)],
        };

    /// <summary>A data entry that counts.</summary>
    public static DataEntry Entry(
        string type,
        string location = "UC_OSG_USERDISK",
        string hash = Hash,
        string status = DataEntry.Transferred,
        int run = 7157
    ) => new(type, DataEntry.RucioHost, location, $"xnt_{RunDocument.Padded(run)}:{type}-{hash}", status);

    /// <summary>A host with nothing in them but a disk and variables.</summary>
    public static HostEnvironment Host(IFileSystem disk, params (string Name, string Value)[] variables) =>
        new()
        {
            Disk = disk,
            Now = Settings.Clock,
            Variables = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
            WorkingDirectory = "/",
            User = "tester",
            Home = "/home/tester",
            HostName = "submit",
            DataFolder = "/",
            DemoWorkDir = "/demo",
        };

    public static MockFileSystem Disk(params (string Path, string Text)[] files)
    {
        var disk = new MockFileSystem();
        foreach (var (path, text) in files)
        {
            disk.AddFile(path, new MockFileData(text));
        }

        return disk;
    }
}

/// <summary>Keeps what was said.</summary>
internal sealed class Said : IOperatorLog
{
    public List<string> Notes { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Results { get; } = [];

    public void Note(string text) => Notes.Add(text);

    public void Result(string text) => Results.Add(text);

    public void Warn(string text) => Warnings.Add(text);

    public void Detail(string text) { }

    /// <summary>What was counted, in the order in which it began.</summary>
    public List<Counted> Progresses { get; } = [];

    public IProgressDisplay Progress(string what, long? total)
    {
        var counted = new Counted(what) { Total = total };
        Progresses.Add(counted);
        return counted;
    }

    public IDisposable Waiting(string what) => new Counted(what);

    /// <summary>Progress that was shown.</summary>
    internal sealed class Counted(string what) : IProgressDisplay
    {
        private long _done;

        public long? Total { get; set; }

        public bool Ended { get; private set; }

        public override string ToString() => $"{_done} of {(Total is { } total ? total : "?")} {what}{(Ended ? "" : ", going on")}";

        public void Advance(long by = 1) => Interlocked.Add(ref _done, by);

        public void Expect(long total) => Total = total;

        public void Dispose() => Ended = true;
    }
}
