using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Local;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;

namespace Outsource.Tests.Engines.Local;

[TestFixture]
internal sealed class SubmitDescriptionTests
{
    private const string Path = "/s/00/00/node.sub";

    private MockFileSystem _disk = null!;

    [SetUp]
    public void MakeDisk() => _disk = new MockFileSystem();

    private static SubmitDescription Description =>
        new()
        {
            Executable = "/p q/process.sh",
            Arguments = ["--a", "it's \"quoted\"", "", "x  y", "ends with '"],
            Environment = [new("A", "1 2"), new("B", "'\"="), new("EMPTY", "")],
            Inputs = [new("a b", "/x \"y\"/a"), new("c", "@maker")],
            Outputs = ["out", "logs/out.log"],
            Results = ["logs/out.log"],
            Stdout = "out",
            Others = [new("request_memory", "100"), new("requirements", "A && B == \"=\""), new("universe", "vanilla")],
        };

    [Test]
    public void Should_be_read_as_it_was_written()
    {
        _disk.AddFile(Path, new MockFileData(Description.Text("node")));

        var read = SubmitDescription.Read(_disk, Path);

        Assert.That(read.Executable, Is.EqualTo(Description.Executable));
        Assert.That(read.Arguments, Is.EqualTo(Description.Arguments));
        Assert.That(read.Environment, Is.EqualTo(Description.Environment));
        Assert.That(read.Inputs, Is.EqualTo(Description.Inputs));
        Assert.That(read.Inputs[1].Maker, Is.EqualTo("maker"));
        Assert.That(read.Outputs, Is.EqualTo(Description.Outputs));
        Assert.That(read.Results, Is.EqualTo(Description.Results));
        Assert.That(read.Stdout, Is.EqualTo("out"));
        Assert.That(read["Requirements"], Is.EqualTo("A && B == \"=\""));
    }

    [Test]
    public void Should_ask_for_more_if_resubmit_changed_it()
    {
        var text = SubmitFileEdit.With(Description.Text("node"), "request_memory", SubmitFileEdit.Memory("1000", 1.5m));
        text = SubmitFileEdit.With(text, "requirements", SubmitFileEdit.Requirements("X", ["HERE"]));
        _disk.AddFile(Path, new MockFileData(SubmitFileEdit.With(text, "request_disk", "77")));

        var ask = JobAsk.Of(_disk, Path, 0);

        Assert.That((ask.MemoryMb, ask.DiskKb, ask.Cores), Is.EqualTo((1500, 77, 1)));
        Assert.That(ask.Description["requirements"], Does.Contain("GLIDEIN_Site =!= \"HERE\""));
    }

    [TestCase(0, 1000)]
    [TestCase(1, 1200)]
    [TestCase(2, 1400)]
    public void Should_grow_with_retries_if_the_ladder_says_so(int retry, long memory)
    {
        const string Ladder = "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 0, 1000, (DAGNodeRetry * 0.2 + 1) * 1000)";
        _disk.AddFile(Path, new MockFileData((Description with { Others = [new("request_memory", Ladder)] }).Text("node")));

        Assert.That(JobAsk.Of(_disk, Path, retry).MemoryMb, Is.EqualTo(memory));
    }

    [TestCase("executable", "")]
    [TestCase("queue", "")]
    [TestCase("arguments = \"", "arguments = ")]
    [TestCase("+OutsourceInputs = { ", "+OutsourceInputs = { \"odd\", ")]
    [TestCase("+OutsourceOutputs = {", "+OutsourceOutputs = ")]
    public void Should_be_refused_if_it_is_damaged(string part, string damaged)
    {
        _disk.AddFile(Path, new MockFileData(Description.Text("node").Replace(part, damaged, StringComparison.Ordinal)));

        Assert.That(() => SubmitDescription.Read(_disk, Path), Throws.TypeOf<OutsourceException>().With.Message.Contains(Path));
    }

    [Test]
    public void Should_name_the_request_if_it_cannot_be_evaluated()
    {
        _disk.AddFile(Path, new MockFileData((Description with { Others = [new("request_memory", "1 +")] }).Text("node")));

        Assert.That(() => JobAsk.Of(_disk, Path, 0), Throws.TypeOf<OutsourceException>().With.Message.Contains("request_memory = 1 +"));
    }

    [TestCase("\"'a' b\"")]
    [TestCase("\"'a\"")]
    [TestCase("'a'")]
    [TestCase("\"")]
    public void Should_read_no_words_if_they_have_another_form(string text) => Assert.That(SubmitDescription.WordsOf(text), Is.Null);
}
