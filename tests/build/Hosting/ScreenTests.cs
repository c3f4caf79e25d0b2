using Cake.Core.Diagnostics;
using Outsource.Build.Hosting;
using Spectre.Console;

namespace Outsource.Tests.Build.Hosting;

[TestFixture]
internal sealed class ScreenTests
{
    private StringWriter _out = null!;
    private StringWriter _error = null!;

    [SetUp]
    public void SetUp()
    {
        _out = new StringWriter { NewLine = "\n" };
        _error = new WatchedWriter { NewLine = "\n" };
    }

    [TearDown]
    public void TearDown()
    {
        _out.Dispose();
        _error.Dispose();
    }

    [Test]
    public void Should_WritePlainText_If_Piped()
    {
        var screen = Piped();

        screen.Heading("LoadConfig");
        screen.Note("[not] markup");
        screen.Warn("careful");
        screen.Error("wrong");
        screen.Detail("only for the verbose");

        Assert.That(_out.ToString(), Is.EqualTo("== LoadConfig\n[not] markup\n"));
        Assert.That(_error.ToString(), Is.EqualTo("Warning: careful\nError: wrong\n"));
    }

    [Test]
    public void Should_ColourOnlyTheWord_If_Terminal()
    {
        var screen = new Screen(_out, _error, outputIsTerminal: true, errorIsTerminal: true, colours: true);

        screen.Error("wrong");

        Assert.That(_error.ToString(), Is.EqualTo("\e[1;31mError: \e[0mwrong\n"));
    }

    [Test]
    public void Should_NotColour_If_OperatorDislikesIt()
    {
        var screen = new Screen(_out, _error, outputIsTerminal: true, errorIsTerminal: true, colours: false);

        screen.Heading("LoadConfig");
        screen.Tables.Write(new Markup("[red]x[/]\n"));

        Assert.That(_out.ToString(), Is.EqualTo("== LoadConfig\nx\n"));
    }

    [Test]
    public void Should_NotBreakTables_If_Piped()
    {
        var path = "/" + new string('p', 300);

        Piped().Tables.Write(new Table().AddColumn("path").AddRow(path));

        Assert.That(_out.ToString(), Does.Contain(path));
    }

    [TestCase(Verbosity.Quiet, "", "Error: e\n")]
    [TestCase(Verbosity.Minimal, "", "Warning: w\nError: e\n")]
    [TestCase(Verbosity.Normal, "n\n", "Warning: w\nError: e\n")]
    [TestCase(Verbosity.Verbose, "n\nd\n", "Warning: w\nError: e\n")]
    public void Should_SayAsMuchAsAsked_If_Level(Verbosity level, string output, string error)
    {
        var screen = Piped();
        screen.Level = level;

        screen.Note("n");
        screen.Detail("d");
        screen.Warn("w");
        screen.Error("e");

        Assert.That((_out.ToString(), _error.ToString()), Is.EqualTo((output, error)));
    }

    [Test]
    public void Should_TakeProgressBack_If_TerminalAndDone()
    {
        var screen = new Screen(_out, _error, outputIsTerminal: false, errorIsTerminal: true, colours: true);

        using (var progress = screen.Progress("run documents", 10))
        {
            progress.Advance(5);
            Assert.That(() => _error.ToString(), Does.Contain("5 of 10 run documents (50 %)").After(5000, 50));
        }

        Assert.That(_error.ToString(), Does.EndWith("\r\e[K"));
        Assert.That(_out.ToString(), Is.Empty);
    }

    [Test]
    public void Should_ShowNoProgress_If_Quiet()
    {
        var screen = new Screen(_out, _error, outputIsTerminal: true, errorIsTerminal: true, colours: true) { Level = Verbosity.Quiet };

        using (var progress = screen.Progress("run documents", 10))
        {
            progress.Advance(5);
            Thread.Sleep(2 * ProgressLine.Frame);
        }

        Assert.That(_error.ToString(), Is.Empty);
    }

    [TestCase(12000, 60000, 3, "12,000 of 60,000 run documents (20 %), 4,000/s, 12 s left")]
    [TestCase(0, 60000, 3, "0 of 60,000 run documents (0 %)")]
    [TestCase(60000, 60000, 10, "60,000 of 60,000 run documents (100 %), 6,000/s")]
    [TestCase(5, -1, 10, "5 run documents, 0.5/s")]
    [TestCase(1, 1000, 10, "1 of 1,000 run documents (0 %), 0.1/s, 2.8 h left")]
    [TestCase(0, 0, 0, "0 of 0 run documents")]
    public void Should_TellRateAndRest_If_Progress(long done, long total, int seconds, string text) =>
        Assert.That(ProgressLine.Text("run documents", done, total, TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    private Screen Piped() => new(_out, _error, outputIsTerminal: false, errorIsTerminal: false, colours: true);

    /// <summary>May be read while the progress' timer writes.</summary>
    private sealed class WatchedWriter : StringWriter
    {
        private readonly Lock _lock = new();

        public override void Write(string? value)
        {
            lock (_lock)
            {
                base.Write(value);
            }
        }

        public override string ToString()
        {
            lock (_lock)
            {
                return base.ToString();
            }
        }
    }
}
