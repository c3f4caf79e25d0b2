using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>What an option takes.</summary>
public enum OptionKind
{
    /// <summary>Nothing, or <c>=true</c>, <c>=false</c>.</summary>
    Flag,

    /// <summary>One value; giving it twice with different values is refused.</summary>
    Value,

    /// <summary>Several values: repeated, or separated by commas or blanks.</summary>
    List,
}

/// <summary>An option of the command line.</summary>
/// <param name="Name">Lower case, without dashes.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Meaning">One line for <c>--help</c> and docs/options.md.</param>
public sealed record Option(string Name, OptionKind Kind, string Meaning)
{
    /// <summary>What stands for the value in <c>--help</c>: <c>FILE</c>.</summary>
    public string? Placeholder { get; init; }

    /// <summary>The only values it takes, compared without case; empty: any.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>What holds when neither it nor anything else is given; null: nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The key of <c>[Outsource]</c> that says the same, or null.</summary>
    public string? ConfigKey { get; init; }

    /// <summary>The environment variable that says the same, or null.</summary>
    public string? Variable { get; init; }

    /// <summary>Other spellings, without dashes; one letter means one dash.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>How it is written: <c>--run=N[,N…]</c>.</summary>
    public string Usage =>
        Kind switch
        {
            OptionKind.Flag => $"--{Name}",
            OptionKind.List => $"--{Name}={Placeholder}[,{Placeholder}…]",
            _ => $"--{Name}={Placeholder}",
        };

    /// <summary>Whether the stages themselves heed it; the other options are heeded by LoadConfig alone.</summary>
    public bool HeededByStages { get; init; }

    /// <summary>The only targets that know it; any other refuses it. Empty, of Cake's options only: all.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>
    /// Whether it lets something happen that would not happen without it: never proposed for a word that is only somewhat like it.
    /// </summary>
    public bool Acts { get; init; }

    /// <summary>Where else it can be set, for people: <c>[Outsource] image, $CONDA_PREFIX</c>; empty when nowhere.</summary>
    public string AlsoSetBy =>
        string.Join(
            ", ",
            new[] { ConfigKey is null ? null : $"[Outsource] {ConfigKey}", Variable is null ? null : $"${Variable}" }.OfType<string>()
        );
}

/// <summary>Targets that take the same options.</summary>
public static class TargetSets
{
    /// <summary>The stages, and what runs them.</summary>
    public static ImmutableArray<string> Planning { get; } =
    ["Default", "DryRun", "LoadConfig", "QueryRuns", "FilterModes", "PlanChunks", "WriteWorkflow", "PegasusPlan", "PegasusRun", "Submit"];

    /// <summary>Those that load settings from the arguments; Explain with <c>--fresh</c>.</summary>
    public static ImmutableArray<string> Settings { get; } = [.. Planning, "Preflight", "Explain"];

    /// <summary>Those that work on one workflow.</summary>
    public static ImmutableArray<string> Named { get; } =
    [.. Settings, "Status", "Analyze", "Statistics", "Outputs", "Resubmit", "Hold", "Release", "Remove", "Report", "Draw", "Diff"];

    /// <summary>Those that read the configuration.</summary>
    public static ImmutableArray<string> Configured { get; } = [.. Named, "List"];

    /// <summary>Those that start, stop or take away something: never proposed for a word that is only somewhat like one.</summary>
    public static ImmutableArray<string> Acting { get; } = ["Submit", "PegasusRun", "Remove", "Hold", "Release", "Resubmit"];
}

/// <summary>
/// The one declaration of all options. <c>--help</c>, the parser and the table in docs/options.md are made from it; a new option is a new
/// line.
/// </summary>
public static class OptionCatalog
{
    /// <summary>Our own options, in the order of <c>--help</c>.</summary>
    public static ImmutableArray<Option> Ours { get; } =
    [
        new("context", OptionKind.Value, "strax context to process with")
        {
            Placeholder = "NAME",
            ConfigKey = "context",
            Targets = TargetSets.Settings,
        },
        new("xedocs-version", OptionKind.Value, "global version of the corrections, given to the context in submitter and jobs")
        {
            Placeholder = "VERSION",
            ConfigKey = "xedocs_version",
            Default = "the context's own",
            Targets = TargetSets.Settings,
        },
        new("image", OptionKind.Value, "image of the jobs: full path, address (docker://…, osdf://…), or a tag of the base environment")
        {
            Placeholder = "PATH|TAG",
            ConfigKey = "image",
            Variable = "CONDA_PREFIX or $PATH",
            Default = "the release we stand in",
            Targets = TargetSets.Settings,
        },
        new("plan", OptionKind.Value, "with --reuse: only if the plan is still the one that was shown; DryRun prints its digest")
        {
            Placeholder = "DIGEST",
            HeededByStages = true,
            Targets = TargetSets.Planning,
        },
        new("name", OptionKind.Value, "name of the workflow and its directories")
        {
            Placeholder = "NAME",
            Default = "the padded run number for one run, else the date",
            HeededByStages = true,
            Targets = TargetSets.Named,
        },
        new("run", OptionKind.List, "only these runs; Explain, Draw: of a workflow, these")
        {
            Placeholder = "N",
            Default = "all",
            Targets = [.. TargetSets.Settings, "Draw", "Report"],
        },
        new("runlist", OptionKind.Value, "only the runs in this file, one number a line, # starts a comment")
        {
            Placeholder = "FILE",
            Targets = TargetSets.Settings,
        },
        new(
            "stage",
            OptionKind.Flag,
            "jobs have data brought from tape to disk before they read it, so that RSEs that are tape for them are readable"
        )
        {
            ConfigKey = "stage",
            Targets = TargetSets.Settings,
        },
        new("from", OptionKind.Value, "first run, inclusive; never below min_run_number")
        {
            Placeholder = "N",
            Default = "min_run_number",
            Targets = TargetSets.Settings,
        },
        new("to", OptionKind.Value, "last run, inclusive") { Placeholder = "N", Targets = TargetSets.Settings },
        new("mode", OptionKind.List, "only runs of these modes; exclude_modes does not apply then")
        {
            Placeholder = "MODE",
            Default = "all but exclude_modes",
            Targets = TargetSets.Settings,
        },
        new("source", OptionKind.List, "only runs with these calibration sources")
        {
            Placeholder = "SOURCE",
            Default = "all",
            Targets = TargetSets.Settings,
        },
        new("detector", OptionKind.Value, "only runs of this detector, and only its data types")
        {
            Placeholder = "all|tpc|neutron_veto|muon_veto",
            ConfigKey = "detector",
            Default = "all",
            Targets = TargetSets.Settings,
        },
        new("debug", OptionKind.Flag, "plan but do not start; nothing is uploaded, results come back to outputs/NAME")
        {
            Targets = TargetSets.Settings,
        },
        new("replace", OptionKind.Flag, "replace an existing workflow or plan of this name")
        {
            HeededByStages = true,
            Targets = TargetSets.Planning,
            Acts = true,
        },
        new("force", OptionKind.Flag, "process again what is processed already, and replace as --replace does")
        {
            HeededByStages = true,
            Targets = TargetSets.Settings,
            Acts = true,
        },
        new("include-in-flight", OptionKind.Flag, "process also what a workflow whose jobs may run makes already")
        {
            HeededByStages = true,
            Targets = TargetSets.Settings,
            Acts = true,
        },
        new("config", OptionKind.Value, "the configuration file")
        {
            Placeholder = "FILE",
            Variable = "XENON_CONFIG",
            Default = "~/.xenon_config, else the demo",
            HeededByStages = true,
            Targets = [.. TargetSets.Configured, "Init"],
        },
        new("accept-image-mismatch", OptionKind.Flag, "go on although image and context document are of different releases")
        {
            Targets = TargetSets.Settings,
            Acts = true,
        },
        new("context-file", OptionKind.Value, "file with context documents: one, or a JSON array")
        {
            Placeholder = "FILE",
            ConfigKey = "context_file",
            Default = "ask the environment's python3, else the RunDB",
            Targets = TargetSets.Settings,
        },
        new("rundb", OptionKind.Value, "where run documents come from")
        {
            Placeholder = "rest|mongo|file:PATH",
            ConfigKey = "rundb",
            Default = "mongo with xent_url, else rest with rundb_api_url",
            Targets = TargetSets.Settings,
        },
        new("rucio", OptionKind.Value, "where the files of a dataset are listed")
        {
            Placeholder = "rest|file:PATH",
            ConfigKey = "rucio",
            Default = "rest",
            Targets = TargetSets.Settings,
        },
        new("straxen-version", OptionKind.Value, "straxen version of the context document, where the RunDB is asked for it over REST")
        {
            Placeholder = "VERSION",
            ConfigKey = "straxen_version",
            Targets = TargetSets.Settings,
        },
        new("max-parallel-requests", OptionKind.Value, "requests to a service under way at the same time")
        {
            Placeholder = "N",
            ConfigKey = "max_parallel_requests",
            Default = "16",
            Targets = TargetSets.Settings,
        },
        new("save-snapshot", OptionKind.Value, "keep what the sources answer in this folder, as files that can be asked instead")
        {
            Placeholder = "FOLDER",
            HeededByStages = true,
            Targets = TargetSets.Planning,
        },
        new("snapshot-selected-only", OptionKind.Flag, "leave runs that are not selected out of the snapshot")
        {
            HeededByStages = true,
            Targets = TargetSets.Planning,
        },
        new("reuse", OptionKind.Flag, "take what earlier stages left in generated/NAME when it still fits the settings")
        {
            HeededByStages = true,
            Targets = [.. TargetSets.Planning, "Preflight"],
        },
        new("demo", OptionKind.Flag, "use the embedded demo, whatever else is configured")
        {
            HeededByStages = true,
            Targets = [.. TargetSets.Configured, "Init"],
        },
        new(
            "payload",
            OptionKind.Value,
            "what the jobs run: the real programs, or stand-ins that test a grid and need no image, no service and no credentials"
        )
        {
            Placeholder = "strax|canary",
            Allowed = ["strax", "canary"],
            Default = "strax",
            Targets = TargetSets.Settings,
        },
        new(
            "canary-fail",
            OptionKind.List,
            "canary jobs that are to fail; GROUP: the number of a chunk job, or combine; @MB: only while it asks for less memory"
        )
        {
            Placeholder = "RUN:TYPE[:GROUP][@MB]",
            Targets = TargetSets.Settings,
        },
        new("canary-sleep", OptionKind.Value, "how long each canary job works")
        {
            Placeholder = "SECONDS",
            Default = "0",
            Targets = TargetSets.Settings,
        },
        new("canary-megabytes", OptionKind.Value, "size of a chunk that a canary makes")
        {
            Placeholder = "MB",
            Default = "0.001",
            Targets = TargetSets.Settings,
        },
        new("site-profile", OptionKind.Value, "file merged over the built-in sites (tables/sites-local.yml: a single machine)")
        {
            Placeholder = "FILE",
            ConfigKey = "site_profile",
            Targets = TargetSets.Settings,
        },
        new("tables-folder", OptionKind.Value, "folder whose tables replace ours, file by file")
        {
            Placeholder = "FOLDER",
            ConfigKey = "tables_folder",
            Targets = TargetSets.Settings,
        },
        new(
            "watch",
            OptionKind.Flag,
            "Status: look again every --interval until the workflow ends, in place on a terminal; Ctrl-C ends the watching"
        )
        {
            HeededByStages = true,
            Targets = ["Status"],
        },
        new("interval", OptionKind.Value, "Status --watch: seconds from one look to the next")
        {
            Placeholder = "SECONDS",
            Default = "30",
            HeededByStages = true,
            Targets = ["Status"],
        },
        new(
            "json",
            OptionKind.Flag,
            "DryRun, Explain, Diff, Status, List: one JSON document on standard output instead of a report (docs/schemas)"
        )
        {
            HeededByStages = true,
            Targets = ["Default", "DryRun", "Explain", "Diff", "Status", "List"],
        },
        new("yes", OptionKind.Flag, "Submit, Remove, Hold, Release, Resubmit: do it without asking")
        {
            HeededByStages = true,
            Targets = ["Submit", "PegasusRun", "Remove", "Hold", "Release", "Resubmit"],
            Acts = true,
        },
        new("only", OptionKind.List, "Resubmit, Release, Analyze, Outputs: only these runs")
        {
            Placeholder = "RUN",
            Default = "all",
            HeededByStages = true,
            Targets = ["Resubmit", "Release", "Analyze", "Outputs"],
        },
        new("memory-factor", OptionKind.Value, "Resubmit: what the jobs that failed ask for, times this")
        {
            Placeholder = "FACTOR",
            HeededByStages = true,
            Targets = ["Resubmit"],
        },
        new("exclude-site", OptionKind.List, "Resubmit: no job at these sites (GLIDEIN_Site) any more")
        {
            Placeholder = "SITE",
            HeededByStages = true,
            Targets = ["Resubmit"],
        },
        new("format", OptionKind.Value, "Draw: a picture, or the language of graphviz")
        {
            Placeholder = "svg|dot",
            Allowed = ["svg", "dot"],
            Default = "svg",
            HeededByStages = true,
            Targets = ["Draw"],
        },
        new(
            "previous",
            OptionKind.Value,
            "DryRun: a folder with the artifacts of an earlier plan, to say what changed; none is there before the first run"
        )
        {
            Placeholder = "FOLDER",
            HeededByStages = true,
            Targets = ["Default", "DryRun"],
        },
        new(
            "fail-if-shrunk",
            OptionKind.Flag,
            "DryRun: end with 1 where fewer runs, lines of the ledger or usable lines are there than in --previous"
        )
        {
            HeededByStages = true,
            Targets = ["Default", "DryRun"],
        },
        new("fail-on-source-error", OptionKind.Flag, "DryRun: end with 1 where a service failed on any run")
        {
            HeededByStages = true,
            Targets = ["Default", "DryRun"],
        },
        new("shell", OptionKind.Value, "Completion: whose script is printed")
        {
            Placeholder = "bash|zsh",
            Allowed = ["bash", "zsh"],
            Default = "bash",
            HeededByStages = true,
            Targets = ["Completion"],
        },
        new("fresh", OptionKind.Flag, "Explain: ask the services about these runs now, by the settings of --name or else as they are now")
        {
            HeededByStages = true,
            Targets = ["Explain"],
        },
        new("with", OptionKind.Value, "Diff: the plan that --name is compared with: a workflow, or a folder with its artifacts")
        {
            Placeholder = "NAME|FOLDER",
            HeededByStages = true,
            Targets = ["Diff"],
        },
        new("patterns", OptionKind.Value, "Analyze: count what these expressions find in the jobs' logs; one 'name = regex' a line")
        {
            Placeholder = "FILE",
            HeededByStages = true,
            Targets = ["Analyze"],
        },
    ];

    /// <summary>Cake's options.</summary>
    public static ImmutableArray<Option> Cakes { get; } =
    [
        new("target", OptionKind.Value, "the task to run, after those it depends on")
        {
            Placeholder = "TASK",
            Default = DefaultTarget,
            Aliases = ["t"],
        },
        new("exclusive", OptionKind.Flag, "run the target alone, on what earlier stages left; needs --name")
        {
            Aliases = ["e"],
            Targets = [.. TargetSets.Planning, "Preflight"],
        },
        new(
            "verbosity",
            OptionKind.Value,
            "how much is said: quiet (results and errors only), minimal (and warnings), normal, verbose or diagnostic"
        )
        {
            Placeholder = "LEVEL",
            Default = "normal",
            Aliases = ["v"],
        },
        new("description", OptionKind.Flag, "list the tasks with what they do")
        {
            Aliases = ["descriptions", "showdescription", "showdescriptions"],
        },
        new("tree", OptionKind.Flag, "show which task depends on which") { Aliases = ["showtree"] },
        new("dryrun", OptionKind.Flag, "list the tasks that would run, in order (a rehearsal of the processing is --target=DryRun)")
        {
            Aliases = ["noop", "whatif"],
        },
        new("working", OptionKind.Value, "folder that relative paths start at")
        {
            Placeholder = "FOLDER",
            Default = "the one you stand in",
            Aliases = ["w"],
        },
        new("version", OptionKind.Flag, "print the version") { Aliases = ["ver"] },
        new("info", OptionKind.Flag, "print what this program is made of"),
        new("help", OptionKind.Flag, "print this") { Aliases = ["h", "?"] },
    ];

    /// <summary>What runs when no target is named.</summary>
    public const string DefaultTarget = "Default";

    /// <summary>Options that only look: nothing is configured, nothing runs.</summary>
    public static ImmutableArray<string> Looking { get; } = ["description", "tree", "dryrun", "version", "info", "help"];
}
