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

        # Plans, modes and sources in the work_dir of the configuration in use.
        function __outsource_known
            set -l line (string join ' ' -- (commandline -opc))
            set -l config (string match -rg -- '--config[= ](\S+)' $line)
            string match -q -- '* --demo*' $line; and set config :demo
            set -a config ''
            sh -c @LOOKUP@ outsource $argv[1] $config[1] </dev/null
        end

        function __outsource_after_help
            set -l words (commandline -opc)
            test (count $words) -eq 2; and test "$words[2]" = help
        end

        # The keys of --set, then the values of the key.
        function __outsource_set
            set -l value (string replace -r -- '^--set=' '' (commandline -ct))
            set -l kept (string match -rg -- '^(.*[=,])' $value)
            set -l words
            switch (string replace -r -- '=.*' '' $value)
        @KEYS@
            end
            if not string match -q -- '*=*' $value
                set words @NAMES@
            end
            for word in $words
                echo "$kept$word"
            end
        end

        """;

    /// <summary>The script.</summary>
    /// <param name="tasks">The targets.</param>
    /// <param name="known">Names of tables, and where to look for others.</param>
    public static string Render(IReadOnlyList<TaskInfo> tasks, CompletionWords known)
    {
        var keys = new StringBuilder();
        foreach (var (key, words, there) in known.OfKeys())
        {
            keys.Append("        case ").Append(key).Append("\n            set words ").Append(Words(words, there)).Append('\n');
        }

        var script = new StringBuilder(
            Begin
                .ReplaceLineEndings("\n")
                .Replace("@LOOKUP@", Quoted(known.Lookup()), StringComparison.Ordinal)
                .Replace("@NAMES@", Words(known.Of(OptionCatalog.ByName["set"]).Words, null), StringComparison.Ordinal)
                .Replace("@KEYS@\n", keys.ToString(), StringComparison.Ordinal)
        ).Append('\n');
        var targets = Quoted(Words([.. tasks.Select(t => t.Name)], null));
        foreach (var command in new[] { "outsource", "build.sh" })
        {
            script.Append("complete -c ").Append(command).Append(" -f\n");
            script.Append("complete -c ").Append(command).Append(" -n __fish_is_first_arg -a help -d 'print the help'\n");
            script.Append("complete -c ").Append(command).Append(" -n '__outsource_after_help' -a ").Append(targets).Append('\n');
            foreach (var option in OptionCatalog.Ours.Concat(OptionCatalog.Cakes))
            {
                script.Append("complete -c ").Append(command).Append(LineOf(option, tasks, known)).Append('\n');
            }
        }

        return script.ToString();
    }

    private static string Words(IEnumerable<string> words, string? there) =>
        string.Join(' ', there is null ? words : words.Append($"(__outsource_known {there})"));

    private static string LineOf(Option option, IReadOnlyList<TaskInfo> tasks, CompletionWords known)
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
            var (words, there) = option.Name == "target" ? ([.. tasks.Select(t => t.Name)], null) : known.Of(option);
            var values = option.Name == "set" ? "(__outsource_set)" : Words(words, there);

            // Files are what fish offers where it is not told that there are none.
            line.Append(CompletionScript.TakesFiles(option) ? " -rF" : " -x");
            line.Append(values.Length > 0 ? $" -a {Quoted(values)}" : "");
        }

        return line.Append(" -d ").Append(Quoted(option.Meaning)).ToString();
    }

    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
