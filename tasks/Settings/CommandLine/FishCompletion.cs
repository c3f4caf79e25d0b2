using System.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>The completion of fish, which has a command for it: one line per option, with the targets that know the option.</summary>
internal static class FishCompletion
{
    private const string Begin = """
        # Completion of outsource and build.sh for fish. Source it, or save it in ~/.config/fish/completions/outsource.fish.
        # True where the typed target is one of those given, or none is typed yet.
        function __outsource_target
            set -l line (string join ' ' -- (commandline -opc))
            set -l typed (string match -rg -- '(?:--target|-t)[= ](\S+)' $line)
            test (count $typed) -eq 0; or contains -- (string lower -- $typed[-1]) (string lower -- $argv)
        end

        """;

    /// <summary>The script.</summary>
    /// <param name="tasks">The targets.</param>
    public static string Render(IReadOnlyList<TaskInfo> tasks)
    {
        var script = new StringBuilder(Begin.ReplaceLineEndings("\n")).Append('\n');
        foreach (var command in new[] { "outsource", "build.sh" })
        {
            script.Append("complete -c ").Append(command).Append(" -f\n");
            foreach (var option in OptionCatalog.Ours.Concat(OptionCatalog.Cakes))
            {
                script.Append("complete -c ").Append(command).Append(LineOf(option, tasks)).Append('\n');
            }
        }

        return script.ToString();
    }

    private static string LineOf(Option option, IReadOnlyList<TaskInfo> tasks)
    {
        var line = new StringBuilder();
        if (!option.Targets.IsEmpty)
        {
            line.Append(" -n ").Append(Quoted($"__outsource_target {string.Join(' ', option.Targets)}"));
        }

        line.Append(" -l ").Append(option.Name);
        foreach (var letter in option.Aliases.Where(a => a.Length == 1))
        {
            line.Append(" -s ").Append(Quoted(letter));
        }

        if (option.Kind != OptionKind.Flag)
        {
            var values = option.Name == "target" ? tasks.Select(t => t.Name) : CompletionScript.ValuesOf(option);

            // Files are what fish offers where it is not told that there are none.
            line.Append(CompletionScript.TakesFiles(option) ? " -rF" : " -x");
            line.Append(values.Any() ? $" -a {Quoted(string.Join(' ', values))}" : "");
        }

        return line.Append(" -d ").Append(Quoted(option.Meaning)).ToString();
    }

    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
