using System.Globalization;
using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using System.Text;
using CsCheck;
using Outsource.Engines.Records;

namespace Outsource.Tests.Engines.Records;

/// <summary>What is read on from a cache is what is read anew.</summary>
[TestFixture]
internal sealed class ReplayReaderTests
{
    private static readonly string[] Names =
    [
        SubmitFixture.Added,
        SubmitFixture.First,
        SubmitFixture.Second,
        SubmitFixture.Combine,
        SubmitFixture.Other,
        "unknown_to_the_dag",
    ];

    private static readonly DateTimeOffset Newest = new(2026, 11, 22, 18, 0, 0, TimeSpan.Zero);

    /// <summary>An event: its kind, the number of its job, and a number from which its content follows.</summary>
    private static readonly Gen<(int Kind, int Job, int More)> Event = Gen.Select(
        OneOf(0, 0, 1, 1, 4, 5, 5, 6, 9, 12, 13, 16, 16, 22, 23, 24, 31),
        Gen.Int[0, 9],
        Gen.Int[0, 5]
    );

    private static readonly Gen<string> Log = Event.Array[0, 25].Select(Text);

    private static readonly RecordPaths Paths = new SubmitFixture().Submit.RecordPaths;

    [Test]
    public void Should_show_the_same_if_read_on_from_any_cut() =>
        Gen.Select(Log, Log, Gen.Int[0, 4000].Array[1, 4], Gen.Bool)
            .Sample(
                (nodes, jobs, cuts, rescued) =>
                {
                    var fixture = new SubmitFixture();
                    _ = rescued ? fixture.Rescued([SubmitFixture.Added], [SubmitFixture.Second]) : fixture;
                    foreach (var cut in cuts.Order().Append(int.MaxValue))
                    {
                        Put(fixture.Disk, Paths.NodesLog, Cut(nodes, cut));
                        Put(fixture.Disk, Paths.JobLog, Cut(jobs, cut));
                        Assert.That(Look(fixture, CacheUse.Keep), Is.EqualTo(Look(fixture, CacheUse.Off)), $"cut at {cut}");
                    }

                    Assert.That(fixture.Disk.File.Exists(Paths.NodesCache), Is.True);
                },
                iter: 400
            );

    [Test]
    public void Should_show_the_same_at_every_byte()
    {
        (int, int, int)[] events = [(0, 1, 1), (1, 1, 0), (5, 1, 1), (16, 1, 1), (0, 2, 1), (12, 2, 1), (13, 2, 0), (9, 2, 0)];
        var nodes = Encoding.UTF8.GetBytes(Text(events));
        var fixture = new SubmitFixture();
        for (var length = 0; length <= nodes.Length; length++)
        {
            fixture.Disk.File.Delete(Paths.NodesCache);
            Put(fixture.Disk, Paths.NodesLog, nodes[..length]);
            var first = Look(fixture, CacheUse.Keep);
            Assert.That(first, Is.EqualTo(Look(fixture, CacheUse.Off)), $"{length} bytes");
            Put(fixture.Disk, Paths.NodesLog, nodes);
            Assert.That(Look(fixture, CacheUse.Read), Is.EqualTo(Look(fixture, CacheUse.Off)), $"all after {length} bytes");
        }
    }

    [Test]
    public void Should_use_a_cache_if_it_fits()
    {
        var fixture = Kept();
        var tampered = fixture.Disk.File.ReadAllBytes(Paths.NodesCache);

        // Given a DAG that can only come from the cache
        var written = fixture.Disk.File.GetLastWriteTimeUtc(Paths.Dag);
        var text = fixture.Disk.File.ReadAllText(Paths.Dag);
        fixture.Disk.File.WriteAllText(Paths.Dag, text.Replace("JOB", "BOJ", StringComparison.Ordinal));
        fixture.Disk.File.SetLastWriteTimeUtc(Paths.Dag, written);

        Assert.That(Look(fixture, CacheUse.Read), Does.Contain(SubmitFixture.Combine));
        Assert.That(Look(fixture, CacheUse.Off), Does.Not.Contain(SubmitFixture.Combine));
        Assert.That(fixture.Disk.File.ReadAllBytes(Paths.NodesCache), Is.EqualTo(tampered));
    }

    [TestCase("nothing")]
    [TestCase("cut")]
    [TestCase("longer")]
    [TestCase("head")]
    [TestCase("version")]
    [TestCase("byte")]
    [TestCase("other")]
    [TestCase("shrunk")]
    [TestCase("rewritten")]
    [TestCase("replaced")]
    [TestCase("log is gone")]
    [TestCase("dag")]
    [TestCase("rescue")]
    public void Should_read_anew_if_a_cache_does_not_fit(string what)
    {
        var fixture = Kept();
        var (disk, log) = (fixture.Disk, fixture.Disk.File.ReadAllText(Paths.NodesLog));
        var cache = disk.File.ReadAllBytes(Paths.NodesCache);
        var middle = cache.Length / 2;
        switch (what)
        {
            case "nothing":
                disk.AddFile(Paths.NodesCache, new MockFileData(""));
                break;
            case "cut":
                disk.AddFile(Paths.NodesCache, new MockFileData(cache[..^9]));
                break;
            case "longer":
                disk.AddFile(Paths.NodesCache, new MockFileData([.. cache, 0]));
                break;
            case "head" or "version" or "byte":
                cache[what switch { "head" => 0, "version" => 12, _ => middle }] ^= 0x40;
                disk.AddFile(Paths.NodesCache, new MockFileData(cache));
                break;
            case "other":
                disk.AddFile(Paths.NodesCache, new MockFileData(OfAnother()));
                break;
            case "shrunk":
                Put(disk, Paths.NodesLog, log[..(log.Length / 2)]);
                break;
            case "rewritten":
                Put(disk, Paths.NodesLog, log.Replace("return value 1", "return value 0", StringComparison.Ordinal));
                disk.File.SetLastWriteTimeUtc(Paths.NodesLog, DateTime.UtcNow.AddMinutes(1));
                break;
            case "replaced":
                Put(disk, Paths.NodesLog, Text([(0, 4, 4)]) + log + Text([(0, 3, 3), (1, 3, 3)]));
                break;
            case "log is gone":
                disk.File.Delete(Paths.NodesLog);
                break;
            case "dag":
                disk.File.AppendAllText(Paths.Dag, $"RETRY {SubmitFixture.First} 0\n");
                break;
            default:
                _ = fixture.Rescued([SubmitFixture.Added, SubmitFixture.Other], [SubmitFixture.Second]);
                break;
        }

        Assert.That(Look(fixture, CacheUse.Keep), Is.EqualTo(Look(fixture, CacheUse.Off)));
        Assert.That(Look(fixture, CacheUse.Keep), Is.EqualTo(Look(fixture, CacheUse.Off)), "again");
    }

    [Test]
    public void Should_read_anew_if_the_jobs_log_was_ahead()
    {
        // Given a look between the two logs: the job of the last DAGMan looks like one of an earlier DAGMan
        var fixture = new SubmitFixture().Rescued([SubmitFixture.Added], []);
        Put(fixture.Disk, Paths.NodesLog, Text([(0, 1, 1)]));
        Put(fixture.Disk, Paths.JobLog, Text([(0, 1, 1), (0, 2, 2), (1, 2, 2), (5, 2, 1)]));
        _ = Look(fixture, CacheUse.Keep);

        Put(fixture.Disk, Paths.NodesLog, Text([(0, 1, 1), (0, 2, 2), (1, 2, 2), (5, 2, 1)]));

        Assert.That(Look(fixture, CacheUse.Keep), Is.EqualTo(Look(fixture, CacheUse.Off)));
    }

    [Test]
    public void Should_keep_nothing_if_only_read()
    {
        var fixture = Given();

        _ = Look(fixture, CacheUse.Read);

        Assert.That(fixture.Disk.AllFiles.Where(f => f.EndsWith(".cache", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Should_keep_nothing_if_times_have_no_year()
    {
        var fixture = new SubmitFixture();
        Put(fixture.Disk, Paths.NodesLog, Text([(0, 1, 1), (1, 1, 1)]).Replace("2026-11-22", "11/22", StringComparison.Ordinal));

        Assert.That(Look(fixture, CacheUse.Keep), Is.EqualTo(Look(fixture, CacheUse.Off)));
        Assert.That(fixture.Disk.File.Exists(Paths.NodesCache), Is.False);
    }

    [Test]
    public void Should_show_the_same_if_no_cache_can_be_written()
    {
        var fixture = Given();
        fixture.Disk.AddDirectory(Paths.NodesCache);
        fixture.Disk.AddDirectory(Paths.JobsCache);

        Assert.That(Look(fixture, CacheUse.Keep), Is.EqualTo(Look(fixture, CacheUse.Off)));
        Assert.That(fixture.Disk.AllFiles.Where(f => f.EndsWith(".tmp", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    [Platform("Linux")]
    public void Should_notice_another_file_if_its_size_and_time_are_the_same()
    {
        // Given a real disk, where files have numbers
        using var given = new OnDisk(Text([(0, 1, 1), (1, 1, 1)]));
        var first = given.Look(CacheUse.Keep);
        Assert.That(
            File.GetUnixFileMode(given.Paths.NodesCache),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite)
        );

        // When the log is another file
        var written = File.GetLastWriteTimeUtc(given.Paths.NodesLog);
        var other = given.Paths.NodesLog + ".new";
        File.WriteAllText(other, Text([(0, 2, 2), (1, 2, 2)]));
        File.SetLastWriteTimeUtc(other, written);
        File.Move(other, given.Paths.NodesLog, overwrite: true);

        Assert.That(given.Look(CacheUse.Keep), Is.EqualTo(given.Look(CacheUse.Off)).And.Not.EqualTo(first));
    }

    [Test]
    [Platform("Linux")]
    public void Should_refuse_a_cache_if_it_is_a_link()
    {
        using var given = new OnDisk(Text([(0, 1, 1), (1, 1, 1)]));
        _ = given.Look(CacheUse.Keep);
        var moved = given.Paths.NodesCache + ".moved";
        File.Move(given.Paths.NodesCache, moved);
        File.CreateSymbolicLink(given.Paths.NodesCache, moved);
        var before = File.ReadAllBytes(moved);
        File.AppendAllText(given.Paths.NodesLog, Text([(5, 1, 1)]));

        Assert.That(given.Look(CacheUse.Keep), Is.EqualTo(given.Look(CacheUse.Off)));
        Assert.That(File.ReadAllBytes(moved), Is.EqualTo(before));
    }

    [Test]
    public void Should_do_no_harm_if_several_look_at_once()
    {
        using var given = new OnDisk(Text([(0, 1, 1), (1, 1, 1), (5, 1, 1), (16, 1, 0), (0, 2, 2)]));
        var whole = given.Look(CacheUse.Off);

        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 5 == 0)
            {
                File.Delete(given.Paths.NodesCache);
            }

            Assert.That(given.Look(CacheUse.Keep), Is.EqualTo(whole));
        });
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(given.Paths.Dag)!, "*.tmp"), Is.Empty);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static SubmitFixture Given()
    {
        var fixture = new SubmitFixture();
        var log = Text([(0, 1, 1), (1, 1, 1), (5, 1, 1), (16, 1, 1), (0, 1, 1), (0, 2, 2), (12, 2, 0)]);
        Put(fixture.Disk, Paths.NodesLog, log);
        Put(fixture.Disk, Paths.JobLog, log);
        return fixture;
    }

    private static SubmitFixture Kept()
    {
        var fixture = Given();
        _ = Look(fixture, CacheUse.Keep);
        Assert.That(fixture.Disk.File.Exists(Paths.NodesCache), Is.True);
        return fixture;
    }

    /// <summary>The cache of another workflow, whose log is as long.</summary>
    private static byte[] OfAnother()
    {
        var fixture = Given();
        var log = fixture.Disk.File.ReadAllText(Paths.NodesLog);
        Put(fixture.Disk, Paths.NodesLog, log.Replace("return value 1", "return value 0", StringComparison.Ordinal));
        _ = Look(fixture, CacheUse.Keep);
        return fixture.Disk.File.ReadAllBytes(Paths.NodesCache);
    }

    private static string Text((int Kind, int Job, int More)[] events)
    {
        var text = new StringBuilder();
        foreach (var ((kind, job, more), i) in events.Select((e, i) => (e, i)))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{kind:D3} ({100 + job:D3}.000.000) 2026-11-22 16:{i / 2:D2}:{i % 2 * 30:D2} {(more == 5 ? "Ä" : "Title")}\n"
            );
            text.Append(
                kind switch
                {
                    0 or 16 => $"    DAG Node: {Names[job % Names.Length]}\n\t(1) Normal termination (return value {more % 3})\n",
                    5 when more == 4 => "\t(0) Abnormal termination (signal 9)\n",
                    5 => $"\t(1) Normal termination (return value {more})\n\t   Disk (KB)  :  {more}  22  40 \n\tMemory (MB)  :  20  30\n",
                    9 => more == 0 ? "\r\n" : $"\tvia condor_rm {more}\r\n",
                    12 => $"\tError {more} from slot\n\tCode {more} Subcode -2\n",
                    _ => "\tNothing\n",
                }
            );

            // Now and then a writer died before the end of an event.
            text.Append(more == 3 && i % 4 == 3 ? "" : "...\n");
        }

        return text.ToString();
    }

    private static byte[] Cut(string text, int at) => Encoding.UTF8.GetBytes(text) is var all && at < all.Length ? all[..at] : all;

    private static void Put(MockFileSystem disk, string path, string text) => Put(disk, path, Encoding.UTF8.GetBytes(text));

    private static void Put(MockFileSystem disk, string path, byte[] text) => disk.AddFile(path, new MockFileData(text));

    private static string Look(SubmitFixture fixture, CacheUse use) => Look(fixture.Disk, Paths, use);

    /// <summary>Everything that is known after a look.</summary>
    private static string Look(IFileSystem disk, RecordPaths paths, CacheUse use)
    {
        var rescue = RescueFile.Newest(disk, paths.Dag);
        var logs = new ReplayReader(disk, paths, TimeZoneInfo.Utc, Newest) { Cache = use, LeastNews = 0 };
        var replay = logs.Read(rescue);
        if (rescue is not null)
        {
            logs.AddEarlier(replay);
        }

        logs.MarkLost(replay);
        replay.Settle();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{replay.FirstAt} {replay.LastAt} {replay.BeganAt} {replay.Retried} {replay.Strays}\n");
        foreach (var node in replay.Nodes)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{node with { Node = new DagNode("", "") }} {node.Node.Name} {node.Node.SubmitFile} {node.Node.Retries} "
                    + $"{node.Node.FinalValue} {node.Node.HasPost} {string.Join(',', node.Node.Parents.Select(p => p.Name))}\n"
            );
        }

        return text.ToString();
    }

    /// <summary>The files of a DAG on a real disk.</summary>
    private sealed class OnDisk : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("outsource-look-").FullName;

        public OnDisk(string log)
        {
            Paths = new RecordPaths(Path.Combine(_folder, "a.dag"), Path.Combine(_folder, "a.log"), Path.Combine(_folder, "b.log"));
            File.WriteAllText(Paths.Dag, new SubmitFixture().Disk.File.ReadAllText(ReplayReaderTests.Paths.Dag));
            File.WriteAllText(Paths.NodesLog, log);
        }

        public RecordPaths Paths { get; }

        public string Look(CacheUse use) => ReplayReaderTests.Look(new FileSystem(), Paths, use);

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
