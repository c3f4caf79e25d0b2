using System.Text;
using System.Text.RegularExpressions;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>
/// The output of <c>--help</c>: one screen with the targets in the order of their use, and the options that everybody needs.
/// </summary>
public static partial class HelpOverview
{
    /// <summary>The lines of a usual screen.</summary>
    public const int Lines = 48;

    private const int Left = 20;

    private const int OptionsLeft = 28;

    /// <summary>The page, lines ended by <c>\n</c>.</summary>
    public static string Render(IReadOnlyList<TaskInfo> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var text = new StringBuilder();
        text.Append("Outsource: submits XENONnT processing to the Open Science Grid.\n");
        text.Append("Usage: ").Append(ProgramCommand.Program).Append(" [--target=TASK] [options]\n")
            .Append("Without --target it is DryRun, which shows a plan and submits nothing.\n\n");
        foreach (var moment in Moment.All)
        {
            Group(text, moment.When, [.. moment.Targets.SelectMany(target => tasks.Where(t => t.Target == target))]);
        }

        Group(text, "other", [.. tasks.Where(t => t.Target is null)]);
        foreach (var named in new[] { Moment.Seldom, Moment.Stages })
        {
            HelpText.Wrap(text, $"  {named.When,-8}", [.. named.Targets.Select(t => t.ToString())]);
        }

        text.Append('\n');
        foreach (var option in OptionCatalog.Ours.Where(o => o.Everyday))
        {
            text.Append($"  {option.Usage}".PadRight(OptionsLeft)).Append(Cut(WithoutTargets(option.Meaning), HelpText.Width - OptionsLeft))
                .Append('\n');
        }

        text.Append("\nMore: --target=TASK --help; all options and keys: --help --verbosity=verbose.\n");
        HelpText.Codes(text, "nothing to do");
        return text.ToString();
    }

    /// <summary>The meaning of an option without the targets at its beginning: "Diff, List: one document" → "one document".</summary>
    internal static string WithoutTargets(string meaning) => TargetsFirst().Replace(meaning, "");

    /// <summary>As much of a sentence as fits, up to the end of a clause if possible.</summary>
    /// <param name="sentence">A remark in brackets at its end is left out.</param>
    /// <param name="width">In characters.</param>
    internal static string Cut(string sentence, int width)
    {
        var text = Remark().Replace(sentence, "");
        if (text.Length <= width)
        {
            return text;
        }

        var clause = text.LastIndexOfAny([';', ':'], width);
        clause = clause > width / 3 ? clause : text.LastIndexOf(',', width);
        return clause > width / 3 ? text[..clause] : text[..text.LastIndexOf(' ', width - 1)] + "…";
    }

    private static void Group(StringBuilder text, string when, IReadOnlyList<TaskInfo> tasks)
    {
        foreach (var task in tasks)
        {
            text.Append($"  {(task == tasks[0] ? when : ""),-8}{task.Name} ".PadRight(Left + 1))
                .Append(Cut(task.Description, HelpText.Width - Left - 1))
                .Append('\n');
        }
    }

    [GeneratedRegex(@"^([A-Z][A-Za-z]+(, )?)+: ")]
    private static partial Regex TargetsFirst();

    [GeneratedRegex(@" \([^()]*\)$")]
    private static partial Regex Remark();
}
