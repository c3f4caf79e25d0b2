using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Slurm.Relay;

/// <summary>Results are brought from a staging site whole, once, and only those that are wanted.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FetchingTests
{
    private readonly MockFileSystem _disk = new();

    [SetUp]
    public void AddSite()
    {
        _disk.AddFile("/site/a/053000-x-output-0000.tar.gz", new MockFileData("12345"));
        _disk.AddFile("/site/b/c/053000-x-output.tar.gz", new MockFileData("123"));
        _disk.AddFile("/site/other.txt", new MockFileData("1"));
    }

    [Test]
    public void Should_copy_what_is_missing_and_nothing_twice()
    {
        _disk.AddFile("/t/053000-x-output.tar.gz", new MockFileData("456"));
        _disk.AddFile("/t/053000-x-output-0000.tar.gz.part", new MockFileData("12"));

        Assert.That(Fetch(new FolderStore(_disk)), Is.EqualTo((1, 1, 5, 0)));
        Assert.That(_disk.File.ReadAllText("/t/053000-x-output-0000.tar.gz"), Is.EqualTo("12345"));
        Assert.That(_disk.Directory.EnumerateFiles("/t").Count(), Is.EqualTo(2));
        Assert.That(Fetch(new FolderStore(_disk)), Is.EqualTo((0, 2, 0, 0)));
    }

    [Test]
    public void Should_copy_again_if_a_file_has_another_size()
    {
        _disk.AddFile("/t/053000-x-output.tar.gz", new MockFileData("45"));

        Assert.That(Fetch(new FolderStore(_disk)), Is.EqualTo((2, 0, 8, 0)));
    }

    [Test]
    public void Should_name_what_could_not_be_copied()
    {
        var result = new Fetching(_disk, new Broken(_disk)).Run("file:///site", "/t", Wanted, 2, null, CancellationToken.None);

        Assert.That(result.Failed, Is.EqualTo(new[] { "053000-x-output-0000.tar.gz arrived with 1 of 5 bytes" }));
        Assert.That(_disk.File.Exists("/t/053000-x-output-0000.tar.gz"), Is.False);
    }

    [Test]
    public void Should_list_a_site_with_gfal()
    {
        var programs = new AnsweringPrograms()
            .On("gfal-ls", "drwxr-xr-x   0 0     0             0 Jul  1 12:00 run 1\ndrwxr-xr-x   0 0     0             0 Jul  1 12:00 sub\n-rw-r--r--   0 0     0          1000 Jul  1 12:00 a.tar.gz\n", 0, "davs://h/w")
            .On("gfal-ls", "-rw-r--r--   0 0     0          7 Jul  1 12:00 b.tar.gz\n", 0, "davs://h/w/sub")
            .On("gfal-ls", "", 0, "davs://h/w/1");
        var files = new GfalStore(programs).List("davs://h/w/").ToList();

        Assert.That(
            files,
            Is.EqualTo(new[] { new StoredFile("b.tar.gz", "davs://h/w/sub/b.tar.gz", 7), new StoredFile("a.tar.gz", "davs://h/w/a.tar.gz", 1000) })
        );
        Assert.That(() => new GfalStore(new AnsweringPrograms()).List("davs://h/w").ToList(), Throws.TypeOf<OutsourceException>());
    }

    private (long, long, long, int) Fetch(IGridStore store)
    {
        var result = new Fetching(_disk, store).Run("file:///site", "/t", Wanted, 2, null, CancellationToken.None);
        return (result.Fetched, result.There, result.Bytes, result.Failed.Count);
    }

    private static bool Wanted(string name) => name.EndsWith(".tar.gz", StringComparison.Ordinal);

    /// <summary>A site that breaks off the transfer of one file.</summary>
    private sealed class Broken(MockFileSystem disk) : IGridStore
    {
        private readonly FolderStore _real = new(disk);

        public IEnumerable<StoredFile> List(string address) => _real.List(address);

        public void Copy(StoredFile file, string target)
        {
            if (file.Name.Contains("0000", StringComparison.Ordinal))
            {
                disk.File.WriteAllText(target, "1");
                return;
            }

            _real.Copy(file, target);
        }
    }
}
