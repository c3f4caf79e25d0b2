using System.Text.RegularExpressions;
using Cake.Core.Diagnostics;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Operator.GitHubActions;
using Spectre.Console;

namespace Outsource.Build.Hosting;

/// <summary>
/// What the operator sees: results on standard output, warnings, errors and progress on standard error.
/// Colours only on a terminal without <c>NO_COLOR</c>; lines are never cut or wrapped, so that what is piped can be searched and copied.
/// </summary>
public sealed partial class Screen : IOperatorLog
{
    private readonly Lock _lock = new();
    private readonly bool _colouredOut;
    private readonly bool _colouredError;
    private readonly bool _terminalError;
    private readonly bool _terminalOut;
    private readonly bool _actions;
    private readonly Lazy<IAnsiConsole> _tables;
    private readonly TimeSpan _interval;
    private readonly TextWriter _commandsOut;
    private readonly TextWriter _commandsError;
    private readonly List<ProgressLine> _progress = [];
    private bool _drawn;
    private int _sheet;
    private bool _grouped;

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="outputIsTerminal">Whether a person looks at standard output.</param>
    /// <param name="errorIsTerminal">Whether a person looks at standard error.</param>
    /// <param name="colours">Whether that person likes colours.</param>
    /// <param name="interval">How often progress is a line where nobody looks at a terminal; null:
    /// <see cref="ProgressLine.Interval"/>.</param>
    /// <param name="actions">Whether GitHub Actions reads along: warnings and errors are annotations then, stages can be folded, and no
    /// other text is a command.</param>
    public Screen(
        TextWriter output,
        TextWriter error,
        bool outputIsTerminal,
        bool errorIsTerminal,
        bool colours,
        TimeSpan? interval = null,
        bool actions = false
    )
    {
        _commandsOut = output;
        _commandsError = error;
        _actions = actions;
        Out = actions ? new ActionsSafeWriter(output) : output;
        ErrorOut = actions ? new ActionsSafeWriter(error) : error;
        _colouredOut = outputIsTerminal && colours;
        _colouredError = errorIsTerminal && colours;
        _terminalError = errorIsTerminal;
        _terminalOut = outputIsTerminal;
        _interval = interval ?? ProgressLine.Interval;
        _tables = new Lazy<IAnsiConsole>(() => Console(Out, outputIsTerminal, _colouredOut));
    }

    /// <summary>Standard output.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard error.</summary>
    public TextWriter ErrorOut { get; }

    /// <summary>How much is said: errors always, warnings from minimal, notes from normal, details from verbose.</summary>
    public Verbosity Level { get; set; } = Verbosity.Normal;

    /// <summary>Whether standard output belongs to a document that a program reads; all else goes to standard error then.</summary>
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

    /// <summary>For tables on standard output. Made when first asked for: not every run draws one.</summary>
    public IAnsiConsole Tables => _tables.Value;

    /// <summary><see cref="DrawAnew"/>, where somebody looks at a terminal; else null.</summary>
    public Action<Action<IAnsiConsole>>? Redrawing => _terminalOut && !Document ? DrawAnew : null;

    public static Screen OfProcess()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Screen(
            System.Console.Out,
            System.Console.Error,
            !System.Console.IsOutputRedirected && !dumb,
            !System.Console.IsErrorRedirected && !dumb,
            colours,
            actions: ActionsText.Runs(Environment.GetEnvironmentVariable)
        );
    }

    /// <summary>The engine's level of that name.</summary>
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

    public IProgressDisplay Progress(string what, long? total) => Begin(what, total, counted: true);

    public IDisposable Waiting(string what) => Begin(what, null, counted: false);

    /// <summary>Puts a question on standard error, which a person sees also when the output is piped, and waits for a line.</summary>
    public string? Ask(string question)
    {
        lock (_lock)
        {
            TakeBack();
            ErrorOut.Write(UntrustedText.Plain(question));
            ErrorOut.Flush();
        }

        return System.Console.In.ReadLine();
    }

    /// <summary>
    /// Draws on standard output, in the place of what was drawn so before. What does not fit into the window is left out at its end, and
    /// said so: it could not be taken back.
    /// </summary>
    public void DrawAnew(Action<IAnsiConsole> draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        using var text = new StringWriter { NewLine = "\n" };
        var width = Width();
        var console = Console(text, terminal: true, _colouredOut);
        console.Profile.Width = width;
        draw(console);
        var lines = text.ToString().TrimEnd('\n').Split('\n').ToList();
        var (rows, room) = (0, Height() - 2);
        var fit = lines.TakeWhile(line => (rows += RowsOf(line, width)) <= room).Count();
        if (fit < lines.Count)
        {
            lines =
            [
                .. lines.Take(Math.Max(0, fit - 1)),
                $"… ({lines.Count - Math.Max(0, fit - 1)} more lines: enlarge the window, or look without --watch)",
            ];
        }

        lock (_lock)
        {
            TakeBack();
            Out.Write($"{(_sheet > 0 ? $"\e[{_sheet}A" : "")}\r\e[J{string.Join('\n', lines)}\n");
            Out.Flush();
            _sheet = lines.Sum(line => RowsOf(line, width));
        }
    }

    /// <summary>The name of the stage that begins.</summary>
    public void Heading(string text) => Write(Document ? ErrorOut : Out, "", Paint($"== {text}", "1;36", _colouredOut));

    /// <summary>A line whatever the level; who calls has asked already.</summary>
    public void Say(string text) => Write(Document ? ErrorOut : Out, text);

    /// <summary>An error. Shown at every level.</summary>
    public void Error(string text)
    {
        // Who looks for it must not have to unfold a group.
        EndGroup();
        Announce("error", "Error: ", "1;31", text);
    }

    /// <summary>Begins a group of lines that can be folded, in GitHub Actions; elsewhere nothing.</summary>
    public void Group(string title)
    {
        EndGroup();
        if (_actions && Level >= Verbosity.Normal)
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

    /// <summary>What belongs to an error and is only for who looks for its cause.</summary>
    public void ErrorDetail(string text) => Write(ErrorOut, text);

    private void Announce(string level, string word, string colour, string text)
    {
        if (_actions)
        {
            Write(_commandsError, ActionsText.Annotation(level, "Outsource", text));
        }
        else
        {
            Write(ErrorOut, text, Paint(word, colour, _colouredError));
        }
    }

    private static string Paint(string text, string colour, bool coloured) => coloured ? $"\e[{colour}m{text}\e[0m" : text;

    private static IAnsiConsole Console(TextWriter output, bool terminal, bool coloured)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = coloured ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = coloured ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,

                // Spectre.Console draws in colour for every pipeline it knows by its variables, whatever is said above.
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Pipeline.Attach(new PlainCells());
        if (!terminal)
        {
            // Nobody looks at a width here; nothing must be broken for one.
            console.Profile.Width = 1_000_000;
        }

        return console;
    }

    private void Say(string text, Verbosity from)
    {
        if (Level >= from)
        {
            Write(Document ? ErrorOut : Out, text);
        }
    }

    /// <param name="writer">Where to.</param>
    /// <param name="text">What; nothing in it steers the terminal, whoever wrote it.</param>
    /// <param name="lead">What stands before it, of our own.</param>
    private void Write(TextWriter writer, string text, string lead = "")
    {
        lock (_lock)
        {
            TakeBack();
            writer.WriteLine(lead + UntrustedText.Plain(text));
            writer.Flush();
        }
    }

    private ProgressLine Begin(string what, long? total, bool counted)
    {
        lock (_lock)
        {
            // Two bars would fight for one line: the later one waits for the end of the first.
            var progress = new ProgressLine(
                what,
                total,
                counted,
                Level < Verbosity.Normal ? null
                    : _terminalError ? Redraw
                    : Append,
                Forget,
                _terminalError ? ProgressLine.Frame : _interval
            );
            _progress.Add(progress);
            return progress;
        }
    }

    /// <summary>The line on the terminal, if there is one, makes room for what stays.</summary>
    private void TakeBack()
    {
        if (_drawn)
        {
            ErrorOut.Write("\r\e[K");
            _drawn = false;
        }
    }

    /// <summary>A frame may still be on its way when all has ended.</summary>
    private bool IsShown(ProgressLine progress) => _progress.Count > 0 && ReferenceEquals(_progress[0], progress);

    private void Redraw(ProgressLine progress, string text)
    {
        lock (_lock)
        {
            if (!IsShown(progress))
            {
                return;
            }

            // A line that is longer than the terminal could not be taken back; how long it still takes matters more than the bar.
            var width = Math.Max(20, Width() - 1);
            text = progress.Bar(width - text.Length) + text;
            ErrorOut.Write($"\r\e[K{(text.Length > width ? text[..width] : text)}");
            ErrorOut.Flush();
            _drawn = true;
        }
    }

    private void Append(ProgressLine progress, string text)
    {
        lock (_lock)
        {
            if (IsShown(progress))
            {
                ErrorOut.WriteLine(text);
                ErrorOut.Flush();
            }
        }
    }

    private void Forget(ProgressLine progress)
    {
        lock (_lock)
        {
            var shown = IsShown(progress);
            _ = _progress.Remove(progress);
            if (shown)
            {
                TakeBack();
                ErrorOut.Flush();
            }
        }
    }

    /// <summary>Rows of the terminal that a line takes.</summary>
    private static int RowsOf(string line, int width) =>
        Math.Max(1, (new Spectre.Console.Rendering.Segment(Sequences().Replace(line, "")).CellCount() + width - 1) / width);

    private static int Width() => Of(() => System.Console.WindowWidth, 80);

    private static int Height() => Of(() => System.Console.WindowHeight, 24);

    private static int Of(Func<int> size, int usual)
    {
        try
        {
            return size() is > 0 and var known ? known : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m", RegexOptions.CultureInvariant)]
    private static partial Regex Sequences();
}
