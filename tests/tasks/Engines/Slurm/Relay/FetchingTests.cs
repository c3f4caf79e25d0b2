using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Slurm.Relay;

/// <summary>Results are brought from a staging site whole, once, and only those that are wanted.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FetchingTests
{
    private const string Part = "053000-x-output-0000.tar.gz",
        Merged = "053000-x-output.tar.gz";

    private readonly MockFileSystem _disk = new();

    [SetUp]
    public void AddSite()
    {
        _disk.AddFile("/site/a/" + Part, new MockFileData("12345"));
        _disk.AddFile("/site/b/c/" + Merged, new MockFileData("123"));
        _disk.AddFile("/site/other.txt", new MockFileData("1"));
    }

    [Test]
    public void Should_copy_what_is_missing_and_nothing_twice()
    {
        _disk.AddFile("/t/" + Merged, new MockFileData("123"));
        _disk.AddFile($"/t/{Part}.part", new MockFileData("12"));

        Assert.That(
            Fetch(new FolderStore(_disk)),
            Is.EqualTo(
                new[]
                {
                    new FetchedFile(Part, 5, FetchState.Fetched) { Adler32 = "02f80100" },
                    new FetchedFile(Merged, 3, FetchState.There) { Adler32 = "012d0097" },
                }
            )
        );
        Assert.That(_disk.File.ReadAllText("/t/" + Part), Is.EqualTo("12345"));
        Assert.That(_disk.Directory.EnumerateFiles("/t").Count(), Is.EqualTo(2));
        Assert.That(Fetch(new FolderStore(_disk)).Select(f => f.State), Is.All.EqualTo(FetchState.There));
    }

    [TestCase("45", TestName = "Should_copy_again_if_a_file_has_another_size")]
    [TestCase("124", TestName = "Should_copy_again_if_a_file_has_another_checksum")]
    public void Should_copy_again(string text)
    {
        _disk.AddFile("/t/" + Merged, new MockFileData(text));

        Assert.That(Fetch(new FolderStore(_disk)).Select(f => f.State), Is.All.EqualTo(FetchState.Fetched));
        Assert.That(_disk.File.ReadAllText("/t/" + Merged), Is.EqualTo("123"));
    }

    [Test]
    public void Should_not_ask_again_for_what_was_compared_and_copy_nothing_that_was_unpacked()
    {
        _disk.AddFile("/t/" + Merged, new MockFileData("124"));
        var store = new FolderStore(_disk);
        var order = new FetchOrder(new Fetching(_disk, store).List(["file:///site"], Wanted), "/t")
        {
            Compared = ImmutableDictionary<string, (long, string)>.Empty.Add(Merged, (3, "012e0098")),
            Unpacked = ImmutableHashSet.Create(Part),
        };

        Assert.That(
            new Fetching(_disk, store).Run(order, null, CancellationToken.None),
            Is.EqualTo(
                new[]
                {
                    new FetchedFile(Part, 5, FetchState.There),
                    new FetchedFile(Merged, 3, FetchState.There) { Adler32 = "012e0098" },
                }
            )
        );
        Assert.That(_disk.File.Exists("/t/" + Part), Is.False);
    }

    [TestCase("1", "arrived with 1 of 5 bytes")]
    [TestCase("12346", "arrived with Adler-32 02f90101 instead of 02f80100")]
    public void Should_name_what_could_not_be_copied(string arrives, string why)
    {
        var failed = Fetch(new Broken(_disk, arrives)).First();

        Assert.That((failed.State, failed.Why), Is.EqualTo((FetchState.Failed, $"{Part} {why}")));
        Assert.That(_disk.Directory.EnumerateFiles("/t").Select(Path.GetFileName), Is.EqualTo(new[] { Merged }));
    }

    [Test]
    public void Should_say_which_folder_is_not_there_and_pass_over_one_of_two()
    {
        var fetching = new Fetching(_disk, new FolderStore(_disk));

        Assert.That(fetching.List(["file:///none", "file:///site/b"], Wanted).Select(f => f.Name), Is.EqualTo(new[] { Merged }));
        Assert.That(
            () => fetching.List(["file:///none"], Wanted),
            Throws.TypeOf<OutsourceException>().With.Message.Contain("has no folder 'file:///none'")
        );
    }

    [Test]
    public void Should_list_a_site_with_gfal()
    {
        // Lines as gfal2-util 1.9 prints them: a tab stands after each name, and a name may have blanks.
        var programs = new AnsweringPrograms()
            .On(
                "gfal-ls",
                "drwxr-xr-x   0 0     0             0 2026-07-01 12:00 run 1\t\n"
                    + "drwxr-xr-x   0 0     0             0 2026-07-01 12:00 sub\t\n"
                    + "-rw-r--r--   0 0     0          1000 2026-07-01 12:00 a.tar.gz\t\n"
                    + "-rw-r--r--   0 0     0          1000 2026-07-01 12:00 davs://h/w\t\n"
                    + "WARNING something\n",
                0,
                "davs://h/w"
            )
            .On("gfal-ls", "-rw-r--r--   1 2     3          7 2026-07-01 12:00 b b.tar.gz\t\n", 0, "davs://h/w/sub")
            .On("gfal-ls", "gfal-ls error: 2 (No such file or directory) - HTTP 404 : File not found", 2, "davs://h/w/run 1");

        Assert.That(
            new GfalStore(programs).List("davs://h/w/"),
            Is.EqualTo(
                new[]
                {
                    new StoredFile("a.tar.gz", "davs://h/w/a.tar.gz", 1000),
                    new StoredFile("b b.tar.gz", "davs://h/w/sub/b b.tar.gz", 7),
                }
            )
        );
        Assert.That(programs.Calls[0], Is.EqualTo("gfal-ls -l --time-style long-iso davs://h/w"));
    }

    [Test]
    public void Should_tell_a_folder_that_is_missing_from_a_site_that_does_not_answer()
    {
        var missing = new AnsweringPrograms().On("gfal-ls", "gfal-ls error: 2 (No such file or directory) - HTTP 404 : File not found", 2);
        var silent = new AnsweringPrograms().On("gfal-ls", "Command timed out after 1800 seconds!", 110);

        Assert.That(new GfalStore(missing).List("davs://h/w"), Is.Null);
        Assert.That(
            () => new GfalStore(silent).List("davs://h/w"),
            Throws.TypeOf<OutsourceException>()
                .With.Message.StartsWith("gfal-ls of davs://h/w failed (exit code 110): Command timed out after 1800 seconds!.")
        );
    }

    [TestCase("davs://h/w/a b1c2d3e4\n", 0, ExpectedResult = "b1c2d3e4")]
    [TestCase("davs://h/w/a 1C2D3E4\n", 0, ExpectedResult = "01c2d3e4")]
    [TestCase("gfal-sum error: 95 (Operation not supported) - checksum\n", 95, ExpectedResult = null)]
    [TestCase("davs://h/w/a \n", 0, ExpectedResult = null)]
    [TestCase("nothing of this kind\n", 0, ExpectedResult = null)]
    public string? Should_read_checksums_of_gfal(string said, int code)
    {
        var programs = new AnsweringPrograms().On("gfal-sum", said, code, "davs://h/w/a ADLER32");

        return new GfalStore(programs).AdlerOf(new StoredFile("a", "davs://h/w/a", 1));
    }

    [Test]
    public void Should_copy_with_gfal()
    {
        var programs = new AnsweringPrograms().On("gfal-copy", "Copying 1 bytes davs://h/w/a => file:///t/a%20b.part\n");

        new GfalStore(programs).Copy(new StoredFile("a", "davs://h/w/a", 1), "/t/a b.part");

        Assert.That(programs.Calls, Is.EqualTo(new[] { "gfal-copy -f -p -t 7200 -T 7200 davs://h/w/a file:///t/a%20b.part" }));
        Assert.That(
            () => new GfalStore(new AnsweringPrograms()).Copy(new StoredFile("a", "davs://h/w/a", 1), "/t/a"),
            Throws.TypeOf<OutsourceException>().With.Message.StartsWith("gfal-copy of a failed (exit code 1)")
        );
    }

    [TestCase("", ExpectedResult = "00000001")]
    [TestCase("Wikipedia", ExpectedResult = "11e60398")]
    public string Should_compute_adler32(string text)
    {
        _disk.AddFile("/f", new MockFileData(text));
        return Adler32.Of(_disk, "/f");
    }

    [Test]
    public void Should_compute_adler32_of_a_large_file_as_byte_by_byte()
    {
        var bytes = Enumerable.Range(0, 1_000_003).Select(i => (byte)(255 - i % 7)).ToArray();
        var (low, high) = (1ul, 0ul);
        foreach (var value in bytes)
        {
            low = (low + value) % 65521;
            high = (high + low) % 65521;
        }

        _disk.AddFile("/f", new MockFileData(bytes));

        Assert.That(Adler32.Of(_disk, "/f"), Is.EqualTo(((high << 16) | low).ToString("x8")));
    }

    [TestCase("ftp://h/w")]
    [TestCase("davs:/")]
    [TestCase("-e://x")]
    public void Should_refuse_an_address_that_is_none(string address)
    {
        var stores = new GridStores(_disk, new AnsweringPrograms());
        Assert.That(
            () => stores.List(address),
            Throws.TypeOf<UsageException>()
                .With.Message.StartsWith($"'{address}' is not the address of a staging site: allowed are file, davs")
        );
    }

    [Test]
    public void Should_take_a_folder_as_an_address()
    {
        Assert.That(GridStores.AddressOf("si te", p => $"/abs/{p}"), Is.EqualTo("file:///abs/si%20te"));
        Assert.That(GridStores.AddressOf("davs://h:1/w", p => p), Is.EqualTo("davs://h:1/w"));
        _disk.AddFile("/abs/si te/x", new MockFileData("1"));
        Assert.That(
            new GridStores(_disk, new AnsweringPrograms()).List("file:///abs/si%20te"),
            Is.EqualTo(new[] { new StoredFile("x", "file:///abs/si%20te/x", 1) })
        );
    }

    [Test]
    public void Should_write_a_list_and_read_what_was_compared()
    {
        var list = new FetchList(_disk, "/t");
        _disk.AddDirectory("/t");

        list.Write(
            "w",
            ["file:///site"],
            [
                new FetchedFile("a", 1, FetchState.Fetched) { Adler32 = "00000001" },
                new FetchedFile("b", 2, FetchState.There),
                new FetchedFile("c", 3, FetchState.Failed) { Why = "c arrived with 1 of 3 bytes" },
            ]
        );

        Assert.That(
            _disk.File.ReadAllLines("/t/fetch.jsonl").Skip(1),
            Is.EqualTo(
                new[]
                {
                    """{"name":"a","bytes":1,"adler32":"00000001","state":"fetched"}""",
                    """{"name":"b","bytes":2,"adler32":null,"state":"there"}""",
                    """{"name":"c","bytes":3,"adler32":null,"state":"failed","why":"c arrived with 1 of 3 bytes"}""",
                }
            )
        );
        Assert.That(list.Compared(), Is.EqualTo(new Dictionary<string, (long, string)> { ["a"] = (1, "00000001") }));
        _disk.File.AppendAllText("/t/fetch.jsonl", "{}\n");
        Assert.That(list.Compared(), Is.Empty, "its seal is broken");
    }

    [Test]
    public void Should_cost_one_file_if_it_cannot_be_compared()
    {
        _disk.AddFile("/site/a.tar.gz", new MockFileData("aa"));
        _disk.AddFile("/site/b.tar.gz", new MockFileData("bb"));
        _disk.AddFile("/t/a.tar.gz", new MockFileData("aa"));

        var done = Fetch(new WithoutSums(_disk, "a.tar.gz")).Where(f => f.Name is "a.tar.gz" or "b.tar.gz");

        Assert.That(
            done.Select(f => (f.Name, f.State, f.Why)),
            Is.EqualTo(
                new[] { ("a.tar.gz", FetchState.Failed, (string?)"gfal-sum did not end"), ("b.tar.gz", FetchState.Fetched, null) }
            )
        );
    }

    /// <summary>A site that does not tell the checksum of one file, nor that it has none.</summary>
    private sealed class WithoutSums(MockFileSystem disk, string name) : IGridStore
    {
        private readonly FolderStore _real = new(disk);

        public IReadOnlyList<StoredFile>? List(string address) => _real.List(address);

        public void Copy(StoredFile file, string target) => _real.Copy(file, target);

        public string? AdlerOf(StoredFile file) =>
            file.Name == name ? throw new OutsourceException("gfal-sum did not end.") : _real.AdlerOf(file);
    }

    private ImmutableArray<FetchedFile> Fetch(IGridStore store)
    {
        var fetching = new Fetching(_disk, store);
        return fetching.Run(new FetchOrder(fetching.List(["file:///site"], Wanted), "/t"), null, CancellationToken.None);
    }

    private static bool Wanted(string name) => name.EndsWith(".tar.gz", StringComparison.Ordinal);

    /// <summary>A site from which one file arrives otherwise.</summary>
    private sealed class Broken(MockFileSystem disk, string arrives) : IGridStore
    {
        private readonly FolderStore _real = new(disk);

        public IReadOnlyList<StoredFile>? List(string address) => _real.List(address);

        public void Copy(StoredFile file, string target)
        {
            if (file.Name == Part)
            {
                disk.File.WriteAllText(target, arrives);
                return;
            }

            _real.Copy(file, target);
        }

        public string? AdlerOf(StoredFile file) => _real.AdlerOf(file);
    }
}
