using System.Collections.Immutable;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Abstractions;
using System.IO.Compression;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Packages;
using Outsource.Services.Packages;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Payload;

namespace Outsource.Tests.Services.Packages;

/// <summary>With a real git, and the unpacking of the jobs.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class PackageTarballsTests
{
    private const string Committed = "2025-03-01T12:00:00Z";

    private string _place = "";

    [SetUp]
    public void MakePlace()
    {
        _place = Directory.CreateTempSubdirectory("outsource tarballs ").FullName;
        Write("one/cutax/__init__.py", "__version__ = '2.0.0'\n");
        Write("one/cutax/data.py", "x = 1\n");
        Write("one/tools/run.sh", "#!/bin/sh\n");
        Write("one/a/left out", "x");
        Write("one/.tarballignore", "a\n");
        Write("one/.gitignore", "*.npy\n");
        Write("one/big.npy", "x");
        File.SetUnixFileMode(In("one/tools/run.sh"), (UnixFileMode)0b111_111_111);
        File.CreateSymbolicLink(In("one/cutax/link.py"), "../cutax/data.py");
        Git("one", "init", "--quiet");
        Commit("one");
    }

    [TearDown]
    public void RemovePlace() => Directory.Delete(_place, recursive: true);

    [Test]
    public async Task Should_pack_what_git_knows_and_the_lines_allow()
    {
        Write("one/new.py", "new\n");

        var made = await MakeAsync("one");

        var (tarball, id) = (made.Tarballs.Single(), Git("one", "rev-parse", "HEAD"));
        Assert.That(
            Entries(tarball.Path).Select(e => $"{e.Name} {Convert.ToString((int)e.Mode, 8)} {e.LinkName}".TrimEnd()),
            Is.EqualTo(
                new[]
                {
                    "cutax/ 755",
                    "cutax/.gitignore 644",
                    "cutax/.tarballignore 644",
                    "cutax/cutax/ 755",
                    "cutax/cutax/__init__.py 644",
                    "cutax/cutax/data.py 644",
                    "cutax/cutax/link.py 755 ../cutax/data.py",
                    "cutax/new.py 644",
                    "cutax/tools/ 755",
                    "cutax/tools/run.sh 755",
                }
            )
        );
        Assert.That(
            Entries(tarball.Path).Select(e => (e.Uid, e.Gid, e.ModificationTime)).Distinct(),
            Is.EqualTo(new[] { (0, 0, DateTimeOffset.Parse(Committed, System.Globalization.CultureInfo.InvariantCulture)) })
        );
        Assert.That((tarball.FileName, tarball.Commit), Is.EqualTo(("cutax.tar.gz", id)));
        Assert.That(tarball.Dirty, Is.EqualTo(new[] { "new.py" }));
        Assert.That(
            made.Remarks,
            Is.EqualTo(
                new[]
                {
                    "cutax has 1 file with changes that are not committed: new.py. They are in its tarball, and tarballs.yml names them",
                }
            )
        );
        var read = TarballsFile.Read(new FileSystem(), In("made"));
        Assert.That(read.Select(t => t with { Dirty = [] }), Is.EqualTo(new[] { tarball with { Dirty = [] } }));
        Assert.That(read.Single().Dirty, Is.EqualTo(new[] { "new.py" }));
    }

    [Test]
    public async Task Should_give_equal_bytes_if_the_content_is_equal()
    {
        var first = await MakeAsync("one");
        _ = Run("git", _place, "clone", "--quiet", In("one"), In("elsewhere"));
        foreach (var file in Directory.EnumerateFiles(In("elsewhere/cutax")).Where(f => new FileInfo(f).LinkTarget is null))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            File.SetUnixFileMode(file, (UnixFileMode)0b110_000_000);
        }

        var second = await MakeAsync("elsewhere");

        Assert.That(second.Tarballs.Single().Sha256, Is.EqualTo(first.Tarballs.Single().Sha256));

        Write("elsewhere/cutax/data.py", "x = 2\n");

        Assert.That((await MakeAsync("elsewhere")).Tarballs.Single().Sha256, Is.Not.EqualTo(first.Tarballs.Single().Sha256));
    }

    [Test]
    public async Task Should_be_unpacked_by_the_jobs()
    {
        Write($"one/{new string('d', 120)}/{new string('f', 120)}.py", "long names\n");
        var path = (await MakeAsync("one")).Tarballs.Single().Path;
        var script =
            "import sys, payload_common as c\n"
            + "c.unpack(sys.argv[1], sys.argv[2], strip=1, links=True)\n";

        _ = Run(PayloadTests.Python, Path.Combine(Checkout.Root, "tasks", "payload"), "-B", "-c", script, path, In("job"));

        var files = Directory.EnumerateFiles(In("job"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(In("job"), f));
        Assert.That(files.Count(), Is.EqualTo(7));
        Assert.That(File.ReadAllText(In("job/cutax/link.py")), Is.EqualTo("x = 1\n"));
        Assert.That(File.GetUnixFileMode(In("job/tools/run.sh")).HasFlag(UnixFileMode.UserExecute));
    }

    [Test]
    public async Task Should_write_nothing_in_the_work_tree()
    {
        // An index that is older than its files is one that git would like to refresh.
        File.SetLastWriteTimeUtc(In("one/cutax/data.py"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var before = Snapshot();

        _ = await MakeAsync("one");

        Assert.That(Snapshot(), Is.EqualTo(before));
    }

    [Test]
    public async Task Should_look_at_the_work_tree_that_is_meant_if_variables_of_git_are_set()
    {
        var runner = new Runner { Variables = { ["GIT_DIR"] = "/nowhere", ["GIT_INDEX_FILE"] = "/nowhere/index" } };

        Assert.That((await MakeAsync("one", runner)).Tarballs.Single().Files, Is.EqualTo(6));
    }

    [Test]
    public async Task Should_follow_a_submodule()
    {
        Write("inner/lib.py", "inner\n");
        Git("inner", "init", "--quiet");
        Commit("inner");
        Git("one", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", In("inner"), "vendored");

        var names = Entries((await MakeAsync("one")).Tarballs.Single().Path).Select(e => e.Name).ToList();

        Assert.That(names, Has.Member("cutax/vendored/lib.py"));
        Assert.That(names, Has.None.Contains(".git/"));
    }

    [TestCase("/etc/passwd")]
    [TestCase("../../outside")]
    [TestCase("loop")]
    [TestCase("../.git/config")]
    public void Should_refuse_a_link_if_it_leads_out(string target)
    {
        File.CreateSymbolicLink(In("one/cutax/loop"), target);

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => MakeAsync("one"))!.Message,
            Is.EqualTo(
                $"no tarball of 'cutax' is made of '{In("one")}': the link 'cutax/loop' leads out of it ('{target}'). Put the file itself "
                    + "there."
            )
        );
        Assert.That(File.Exists(In("made/payload/cutax.tar.gz")), Is.False);
    }

    [Test]
    public void Should_refuse_a_link_if_another_link_leads_it_out()
    {
        Directory.CreateSymbolicLink(In("one/out"), "cutax/..");
        File.CreateSymbolicLink(In("one/cutax/far"), "../out/../x");

        Assert.That(Assert.ThrowsAsync<UsageException>(() => MakeAsync("one"))!.Message, Does.Contain("the link 'cutax/far' leads out"));
    }

    [Test]
    public void Should_refuse_a_name_if_the_jobs_would()
    {
        Write("one/back\\slash", "x");

        Assert.That(Assert.ThrowsAsync<UsageException>(() => MakeAsync("one"))!.Message, Does.Contain("the name 'back\\slash' cannot be sent"));
    }

    [Test]
    public async Task Should_name_the_largest_files_if_the_work_tree_is_large()
    {
        for (var i = 1; i <= 12; i++)
        {
            var content = new byte[i * 1_000_000];
            new Random(i).NextBytes(content);
            await File.WriteAllBytesAsync(In($"one/big{i}"), content);
        }

        var remark = (await MakeAsync("one")).Remarks[0];

        Assert.That(
            remark,
            Does.StartWith($"'{In("one")}', the work tree of cutax, has 78.0 MB for each job. Its largest files: big12 (12.0 MB), big11")
                .And.Contain("big3 (3.0 MB). Leave out")
                .And.Not.Contain("big2 (")
        );
    }

    [Test]
    public async Task Should_replace_an_old_tarball_and_remove_one_that_is_not_used_now()
    {
        _ = await MakeAsync("one");
        await File.WriteAllTextAsync(In("made/payload/cutax.tar.gz"), "old");
        var again = await MakeAsync("one");

        Assert.That(new FileInfo(again.Tarballs.Single().Path).Length, Is.EqualTo(again.Tarballs.Single().Bytes).And.GreaterThan(3));

        var none = await Maker(new Runner()).MakeAsync(new PackageRequest([], []) { Paths = Paths("one") }, In("made"), default);

        Assert.That(none.Tarballs, Is.Empty);
        Assert.That(Directory.EnumerateFileSystemEntries(In("made/payload")), Is.Empty);
    }

    [Test]
    public async Task Should_know_what_has_changed_since_a_tarball_was_made()
    {
        Write("one/new.py", "new\n");
        await MakeAsync("one");
        Assert.That(await ChangesAsync(), Is.EqualTo("|"));

        File.SetLastWriteTimeUtc(In("one/cutax/data.py"), DateTime.UtcNow.AddDays(-3));
        Write("one/another.npy", "ignored by git");
        Write("one/a/more", "left out by .tarballignore");
        Assert.That(await ChangesAsync(), Is.EqualTo("|"), "the jobs would get the same");

        Write("one/cutax/data.py", "x = 3\n");
        Assert.That(
            await ChangesAsync(),
            Is.EqualTo("the files of cutax have changed since its tarball was made (not committed: a/more, cutax/data.py, new.py)|")
        );

        var before = Git("one", "rev-parse", "HEAD");
        Commit("one");
        Assert.That(
            await ChangesAsync(),
            Is.EqualTo($"cutax is at commit {Git("one", "rev-parse", "HEAD")[..10]} now, and its tarball is of {before[..10]}|")
        );

        Directory.Delete(In("one/.git"), recursive: true);
        Assert.That(await ChangesAsync(), Does.StartWith("|cutax: ").And.Contain("is not in a git work tree"));

        Directory.Move(In("one"), In("moved"));
        Assert.That(await ChangesAsync(), Is.EqualTo($"|cutax: '{In("one")}' is not on this machine"));
    }

    private async Task<string> ChangesAsync()
    {
        var (changes, unknown) = await Maker(new Runner()).ChangesAsync(In("made"), default);
        return string.Join(';', changes) + "|" + string.Join(';', unknown);
    }

    [Test]
    public void Should_refuse_the_home_folder_if_it_is_the_work_tree()
    {
        var maker = new PackageTarballs(Host with { Home = In("one/tools") }, new Runner());

        Assert.That(
            Assert.ThrowsAsync<UsageException>(() => maker.MakeAsync(Request("one"), In("made"), default))!.Message,
            Does.Contain("contains your home folder")
        );
    }

    [Test]
    public async Task Should_pack_a_work_tree_without_a_commit()
    {
        Write("fresh/cutax.py", "x");
        Git("fresh", "init", "--quiet");

        var made = (await MakeAsync("fresh")).Tarballs.Single();

        Assert.That((made.Commit, Entries(made.Path)[0].ModificationTime.Year), Is.EqualTo(((string?)null, 1980)));
    }

    private string In(string name) => Path.Combine(_place, name);

    private HostEnvironment Host => Given.Host(new FileSystem(), ("PATH", Environment.GetEnvironmentVariable("PATH")!));

    private static ImmutableSortedDictionary<string, string> None => ImmutableSortedDictionary<string, string>.Empty;

    private ImmutableSortedDictionary<string, string> Paths(string clone) => None.Add("cutax", In(clone));

    private PackageRequest Request(string clone) => new(["cutax"], []) { Paths = Paths(clone) };

    private PackageTarballs Maker(Runner runner) => new(Host, runner);

    private Task<TarballSet> MakeAsync(string clone, Runner? runner = null) =>
        Maker(runner ?? new Runner()).MakeAsync(Request(clone), In("made"), default);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
    }

    private string Snapshot() =>
        string.Join(
            '\n',
            Directory
                .EnumerateFileSystemEntries(In("one"), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                .Order(StringComparer.Ordinal)
                .Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O} {new FileInfo(f).UnixFileMode}")
        );

    private void Commit(string clone)
    {
        Git(clone, "add", "--all");
        Git(clone, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "x");
    }

    private string Git(string clone, params string[] arguments) => Run("git", In(clone), arguments).Trim();

    private static string Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["GIT_COMMITTER_DATE"] = start.Environment["GIT_AUTHOR_DATE"] = Committed;
        using var process = Process.Start(start)!;
        var (exitCode, text) = process.FinishWithOutput();
        Assert.That(exitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}");
        return text;
    }

    private static List<TarEntry> Entries(string path)
    {
        using var zipped = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var tar = new TarReader(zipped);
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Runs git; python3 is not there, but its answer is.</summary>
    private sealed class Runner : IProgramRunner
    {
        public Dictionary<string, string> Variables { get; } = [];

        public Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel)
        {
            if (program.EndsWith("python3", StringComparison.Ordinal))
            {
                return Task.FromResult(new ProgramResult(0, """{"packages": {}}""", ""));
            }

            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in Variables)
            {
                start.Environment[name] = value;
            }

            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync(cancel);
            var (exitCode, output) = process.FinishWithOutput();
            return Task.FromResult(new ProgramResult(exitCode, output, error.Result));
        }
    }
}
