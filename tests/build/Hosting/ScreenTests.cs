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
    public void Should_write_plain_text_if_piped()
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
    public void Should_not_be_steered_if_others_wrote_the_text()
    {
        var screen = new Screen(
            _out,
            _error,
            new Onlookers
            {
                AtOutput = true,
                AtError = true,
                Colours = true,
            }
        );

        screen.Note("mode \e[2J\e]0;title\a\rtpc\u009b31m_bkg\tat last\n");
        screen.Warn("\e[8mhidden");
        screen.Tables.Write(new Text("\e[2Jcell\b\n"));

        Assert.That(
            _out.ToString(),
            Is.EqualTo("mode \\u001b[2J\\u001b]0;title\\u0007\\rtpc\\u009b31m_bkg\tat last\n\n\\u001b[2Jcell\\u0008\n")
        );
        Assert.That(_error.ToString(), Does.EndWith("hidden\n").And.Not.Contain("\e[8m"));
    }

    [Test]
    public void Should_command_nothing_but_what_it_means_if_actions_read_along()
    {
        var screen = new Screen(_out, _error, new Onlookers { Colours = true, Actions = true });

        screen.Group("LoadConfig");
        screen.Note("mode\n::stop-commands::x\r\n \t::add-mask::y\n##[error]z ###[group]\n:: : :: a::b");
        screen.Tables.Write(new Text("::error::cell\n"));
        screen.Error("one\n::set-output name=a::b");
        screen.Warn("100 %");

        Assert.That(
            _out.ToString(),
            Is.EqualTo(
                "::group::LoadConfig\nmode\n: :stop-commands::x\n \t: :add-mask::y\n## [error]z ### [group]\n: : : :: a::b\n: "
                    + ":error::cell\n::endgroup::\n"
            )
        );
        Assert.That(
            _error.ToString(),
            Is.EqualTo("::error title=Outsource::one%0A::set-output name=a::b\n::warning title=Outsource::100 %25\n")
        );
    }

    [Test]
    public void Should_leave_a_document_as_it_is_if_actions_read_along()
    {
        var screen = new Screen(_out, _error, new Onlookers { Colours = true, Actions = true }) { Document = true };

        screen.Tables.Profile.Out.Writer.Write("{\"mode\": \"##[x]\"}\n");
        screen.Note("::error::a");

        Assert.That((_out.ToString(), _error.ToString()), Is.EqualTo(("{\"mode\": \"##[x]\"}\n", ": :error::a\n")));
    }

    [Test]
    public void Should_colour_only_the_word_if_terminal()
    {
        var screen = new Screen(
            _out,
            _error,
            new Onlookers
            {
                AtOutput = true,
                AtError = true,
                Colours = true,
            }
        );

        screen.Error("wrong");

        Assert.That(_error.ToString(), Is.EqualTo("\e[1;31mError: \e[0mwrong\n"));
    }

    [Test]
    public void Should_not_colour_if_operator_dislikes_it()
    {
        var screen = new Screen(_out, _error, new Onlookers { AtOutput = true, AtError = true });

        screen.Heading("LoadConfig");
        screen.Tables.Write(new Markup("[red]x[/]\n"));

        Assert.That(_out.ToString(), Is.EqualTo("== LoadConfig\nx\n"));
    }

    [Test]
    public void Should_not_break_tables_if_piped()
    {
        var path = "/" + new string('p', 300);

        Piped().Tables.Write(new Table().AddColumn("path").AddRow(path));

        Assert.That(_out.ToString(), Does.Contain(path));
    }

    [TestCase(Verbosity.Quiet, "r\n", "Error: e\n")]
    [TestCase(Verbosity.Minimal, "r\n", "Warning: w\nError: e\n")]
    [TestCase(Verbosity.Normal, "n\nr\n", "Warning: w\nError: e\n")]
    [TestCase(Verbosity.Verbose, "n\nd\nr\n", "Warning: w\nError: e\n")]
    public void Should_say_as_much_as_asked_if_level(Verbosity level, string output, string error)
    {
        var screen = Piped();
        screen.Level = level;

        screen.Note("n");
        screen.Detail("d");
        screen.Result("r");
        screen.Warn("w");
        screen.Error("e");

        Assert.That((_out.ToString(), _error.ToString()), Is.EqualTo((output, error)));
    }

    [Test]
    public void Should_take_progress_back_if_terminal_and_done()
    {
        var screen = new Screen(_out, _error, new Onlookers { AtError = true, Colours = true });

        using (var progress = screen.Progress("run documents", 10))
        {
            progress.Advance(5);
            Assert.That(() => _error.ToString(), Does.Contain("5 of 10 run documents (50 %)").After(5000, 50));
        }

        Assert.That(_error.ToString(), Does.EndWith("\r\e[K"));
        Assert.That(_out.ToString(), Is.Empty);
    }

    [Test]
    public void Should_draw_a_bar_if_terminal_and_total_is_known()
    {
        var screen = new Screen(_out, _error, new Onlookers { AtError = true, Colours = true });

        using var progress = screen.Progress("run documents", 12);
        progress.Advance(3);

        Assert.That(
            () => _error.ToString(),
            Does.Match(@"\r\e\[K\[#+-+\] 3 of 12 run documents \(25 %\), [\d,.]+/s, \d+ s left").After(5000, 50)
        );
    }

    [Test]
    public void Should_report_the_time_if_nothing_can_be_counted()
    {
        var screen = new Screen(_out, _error, new Onlookers { AtError = true, Colours = true });

        using (screen.Waiting("pegasus-plan"))
        {
            Assert.That(() => _error.ToString(), Does.Match(@"\r\e\[Kpegasus-plan, \d+ s$").After(5000, 50));
        }

        Assert.That(_error.ToString(), Does.EndWith("\r\e[K"));
    }

    [Test]
    public void Should_add_plain_lines_if_piped_and_long()
    {
        var screen = Piped(TimeSpan.FromMilliseconds(20));

        using (var progress = screen.Progress("run documents", 12))
        {
            progress.Advance(3);
            Assert.That(() => _error.ToString().Split('\n'), Has.Length.GreaterThan(2).After(5000, 20));
        }

        Assert.That(_error.ToString(), Does.Match(@"\A(\d+ of 12 run documents \(\d+ %\)[^\r\n\e\[]*\n)+\z"));
        Assert.That(_out.ToString(), Is.Empty);
    }

    [Test]
    public void Should_show_the_second_if_the_first_of_two_ends()
    {
        var screen = new Screen(_out, _error, new Onlookers { AtError = true, Colours = true });
        var first = screen.Progress("first", 4);
        using var second = screen.Progress("second", 4);
        Assert.That(() => _error.ToString(), Does.Contain("first").After(5000, 50));
        Assert.That(_error.ToString(), Does.Not.Contain("second"));

        first.Dispose();

        Assert.That(() => _error.ToString(), Does.Contain("second").After(5000, 50));
        Assert.That(_error.ToString()[_error.ToString().IndexOf("second", StringComparison.Ordinal)..], Does.Not.Contain("first"));
    }

    [Test]
    public void Should_make_room_for_a_line_if_progress_is_drawn()
    {
        var screen = new Screen(_out, _error, new Onlookers { AtOutput = true, AtError = true });
        using var progress = screen.Progress("run documents", 12);
        Assert.That(() => _error.ToString(), Does.Contain("0 of 12").After(5000, 50));

        screen.Warn("careful");

        Assert.That(_error.ToString(), Does.Contain("\r\e[KWarning: careful\n"));
    }

    [TestCase(0, 0, 80, "")]
    [TestCase(5, -1, 80, "")]
    [TestCase(0, 12, 80, "[------------------------] ")]
    [TestCase(999, 1000, 80, "[#######################-] ")]
    [TestCase(12, 12, 80, "[########################] ")]
    [TestCase(13, 12, 80, "[########################] ")]
    [TestCase(5, 10, 13, "[#####-----] ")]
    [TestCase(5, 10, 10, "")]
    [TestCase(5, 10, -7, "")]
    public void Should_fill_the_bar_only_at_the_end_if_there_is_room(long done, long total, int room, string bar) =>
        Assert.That(ProgressLine.Bar(done, total, room), Is.EqualTo(bar));

    [Test]
    public void Should_show_no_progress_if_quiet()
    {
        var screen = new Screen(
            _out,
            _error,
            new Onlookers
            {
                AtOutput = true,
                AtError = true,
                Colours = true,
            }
        )
        {
            Level = Verbosity.Quiet,
        };

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
    public void Should_report_rate_and_rest_if_progress(long done, long total, int seconds, string text) =>
        Assert.That(ProgressLine.Text("run documents", done, total, TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    private Screen Piped(TimeSpan? interval = null) =>
        new(_out, _error, new Onlookers { Colours = true, Interval = interval ?? ProgressLine.Interval });

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

        public override void WriteLine(string? value) => Write(value + NewLine);

        public override string ToString()
        {
            lock (_lock)
            {
                return base.ToString();
            }
        }
    }
}
