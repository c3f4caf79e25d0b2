using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>
/// The output of <c>--help --verbosity=verbose</c>: everything, made from the catalogs of options and keys so that it is always up to date.
/// </summary>
public static class HelpText
{
    /// <summary>The widest line, in characters.</summary>
    public const int Width = 80;

    private const int Indent = 28;

    /// <summary>The whole text, lines ended by <c>\n</c>.</summary>
    public static string Render(IReadOnlyList<TaskInfo> tasks)
    {
        var text = new StringBuilder();
        text.Append("Outsource: submits XENONnT processing to the Open Science Grid.\n\n");
        text.Append("Usage: ").Append(ProgramCommand.Program).Append(" [--target=TASK] [options]\n")
            .Append("--target=TASK --help shows only that target.\n\nTargets:\n");
        foreach (var task in tasks)
        {
            Entry(text, task.Name, task.Description);
        }

        text.Append("\nOptions:\n");
        foreach (var option in OptionCatalog.Ours)
        {
            Entry(text, option.Usage, Describe(option));
        }

        text.Append("\nOptions of the build engine (Cake):\n");
        foreach (var option in OptionCatalog.Cakes)
        {
            var letters = option.Aliases.Where(a => a.Length == 1).Select(a => $"-{a}, ");
            Entry(
                text,
                string.Concat(letters) + option.Usage,
                Describe(option)
                    + string.Concat(option.Aliases.Where(a => a.Length > 1).Select((a, i) => (i == 0 ? "; also --" : ", --") + a))
            );
        }

        text.Append("\nKeys of the configuration (--target=Init writes a file with all of them):\n");
        foreach (var section in KeyCatalog.All.GroupBy(k => k.Section))
        {
            text.Append("  [").Append(section.Key).Append("]\n");
            foreach (var key in section)
            {
                Entry(text, key.Name, key.Description);
            }
        }

        text.Append("\nOption names are not case-sensitive. A value may follow '=' or a blank. Lists\n")
            .Append("may be repeated, or separated by commas or blanks: --run=7157,7158,\n")
            .Append("--run=\"7157 7158\", --run=7157 --run=7158.\n");
        text.Append("A setting comes from the option, or else from the configuration file, or else\n")
            .Append("from the default; generated/NAME/settings.yml shows the origin of each value.\n");
        text.Append("\nExit codes:\n");
        Entry(text, $"{ExitCodes.Done}", "done");
        Entry(text, $"{ExitCodes.Failed}", "failed: a service, a disk, a tool without a code of its own");
        Entry(text, $"{ExitCodes.Usage}", "called or configured wrongly; nothing was run");
        Entry(text, $"{ExitCodes.NothingToDo}", "nothing to do; nothing was written");
        Entry(text, $"{ExitCodes.Cancelled}", "stopped by Ctrl-C");
        Entry(text, "any other", "the code of the tool that failed");
        text.Append("\nExamples:\n");
        foreach (var (command, what) in Examples)
        {
            text.Append("  ").Append(ProgramCommand.Program).Append(' ').Append(command).Append("\n      ").Append(what).Append('\n');
        }

        return text.ToString();
    }

    private static readonly (string Command, string What)[] Examples =
    [
        ("--target=DryRun", "what would be processed, what not, and why"),
        ("--target=WriteWorkflow --run=7157 --debug", "the workflow of one run, for inspection"),
        ("--target=Submit --context=xenonnt_v14 --from=43000", "process everything from run 43000 on"),
        ("--target=FilterModes --exclusive --name=2024-02-17", "one stage again, on the artifacts of the earlier stages"),
    ];

    internal static string Describe(Option option)
    {
        var text = new StringBuilder(option.Meaning);
        if (!option.Allowed.IsEmpty)
        {
            text.Append(" (").AppendJoin('|', option.Allowed).Append(')');
        }

        if (option.Default is not null)
        {
            text.Append("; default: ").Append(option.Default);
        }

        if (option.AlsoSetBy.Length > 0)
        {
            text.Append("; also ").Append(option.AlsoSetBy);
        }

        return text.ToString();
    }

    /// <summary>The exit codes in two lines.</summary>
    /// <param name="text">Where they are added.</param>
    /// <param name="three">The meaning of code 3.</param>
    internal static void Codes(StringBuilder text, string three)
    {
        var codes = $"Exit codes: {ExitCodes.Done} done, {ExitCodes.Failed} failed, {ExitCodes.Usage} called or configured wrongly, ";
        codes += $"{ExitCodes.NothingToDo} {three}, {ExitCodes.Cancelled} stopped; if a tool fails, its own exit code.";
        Wrap(text, "", codes.Split(' '));
    }

    /// <summary>Words in lines of the width, all behind the same margin.</summary>
    /// <param name="text">Where they are added.</param>
    /// <param name="margin">The beginning of the first line.</param>
    /// <param name="words">Without blanks.</param>
    internal static void Wrap(StringBuilder text, string margin, IReadOnlyList<string> words)
    {
        var line = margin;
        foreach (var word in words)
        {
            if (line.Length > margin.Length && line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line = new string(' ', margin.Length);
            }

            line += line.Length > margin.Length ? " " + word : word;
        }

        text.Append(line).Append('\n');
    }

    internal static void Entry(StringBuilder text, string left, string right)
    {
        var line = "  " + left;
        if (line.Length > Indent - 2)
        {
            text.Append(line).Append('\n');
            line = "";
        }

        line = line.PadRight(Indent);
        var start = true;
        foreach (var word in right.Split(' '))
        {
            if (!start && line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line = new string(' ', Indent);
                start = true;
            }

            line += start ? word : " " + word;
            start = false;
        }

        text.Append(line).Append('\n');
    }
}
