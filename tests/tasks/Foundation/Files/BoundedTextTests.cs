using System.Diagnostics;
using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using System.Text;
using CsCheck;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Foundation.Files;

[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BoundedTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("outsource bounds ").FullName;
    private readonly FileSystem _disk = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Should_read_the_lines_that_everybody_reads() =>
        Gen.String[Gen.Char["aß\n\r …"], 0, 60]
            .Sample(text =>
            {
                var expected = new List<string>();
                using var reader = new StringReader(text);
                while (reader.ReadLine() is { } line)
                {
                    expected.Add(line);
                }

                // StringReader and files agree on what ends a line, but not on an empty one that nothing ends.
                Assert.That(
                    BoundedText.Lines(new MockFileSystem(new Dictionary<string, MockFileData> { ["/f"] = new(text) }), "/f"),
                    Is.EqualTo(expected)
                );
            });

    [Test]
    public void Should_cut_a_line_and_go_on_if_it_is_too_long()
    {
        var path = Text("log", $"before\n{new string('x', BoundedText.LongestLine + 5)}\nafter");

        var lines = BoundedText.Lines(_disk, path).ToList();

        Assert.That((lines.Count, lines[0], lines[2]), Is.EqualTo((3, "before", "after")));
        Assert.That(lines[1], Has.Length.EqualTo(BoundedText.LongestLine + 1).And.EndsWith("x…"));
    }

    [Test]
    public void Should_refuse_a_statement_if_it_is_too_long()
    {
        var path = Path.Combine(_folder, "xenonnt-0.dag");
        using (var file = File.Create(path))
        {
            file.Write("JOB a a.sub\n"u8);
            file.SetLength(3L * BoundedText.LongestStatement);
        }

        Assert.That(
            () => BoundedText.Statements(_disk, path).ToList(),
            Throws
                .TypeOf<UnfitFileException>()
                .With.Message.EqualTo(
                    $"line 2 of '{path}' is longer than 16 million characters, so the file is damaged and is not used. Restore it, "
                        + "or move it away."
                )
        );
    }

    [Test]
    public void Should_take_no_memory_of_a_line_without_end()
    {
        var path = Path.Combine(_folder, "NODE.err.001");
        using (var file = File.Create(path))
        {
            file.SetLength(400 << 20);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = BoundedText.Lines(_disk, path).ToList();

        Assert.That((lines.Count, lines[0].Length), Is.EqualTo((1, BoundedText.LongestLine + 1)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(32 << 20));
    }

    [Test]
    public void Should_leave_out_the_middle_of_a_very_long_log_and_say_so()
    {
        var path = Path.Combine(_folder, "log");
        using (var file = new StreamWriter(path))
        {
            for (var i = 0; i < 5_000_000; i++)
            {
                file.Write("line ");
                file.Write(i);
                file.Write('\n');
            }
        }

        var lines = BoundedText.Ends(_disk, path).ToList();

        Assert.That((lines[0], lines[^1]), Is.EqualTo(("line 0", "line 4999999")));
        Assert.That(lines, Has.Exactly(1).Matches($@"^\([0-9]+ MB in the middle of '.*log' are not read: it is longer than 32 MB\)$"));
        Assert.That(BoundedText.Ends(_disk, Text("short", "a\nb")), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void Should_refuse_a_small_file_that_is_none()
    {
        var path = Path.Combine(_folder, "braindump.yml");
        using (var file = File.Create(path))
        {
            file.SetLength(BoundedText.LargestSmallFile + 1);
        }

        var message =
            $"'{path}' is larger than 16 MB, the limit for this file, and is not read. Check what it is, and move it away.";
        Assert.That(() => BoundedText.ReadAll(_disk, path), Throws.TypeOf<UnfitFileException>().With.Message.EqualTo(message));
        Assert.That(() => BoundedText.ReadBytes(_disk, path), Throws.TypeOf<UnfitFileException>().With.Message.EqualTo(message));
    }

    [Test]
    public void Should_refuse_what_is_no_file()
    {
        var pipe = Path.Combine(_folder, "pipe");
        using (var made = Process.Start("mkfifo", [pipe]))
        {
            _ = made.Finish();
        }

        foreach (var (path, kind) in new[] { (pipe, "a named pipe (FIFO)"), ("/dev/zero", "a device"), (_folder, "a folder") })
        {
            Assert.That(
                () => BoundedText.ReadAll(_disk, path),
                Throws
                    .TypeOf<UnfitFileException>()
                    .With.Message.EqualTo($"'{path}' is {kind} where a file is expected, so it is not read. Move it away.")
            );
            Assert.That(() => BoundedText.Lines(_disk, path).ToList(), Throws.TypeOf<UnfitFileException>());
            Assert.That(() => BoundedText.Tail(_disk, path, 100), Throws.TypeOf<UnfitFileException>());
        }

        // What a job left stops nothing, and is told where its words would stand.
        Assert.That(
            LogText.EndsIfAny(_disk, pipe),
            Is.EqualTo(new[] { $"('{pipe}' is a named pipe (FIFO) where a file is expected, so it is not read. Move it away)" })
        );
        Assert.That(LogText.EndsIfAny(_disk, Path.Combine(_folder, "none")), Is.Empty);
    }

    [Test]
    public void Should_read_what_stands_behind_a_link_and_in_proc()
    {
        var link = Path.Combine(_folder, "link");
        _ = File.CreateSymbolicLink(link, Text("there", "words"));

        Assert.That(
            (BoundedText.ReadAll(_disk, link), BoundedText.ReadAll(_disk, "/proc/self/stat").Length),
            Is.EqualTo(("words", BoundedText.ReadAll(_disk, "/proc/self/stat").Length))
        );
    }

    private string Text(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }
}
