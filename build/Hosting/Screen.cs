using Cake.Core.Diagnostics;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Operator.GitHubActions;
using Spectre.Console;

namespace Outsource.Build.Hosting;

/// <summary>
/// The output for the operator: results on standard output, warnings, errors and progress on standard error. Colours only on a terminal
/// without <c>NO_COLOR</c>; lines are never cut or wrapped, so that piped output can be searched and copied.
/// </summary>
public sealed class Screen : IOperatorLog
{
    private readonly Lock _lock = new();
    private readonly Onlookers _onlookers;
    private readonly Lazy<IAnsiConsole> _tables;
    private readonly TextWriter _commandsOut;
    private readonly TextWriter _commandsError;
    private readonly ProgressSpot _progress;
    private int _sheet;
    private bool _grouped;

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="onlookers">Who reads them.</param>
    public Screen(TextWriter output, TextWriter error, Onlookers onlookers)
    {
        ArgumentNullException.ThrowIfNull(onlookers);
        _commandsOut = output;
        _commandsError = error;
        _onlookers = onlookers;
        Out = onlookers.Actions ? new ActionsSafeWriter(output) : output;
        ErrorOut = onlookers.Actions ? new ActionsSafeWriter(error) : error;
        _progress = new ProgressSpot(ErrorOut, _lock, onlookers);
        _tables = new Lazy<IAnsiConsole>(() =>
            onlookers.AtOutput || onlookers.Dumb ? Terminal.ConsoleFor(Out, onlookers) : Terminal.ConsoleForPipe(Out, onlookers)
        );
    }

    /// <summary>Standard output.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard error.</summary>
    public TextWriter ErrorOut { get; }

    /// <summary>Level of output: errors always, warnings from minimal, notes from normal, details from verbose.</summary>
    public Verbosity Level { get; set; } = Verbosity.Normal;

    /// <summary>Whether standard output is a document for a program; then everything else goes to standard error.</summary>
    public bool Document
    {
        get;
        set
        {
            field = value;
            if (Out is ActionsSafeWriter plain)
            {
                plain.Verbatim = value;
            }
        }
    }

    /// <summary>For tables on standard output. Created when first used.</summary>
    public IAnsiConsole Tables => _tables.Value;

    /// <summary><see cref="DrawAnew"/>, where somebody looks at a terminal; else null.</summary>
    public Action<Action<IAnsiConsole>>? Redrawing => _onlookers.AtOutput && !Document ? DrawAnew : null;

    public static Screen OfProcess()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Screen(
            System.Console.Out,
            System.Console.Error,
            new Onlookers
            {
                AtOutput = !System.Console.IsOutputRedirected && !dumb,
                AtError = !System.Console.IsErrorRedirected && !dumb,
                Dumb = !System.Console.IsOutputRedirected && dumb,
                Ascii = CharacterSet.IsAscii(Environment.GetEnvironmentVariable),
                Colours = colours,
                Actions = ActionsText.Runs(Environment.GetEnvironmentVariable),
            }
        );
    }

    /// <summary>Cake's level of that name.</summary>
    public static Verbosity LevelOf(string verbosity) =>
        Enum.TryParse<Verbosity>(verbosity, ignoreCase: true, out var level) ? level : Verbosity.Normal;

    public void Note(string text) => Say(text, Verbosity.Normal);

    public void Detail(string text) => Say(text, Verbosity.Verbose);

    public void Result(string text) => Say(text, Verbosity.Quiet);

    public void Warn(string text)
    {
        if (Level >= Verbosity.Minimal)
        {
            Announce("warning", "Warning: ", "33", text);
        }
    }

    public IProgressDisplay Progress(string what, long? total) =>
        _progress.Begin(place => ProgressLine.Counting(what, total, place), Level);

    public IDisposable Waiting(string what) => _progress.Begin(place => ProgressLine.Waiting(what, place), Level);

    /// <summary>Asks a question on standard error, which is visible also if the output is piped, and waits for a line.</summary>
    public string? Ask(string question)
    {
        lock (_lock)
        {
            _progress.TakeBack();
            ErrorOut.Write(UntrustedText.Plain(question));
            ErrorOut.Flush();
        }

        return System.Console.In.ReadLine();
    }

    /// <summary>
    /// Draws on standard output over the previous drawing. Lines that do not fit into the window are left out with a note, because they
    /// could not be removed.
    /// </summary>
    public void DrawAnew(Action<IAnsiConsole> draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        using var text = new StringWriter { NewLine = "\n" };
        var width = Terminal.Width();
        var console = Terminal.ConsoleFor(text, _onlookers);
        console.Profile.Width = width;
        draw(console);
        var lines = text.ToString().TrimEnd('\n').Split('\n').ToList();
        var (rows, room) = (0, Terminal.Height() - 2);
        var fit = lines.TakeWhile(line => (rows += Terminal.RowsOf(line, width)) <= room).Count();
        if (fit < lines.Count)
        {
            lines =
            [
                .. lines.Take(Math.Max(0, fit - 1)),
                $"… ({lines.Count - Math.Max(0, fit - 1)} more lines: enlarge the window, or leave --watch out)",
            ];
        }

        lock (_lock)
        {
            _progress.TakeBack();
            Out.Write($"{(_sheet > 0 ? $"\e[{_sheet}A" : "")}\r\e[J{string.Join('\n', lines)}\n");
            Out.Flush();
            _sheet = lines.Sum(line => Terminal.RowsOf(line, width));
        }
    }

    public IDisposable Awaiting(string what, TimeSpan limit) => _progress.Await(what, limit);

    /// <summary>The name of the stage that begins.</summary>
    public void Heading(string text) => Write(Document ? ErrorOut : Out, "", Paint($"== {text}", "1;36", _onlookers.AtOutput));

    /// <summary>A line at every level; the caller has checked the level.</summary>
    public void Say(string text) => Write(Document ? ErrorOut : Out, text);

    /// <summary>An error. Shown at every level.</summary>
    public void Error(string text)
    {
        // An error must be visible without opening a group.
        EndGroup();
        Announce("error", "Error: ", "1;31", text);
    }

    /// <summary>Begins a group of lines in GitHub Actions; elsewhere nothing.</summary>
    public void Group(string title)
    {
        EndGroup();
        if (_onlookers.Actions && Level >= Verbosity.Normal)
        {
            _grouped = true;
            Write(Document ? _commandsError : _commandsOut, ActionsText.Group(title));
        }
    }

    /// <summary>Ends it.</summary>
    public void EndGroup()
    {
        if (_grouped)
        {
            _grouped = false;
            Write(Document ? _commandsError : _commandsOut, ActionsText.EndGroup);
        }
    }

    /// <summary>Details of an error.</summary>
    public void ErrorDetail(string text) => Write(ErrorOut, text);

    private void Announce(string level, string word, string colour, string text)
    {
        if (_onlookers.Actions)
        {
            Write(_commandsError, ActionsText.Annotation(level, "Outsource", text));
        }
        else
        {
            Write(ErrorOut, text, Paint(word, colour, _onlookers.AtError));
        }
    }

    private string Paint(string text, string colour, bool looked) => looked && _onlookers.Colours ? $"\e[{colour}m{text}\e[0m" : text;

    private void Say(string text, Verbosity from)
    {
        if (Level >= from)
        {
            Write(Document ? ErrorOut : Out, text);
        }
    }

    /// <param name="writer">Where to.</param>
    /// <param name="text">The text; nothing in it controls the terminal.</param>
    /// <param name="lead">What stands before it, of our own.</param>
    private void Write(TextWriter writer, string text, string lead = "")
    {
        lock (_lock)
        {
            _progress.TakeBack();
            writer.WriteLine(lead + UntrustedText.Plain(text));
            writer.Flush();
        }
    }
}
