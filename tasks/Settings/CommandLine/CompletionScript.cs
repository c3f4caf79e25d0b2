using System.Text;
using System.Text.RegularExpressions;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>
/// The output of <c>--target=Completion</c>: a script for the operator's shell that knows targets, options and values. It is made from the
/// same declarations as <c>--help</c>.
/// </summary>
public static partial class CompletionScript
{
    /// <summary>The script; the shell sources it.</summary>
    /// <param name="shell"><c>bash</c>, <c>zsh</c> or <c>fish</c>.</param>
    /// <param name="tasks">The targets.</param>
    /// <param name="known">Names of tables, and where to look for others.</param>
    public static string Render(string shell, IReadOnlyList<TaskInfo> tasks, CompletionWords known)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(known);
        if (shell == "fish")
        {
            return FishCompletion.Render(tasks, known);
        }

        var options = OptionCatalog.Ours.Concat(OptionCatalog.Cakes).ToList();
        var values = new StringBuilder();
        foreach (var option in options.Where(o => o.Kind != OptionKind.Flag))
        {
            var names = string.Join(
                '|',
                option
                    .Aliases.Where(a => a.Length > 1)
                    .Prepend(option.Name)
                    .Select(n => "--" + n)
                    .Concat(option.Aliases.Where(a => a.Length == 1).Select(a => "-" + a))
            );
            var (words, there) = option.Name == "target" ? ([.. tasks.Select(t => t.Name)], null) : known.Of(option);
            values.Append("        ").Append(names).Append(") words=").Append(Words(words, there)).Append(FilesOf(option)).Append(" ;;\n");
        }

        values.Append("        help) words=").Append(Words([.. tasks.Select(t => t.Name)], null)).Append(" ;;\n");
        var keys = new StringBuilder();
        foreach (var (key, words, there) in known.OfKeys())
        {
            keys.Append("            ").Append(key).Append(") words=").Append(Words(words, there)).Append(" ;;\n");
        }

        var ofTargets = new StringBuilder();
        foreach (var task in tasks)
        {
            var itsOwn = options.Where(o => o.Targets.IsEmpty || o.IsKnownTo(task.Target));
            ofTargets.Append("        ").Append(task.Name).Append(") options='").Append(Describe(itsOwn)).Append("' ;;\n");
        }

        var script = Script
            .ReplaceLineEndings("\n")
            .Replace("@OPTIONS@", "help " + Describe(options), StringComparison.Ordinal)
            .Replace("@TARGETS@\n", ofTargets.ToString(), StringComparison.Ordinal)
            .Replace("@VALUES@\n", values.ToString(), StringComparison.Ordinal)
            .Replace("@KEYS@\n", keys.ToString(), StringComparison.Ordinal)
            .Replace("@LOOKUP@", ShellText.Quote(known.Lookup()), StringComparison.Ordinal);
        return shell == "zsh" ? "autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n" + script : script;
    }

    /// <summary>Words as the shell's text, with those that are looked up when they are needed.</summary>
    private static string Words(IReadOnlyList<string> words, string? there) =>
        $"'{string.Join(' ', words)}'" + (there is null ? "" : $"\" $(_outsource_known {there})\"");

    private static string Describe(IEnumerable<Option> options) =>
        string.Join(' ', options.Select(o => o.Kind == OptionKind.Flag ? $"--{o.Name}" : $"--{o.Name}="));

    /// <summary>The values that an option takes, if they are known.</summary>
    public static IReadOnlyList<string> ValuesOf(Option option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return option.Name == "verbosity" ? ["quiet", "minimal", "normal", "verbose", "diagnostic"]
            : !option.Allowed.IsEmpty ? option.Allowed
            :
            [
                .. (option.Placeholder ?? "")
                    .Split('|')
                    .Where(p => Word().IsMatch(p))
                    .Select(p => p.Replace("PATH", "", StringComparison.Ordinal)),
            ];
    }

    /// <summary>Whether an option takes a file or folder.</summary>
    internal static bool TakesFiles(Option option) => FilesOf(option).Length > 0;

    /// <summary>Whether file names are offered, and after which prefix.</summary>
    private static string FilesOf(Option option)
    {
        var places = (option.Placeholder ?? "").Split('|');
        return places.Contains("file:PATH") ? " files=file:"
            : places.Any(p => p is "FILE" or "FOLDER" or "PATH") ? " files=yes"
            : "";
    }

    /// <summary>A literal value, and <c>file:PATH</c>.</summary>
    [GeneratedRegex("^([a-z_]+|file:PATH)$")]
    private static partial Regex Word();

    // bash splits words at '=' and ':' (COMP_WORDBREAKS) and replaces the last piece with the match; zsh splits only at blanks.
    private const string Script = """
        # Completion of outsource and build.sh. Source it, or put that into your shell's start-up file.
        # Plans, modes and sources in the work_dir of the configuration in use.
        _outsource_known() {
            local config='' typed=" $line"
            case $typed in
                *' --demo '*) config=:demo ;;
                *' --config='*)
                    config=${typed##*' --config='}
                    config=${config%%[[:space:]]*}
                    ;;
                *' --config '*)
                    config=${typed##*' --config '}
                    config=${config%%[[:space:]]*}
                    ;;
            esac
            command sh -c @LOOKUP@ outsource "$1" "$config" </dev/null
        }
        _outsource() {
            local line=${COMP_LINE:0:$COMP_POINT}
            local word=${line##*[[:space:]]} option='' value='' before='' words='' files='' one
            COMPREPLY=()
            case $word in
                -*=*)
                    option=${word%%=*}
                    value=${word#*=}
                    ;;
                -*) ;;
                *)
                    # The value may stand apart: --target DryRun
                    before=${line%"$word"}
                    before=${before%"${before##*[![:space:]]}"}
                    before=${before##*[[:space:]]}
                    case $before in
                        -*=*) ;;
                        -* | help)
                            option=$before
                            value=$word
                            ;;
                    esac
                    ;;
            esac
            if [[ -z $option ]]; then
                # Only the options of the target that is typed already; without one, all.
                local options='@OPTIONS@' target=" ${line//=/ } "
                case $target in
                    *' --target '*) target=${target##*' --target '} ;;
                    *' -t '*) target=${target##*' -t '} ;;
                    *) target='' ;;
                esac
                case ${target%%[[:space:]]*} in
        @TARGETS@
                esac
                # The compgen of zsh does not leave out what does not fit.
                while IFS= read -r one; do [[ $one != "$word"* ]] || COMPREPLY+=("$one"); done < <(compgen -W "$options" -- "$word")
                if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[*]} == *= ]] && type compopt >/dev/null 2>&1; then
                    compopt -o nospace 2>/dev/null
                fi
                return 0
            fi
            case $option in
        @VALUES@
            esac
            # Of --set, what stands after the key; of a list, what stands after the last comma.
            local kept=''
            if [[ $option == --set && $value == *=* ]]; then
                words=''
                case ${value%%=*} in
        @KEYS@
                esac
                kept=${value%%=*}=
            fi
            [[ $value != *,* ]] || kept=${value%,*},
            value=${value#"$kept"}
            while IFS= read -r one; do
                [[ -z $one || $one != "$value"* ]] || COMPREPLY+=("$kept$one")
            done < <(compgen -W "$words" -- "$value")
            if [[ $files == file: ]]; then
                # Behind file: is a path.
                case $value in
                    file:*)
                        kept=$kept$files
                        value=${value#file:}
                        ;;
                    *) files='' ;;
                esac
            fi
            if [[ -n $files && -n ${ZSH_VERSION-} ]]; then
                # The compgen of zsh looks at the whole word, the option with it.
                setopt localoptions nullglob
                for one in "$value"*; do COMPREPLY+=("$kept$one"); done
            elif [[ -n $files ]]; then
                while IFS= read -r one; do [[ $one != "$value"* ]] || COMPREPLY+=("$kept$one"); done < <(compgen -f -- "$value")
                ! type compopt >/dev/null 2>&1 || compopt -o filenames 2>/dev/null
            fi
            # What the shell replaces begins behind the last of its breaks, or with the option.
            local stem=$word i
            if [[ ${COMP_WORDBREAKS-} == *=* && $word == -*=* ]]; then
                stem=${word#*=}
            fi
            local typed=${stem%"$kept$value"}
            for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
                [[ -z ${ZSH_VERSION-} ]] || break
                COMPREPLY[i]=$typed${COMPREPLY[i]}
                if [[ ${COMP_WORDBREAKS-} == *=* && $stem == *=* ]]; then
                    COMPREPLY[i]=${COMPREPLY[i]#"${stem%"${stem##*=}"}"}
                fi
                if [[ ${COMP_WORDBREAKS-} == *:* && $stem == *:* ]]; then
                    COMPREPLY[i]=${COMPREPLY[i]#"${stem%"${stem##*:}"}"}
                fi
            done
            if [[ -n ${ZSH_VERSION-} && -n $typed ]]; then
                COMPREPLY=("${COMPREPLY[@]/#/$typed}")
            fi
            if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[*]} == *= ]] && type compopt >/dev/null 2>&1; then
                compopt -o nospace 2>/dev/null
            fi
            return 0
        }
        complete -F _outsource outsource build.sh

        """;
}
