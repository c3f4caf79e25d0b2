using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Operator.Clean;

namespace Outsource.Tests.Operator.Clean;

/// <summary>Ages, sizes, and how folders are deleted; on a real disk, whose links are real.</summary>
[TestFixture]
internal sealed class CleanTests
{
    private static readonly FileSystem Disk = new();
    private string _root = "";

    [SetUp]
    public void SetUp() => _root = Directory.CreateTempSubdirectory("outsource-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [TestCase(null, 30 * 24)]
    [TestCase("12h", 12)]
    [TestCase("30d", 30 * 24)]
    [TestCase("4w", 28 * 24)]
    [TestCase("1h", 1)]
    [TestCase("520w", 520 * 7 * 24)]
    [TestCase("3640d", 3640 * 24)]
    public void Should_read_an_age_if_it_has_a_unit(string? typed, int hours) =>
        Assert.That(OlderThan.Read(typed), Is.EqualTo(TimeSpan.FromHours(hours)));

    [TestCase("30")]
    [TestCase("d")]
    [TestCase("")]
    [TestCase("0d")]
    [TestCase("-1d")]
    [TestCase("1.5d")]
    [TestCase("30 d")]
    [TestCase("30m")]
    [TestCase("521w")]
    [TestCase("3641d")]
    [TestCase("99999999999999h")]
    public void Should_refuse_an_age_if_it_is_none(string typed) =>
        Assert.That(
            Assert.Throws<UsageException>(() => OlderThan.Read(typed))!.Message,
            Is.EqualTo(
                $"--older-than={typed} is not a valid age: write a whole number followed by h, d or w, such as 12h, 30d or 4w, from 1h "
                    + "to 520w."
            )
        );

    [TestCase(0.5, "0 h")]
    [TestCase(47, "47 h")]
    [TestCase(49, "2 d")]
    public void Should_report_an_age_in_days_if_it_is_long(double hours, string words) =>
        Assert.That(OlderThan.Describe(TimeSpan.FromHours(hours)), Is.EqualTo(words));

    [Test]
    public void Should_count_what_is_in_the_folder_alone_if_it_holds_links()
    {
        var (folder, outside) = (Folder("a"), Folder("outside"));
        File.WriteAllText(Path.Combine(Folder("a/deep"), "file"), "12345");
        File.WriteAllText(Path.Combine(outside, "large"), new string('x', 1000));
        Directory.CreateSymbolicLink(Path.Combine(folder, "folder-link"), outside);
        File.CreateSymbolicLink(Path.Combine(folder, "file-link"), Path.Combine(outside, "large"));
        var written = new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "deep", "file"), written);

        var content = FolderContent.Of(Disk, [folder, Path.Combine(_root, "missing")], CancellationToken.None);

        Assert.That((content.Bytes, content.Newest.UtcDateTime), Is.EqualTo((5L, written)));
    }

    [Test]
    public void Should_leave_what_links_point_to_if_folders_are_deleted()
    {
        var (generated, submit, outside) = (Folder("generated/x"), Folder("runs/v/c/x"), Folder("outside"));
        File.WriteAllText(Path.Combine(outside, "result"), "kept");
        Directory.CreateSymbolicLink(Path.Combine(submit, "link"), outside);
        File.WriteAllText(Path.Combine(generated, "file"), "");
        _ = Folder("generated/.x.gone/of-an-earlier-one");

        new FolderRemoval(Disk).Do([generated, submit]);

        Assert.That(File.ReadAllText(Path.Combine(outside, "result")), Is.EqualTo("kept"));
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_root, "generated")), Is.Empty);
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_root, "runs", "v", "c")), Is.Empty);
    }

    [Test]
    public void Should_find_what_a_stopped_deletion_left_if_it_was_stopped_between_two_renames()
    {
        var (gone, submit) = (Folder("generated/.x.gone"), Folder("runs/v/c/x"));
        File.WriteAllText(
            Path.Combine(gone, WorkflowPlaces.ListFile),
            $"{submit}\n{Folder("runs/v/c/other")}\n{Folder("outside")}\n{_root}/runs/v/c/../../../outside\n"
        );
        var places = new WorkflowPlaces(Disk, _root);

        Assert.That(places.Leftovers().Select(l => (l.Key, l.Single())), Is.EqualTo(new[] { ("x", gone) }));
        Assert.That(places.LeftToRename("x"), Is.EqualTo(new[] { submit }));
        _ = Folder("generated/x");
        Assert.That(places.LeftToRename("x"), Is.Empty, "a new workflow of that name has the directory now");
    }

    [Test]
    public void Should_finish_a_deletion_if_it_is_given_what_is_left()
    {
        var (gone, submit) = (Folder("generated/.x.gone"), Folder("runs/v/c/x"));

        new FolderRemoval(Disk).Do([gone, submit]);

        Assert.That(Directory.Exists(gone) || Directory.Exists(submit), Is.False);
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_root, "runs", "v", "c")), Is.Empty);
    }

    [TestCase("runs/v/c/x", null)]
    [TestCase("runs/v/c/y", "is not")]
    [TestCase("runs/v/x", "is not")]
    [TestCase("runs/x", "is not")]
    [TestCase("elsewhere/v/c/x", "is not")]
    [TestCase("runs/v/../../../c/x", "is not")]
    [TestCase("runs/linked/c/x", "is a link")]
    public void Should_take_a_submit_directory_only_if_it_is_where_ours_are(string directory, string? fault)
    {
        _ = Folder("outside/c/x");
        _ = Folder("runs/v/c/x");
        Directory.CreateSymbolicLink(Path.Combine(_root, "runs", "linked"), Path.Combine(_root, "outside"));

        Assert.That(
            new WorkflowPlaces(Disk, _root).ErrorIn("x", Path.Combine(_root, directory)),
            fault is null ? Is.Null : Does.Contain(fault)
        );
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
}
