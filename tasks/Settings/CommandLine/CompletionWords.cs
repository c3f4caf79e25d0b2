using System.Collections.Immutable;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>
/// What completion offers as values. Names of tables are known when the script is made. Plans, modes and sources are looked up when Tab is
/// pressed, in the work_dir of the configuration in use: a short script for <c>sh</c>, which says nothing if it fails and reads little.
/// </summary>
public sealed record CompletionWords
{
    /// <summary>What <see cref="Lookup"/> can look up: plans, and <c>mode</c> and <c>source</c> of the newest plans' runs.</summary>
    internal const string Plans = "plans",
        ModesThere = "mode",
        SourcesThere = "source";

    /// <summary>The data types of the tables.</summary>
    public ImmutableArray<string> DataTypes { get; init; } = [];

    /// <summary>The modes of the tables.</summary>
    public ImmutableArray<string> Modes { get; init; } = [];

    /// <summary>The RSEs of the tables.</summary>
    public ImmutableArray<string> Rses { get; init; } = [];

    /// <summary>The demo's work_dir. Absolute, or null.</summary>
    public string? DemoFolder { get; init; }

    /// <summary>The words of an option, and what is looked up besides; null: nothing.</summary>
    internal (IReadOnlyList<string> Words, string? There) Of(Option option) =>
        option.Name switch
        {
            "name" or "with" => ([], Plans),
            "mode" => (Modes, ModesThere),
            "source" => ([], SourcesThere),
            "set" => ([.. KeyCatalog.In(KeyCatalog.Outsource).Select(k => k.Name + "=")], null),
            _ => (CompletionScript.ValuesOf(option), null),
        };

    /// <summary>The words of the keys that <c>--set</c> takes, those with words only.</summary>
    internal IEnumerable<(string Key, IReadOnlyList<string> Words, string? There)> OfKeys() =>
        KeyCatalog
            .In(KeyCatalog.Outsource)
            .Select(key => (key.Name, Of(key), There(key)))
            .Where(k => k.Item2.Count > 0 || k.Item3 is not null);

    private IReadOnlyList<string> Of(Key key) =>
        key.Name == "dtypes" ? DataTypes
        : key.Name.EndsWith("_rse", StringComparison.Ordinal) ? Rses
        : key.Name.EndsWith("_modes", StringComparison.Ordinal) ? Modes
        : key.Kind == KeyKind.Boolean ? ["True", "False"]
        : key.Option is { } option ? CompletionScript.ValuesOf(option)
        : [];

    private static string? There(Key key) =>
        key.Name.EndsWith("_modes", StringComparison.Ordinal) ? ModesThere
        : key.Name.EndsWith("_sources", StringComparison.Ordinal) ? SourcesThere
        : null;

    /// <summary>
    /// The script for <c>sh -c</c>. Its arguments are what to look up, and the configuration as typed: <c>:demo</c>, or nothing. Only plain
    /// names are offered, because the shell may look into what it is given.
    /// </summary>
    internal string Lookup() =>
        Script.ReplaceLineEndings("\n").Replace("@DEMO@", ShellText.Quote(DemoFolder ?? ""), StringComparison.Ordinal);

    private const string Script = """
        exec 2>/dev/null
        folder=
        config=$2
        case $config in
            :demo) folder=${OUTSOURCE_DEMO:-@DEMO@} ;;
            "")
                config=${XENON_CONFIG:-$HOME/.xenon_config}
                [ -e "$config" ] || [ -n "$XENON_CONFIG" ] || folder=${OUTSOURCE_DEMO:-@DEMO@}
                ;;
            "~/"*) config=$HOME/${config#??} ;;
        esac
        if [ -z "$folder" ] && [ -f "$config" ]; then
            folder=$(head -c 262144 "$config" | awk '
                /^\[/ { inside = ($0 ~ /^\[Outsource\]/) }
                inside && tolower($0) ~ /^work_dir[ \t]*[=:]/ {
                    sub(/^[^=:]*[=:][ \t]*/, "")
                    sub(/[ \t\r]+$/, "")
                    for (i = 0; i < 20 && match($0, /[$][{]?[A-Za-z_][A-Za-z0-9_]*[}]?/); i++) {
                        name = substr($0, RSTART, RLENGTH)
                        gsub(/[${}]/, "", name)
                        $0 = substr($0, 1, RSTART - 1) ENVIRON[name] substr($0, RSTART + RLENGTH)
                    }
                    sub(/^~/, ENVIRON["HOME"])
                    print
                    exit
                }')
        fi
        case $folder in
            /*) ;;
            *) exit 0 ;;
        esac
        limit=
        command -v timeout >/dev/null && limit="timeout 2"
        if [ "$1" = plans ]; then
            $limit ls -1 "$folder/generated" | head -n 500 | grep -E "^[A-Za-z0-9_][A-Za-z0-9._-]*\$"
        else
            $limit ls -1t "$folder"/generated/*/runs.jsonl | head -n 10 | while IFS= read -r runs; do
                [ ! -f "$runs" ] || head -c 1048576 "$runs"
            done | grep -oE "\"$1\":\"[A-Za-z0-9_.-]+\"" | cut -d "\"" -f 4 | sort -u | head -n 200
        fi
        exit 0

        """;
}
