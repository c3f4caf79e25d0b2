using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>
/// The options of commands that are not settings of a plan, with their types. One entry per property: the attribute declares the option,
/// the parser sets the property. Options of settings are declared on <see cref="Keys.OutsourceSettings"/>.
/// </summary>
public sealed record CommandOptions
{
    [Option("name of the workflow and its directories; --workflow-id is the same", Of = TargetSet.Named, Placeholder = "NAME",
        Aliases = ["workflow-id"],
        Default = "by type the padded run number for one run, else the date; by level TAG-CONTEXT-XEDOCS[-RUN]-TIME", Everyday = true)]
    public string? Name { get; init; }

    [Option("only these runs, or ranges such as 7157-7160; Explain, Draw: these runs of the workflow", Target.Draw, Target.Report,
        Of = TargetSet.Asking, Placeholder = "N", Default = "all", Plans = true, Everyday = true)]
    public ImmutableArray<string> Run { get; init; } = [];

    [Option("only the runs in this file: text with one number per line, # starts a comment; or .npy with whole numbers",
        Of = TargetSet.Asking, Name = "runlist", Placeholder = "FILE", Plans = true)]
    public string? RunList { get; init; }

    /// <summary>DryRun prints it as <c>--plan=DIGEST</c>, which the parser takes as this.</summary>
    [Option("with --reuse: only if the plan is still the one with this digest, which DryRun prints; --plan=DIGEST is the same",
        Of = TargetSet.Planning, Placeholder = "DIGEST")]
    public string? PlanDigest { get; init; }

    [Option("use the plan in generated/NAME, if it still fits the settings, with its arguments",
        Target.Preflight, Of = TargetSet.Planning, Everyday = true)]
    public bool Reuse { get; init; }

    [Option("replace an existing workflow or plan of this name", Of = TargetSet.Planning, Acts = true)]
    public bool Replace { get; init; }

    [Option("process again what is already processed, and replace as --replace does", Of = TargetSet.Settings, Acts = true)]
    public bool Force { get; init; }

    [Option("also process what another workflow may be making now", Target.Resubmit, Of = TargetSet.Settings, Acts = true)]
    public bool IncludeInFlight { get; init; }

    [Option("set a key of [Outsource] for this call, whatever the file says; KEY+=VALUE adds to a list; may be given several times",
        Of = TargetSet.Configured,
        Placeholder = "KEY=VALUE", Plans = true, Whole = true, Everyday = true)]
    public ImmutableArray<string> Set { get; init; } = [];

    [Option("the configuration file", Target.Init, Of = TargetSet.Configured, Placeholder = "FILE", Variable = "XENON_CONFIG",
        Default = "~/.xenon_config, else the demo", Everyday = true)]
    public string? Config { get; init; }

    [Option("use the embedded demo instead of a configuration", Target.Init, Of = TargetSet.Configured)]
    public bool Demo { get; init; }

    [Option("save all answers of the services in this folder for offline use", Of = TargetSet.Planning,
        Placeholder = "FOLDER")]
    public string? SaveSnapshot { get; init; }

    [Option("save only the selected runs in the snapshot", Of = TargetSet.Planning)]
    public bool SnapshotSelectedOnly { get; init; }

    [Option("Status: refresh every --interval until the workflow ends; Ctrl-C stops watching",
        Target.Status)]
    public bool Watch { get; init; }

    [Option("Status: end with exit code 1 where the workflow has ended and not all of it is done", Target.Status)]
    public bool ExitCode { get; init; }

    [Option("Status --watch: seconds between refreshes", Target.Status, Placeholder = "SECONDS", Default = "30")]
    public string? Interval { get; init; }

    [Option("Status --watch: also make the report's page in this file at each refresh; an open page loads itself again",
        Target.Status, Placeholder = "FILE")]
    public string? Html { get; init; }

    [Option("DryRun, Explain, Diff, Status, Doctor, List, Clean, Runs, Context, Unpack, Usage, Locate, Reconcile, Calibrate: one JSON "
        + "document on standard output, no report (docs/schemas)",
        Target.Default, Target.DryRun, Target.Explain, Target.Diff, Target.Status, Target.Doctor, Target.List, Target.Clean, Target.Runs,
        Target.Context, Target.Unpack, Target.Usage, Target.Locate, Target.Reconcile, Target.Calibrate, Everyday = true)]
    public bool Json { get; init; }

    [Option("nothing to do is a success: exit code 0 instead of 3", Target.Resubmit, Target.Release, Of = TargetSet.Planning)]
    public bool NothingIsFine { get; init; }

    [Option("if another call with this option works in the work_dir, there is nothing to do", Target.Submit, Target.PegasusRun,
        Name = "one-at-a-time")]
    public bool OneAtATime { get; init; }

    [Option("add one line of JSON about this call to a file, whatever its end", Of = TargetSet.Configured, Placeholder = "FILE")]
    public string? Log { get; init; }

    [Option("Preflight: send a test message to each receiver of messages", Target.Preflight)]
    public bool TestMessage { get; init; }

    [Option("Init: write units of systemd that submit every day and send messages, instead of a configuration", Target.Init)]
    public bool Systemd { get; init; }

    [Option("Context: the data types that are asked for; with a leading + one that only joins others is stored too", Target.Context,
        Placeholder = "TYPE", Default = "all that can be asked for")]
    public ImmutableArray<string> Asked { get; init; } = [];

    [Option("Context: make the description again, also if it is kept below work_dir", Target.Context)]
    public bool RefreshContext { get; init; }

    [Option("Runs: one table on standard output, columns separated by tabs, with a header line", Target.Runs)]
    public bool Tsv { get; init; }

    [Option("Submit, Relay, Remove, Hold, Release, Resubmit, Clean, Doctor, Reconcile: do it without asking",
        Target.Submit, Target.Relay, Target.PegasusRun, Target.Remove, Target.Hold, Target.Release, Target.Resubmit, Target.Clean,
        Target.Doctor, Target.Reconcile,
        Acts = true, Everyday = true)]
    public bool Yes { get; init; }

    [Option("Resubmit, Release, Analyze, Outputs, Unpack, Reconcile: only these runs", Target.Resubmit, Target.Release, Target.Analyze,
        Target.Outputs, Target.Unpack, Target.Reconcile, Placeholder = "RUN", Default = "all")]
    public ImmutableArray<string> Only { get; init; } = [];

    [Option("Fetch, Usage, Unpack, Relay: the folder of a workflow from another machine, or of the Python program, instead of --name",
        Target.Fetch, Target.Usage, Target.Unpack, Target.Relay, Placeholder = "FOLDER")]
    public string? Workflow { get; init; }

    [Option("Fetch, Usage, Relay: where results are: a folder, or gsidavs://HOST/PATH", Target.Fetch, Target.Usage, Target.Relay,
        Placeholder = "ADDRESS", Default = "as the workflow's site catalog says")]
    public string? Staging { get; init; }

    [Option("Relay: take what is here, and fetch and unpack nothing", Target.Relay)]
    public bool NoFetch { get; init; }

    [Option("Fetch, Unpack: only tarballs of jobs of these levels; Relay: run only jobs of these levels", Target.Fetch, Target.Unpack,
        Target.Relay, Placeholder = "combine|upper|lower",
        Allowed = ["combine", "upper", "lower"], Default = "all")]
    public ImmutableArray<string> Levels { get; init; } = [];

    [Option("Fetch, Unpack, Relay, Reconcile: how many files at a time", Target.Fetch, Target.Unpack, Target.Relay, Target.Reconcile,
        Placeholder = "N", Default = "2")]
    public string? Parallel { get; init; }

    [Option("Resubmit: only the failed jobs of this cause, which Doctor names; Release, Remove: only its held jobs", Target.Resubmit,
        Target.Release, Target.Remove, Placeholder = "CAUSE", Default = "all")]
    public ImmutableArray<string> Cause { get; init; } = [];

    [Option("Resubmit: continue without the failed jobs of this cause, which Doctor names", Target.Resubmit, Placeholder = "CAUSE")]
    public ImmutableArray<string> LeaveOut { get; init; } = [];

    [Option("Doctor: do what it proposes for this cause", Target.Doctor, Placeholder = "CAUSE")]
    public string? Treat { get; init; }

    [Option("Resubmit: multiply the disk request of failed jobs by this", Target.Resubmit, Placeholder = "FACTOR")]
    public string? DiskFactor { get; init; }

    [Option("Reconcile: only these stored data types", Target.Reconcile, Placeholder = "TYPE",
        Default = "all of the plan, or all that the settings store")]
    public ImmutableArray<string> Types { get; init; } = [];

    [Option("Reconcile: copy the metadata of at most so many datasets from their RSEs", Target.Reconcile, Placeholder = "N",
        Default = "1000")]
    public string? Metadata { get; init; }

    [Option("Resubmit: multiply the memory request of failed jobs by this", Target.Resubmit, Placeholder = "FACTOR")]
    public string? MemoryFactor { get; init; }

    [Option("Resubmit: exclude these sites (GLIDEIN_Site)", Target.Resubmit, Placeholder = "SITE")]
    public ImmutableArray<string> ExcludeSite { get; init; } = [];

    [Option("Clean: only workflows in which nothing has changed for this long: hours, days or weeks", Target.Clean,
        Placeholder = "12h|30d|4w", Default = "30d")]
    public string? OlderThan { get; init; }

    [Option("Logs: the job, by its name or a part of it that no other job has", Target.Logs, Placeholder = "JOB")]
    public string? Job { get; init; }

    [Option("Logs: print what is appended until the job ends; Ctrl-C ends it", Target.Logs)]
    public bool Follow { get; init; }

    [Option("Logs: the try whose files end with this number, 0 for the first", Target.Logs, Placeholder = "N", Default = "the newest")]
    public string? Try { get; init; }

    [Option("Logs: how many of the last lines of each output", Target.Logs, Placeholder = "N", Default = "200")]
    public string? Lines { get; init; }

    [Option("Draw: an image, or text for graphviz", Target.Draw, Placeholder = "svg|dot", Allowed = ["svg", "dot"],
        Default = "svg")]
    public string? Format { get; init; }

    [Option("DryRun: folder with the artifacts of an earlier plan, to show what changed; empty in the first run of a pipeline",
        Target.Default, Target.DryRun, Placeholder = "FOLDER")]
    public string? Previous { get; init; }

    [Option("DryRun: exit with 1 if there are fewer runs, ledger lines or usable lines than in --previous",
        Target.Default, Target.DryRun)]
    public bool FailIfShrunk { get; init; }

    [Option("DryRun: exit with 1 if a service failed for any run", Target.Default, Target.DryRun)]
    public bool FailOnSourceError { get; init; }

    [Option("Completion: the shell of the script", Target.Completion, Placeholder = "bash|zsh|fish", Allowed = ["bash", "zsh", "fish"],
        Default = "bash")]
    public string? Shell { get; init; }

    [Option("Explain: ask the services again about these runs, with the settings of --name or else the current ones", Target.Explain)]
    public bool Fresh { get; init; }

    [Option("Diff: the plan to compare with --name: a workflow, or a folder with its artifacts", Target.Diff,
        Placeholder = "NAME|FOLDER")]
    public string? With { get; init; }

    [Option("Test: only the tests that start no programs (about a minute)", Target.Test)]
    public bool Fast { get; init; }

    [Option("Test: only the tests whose full name contains this; or an expression of dotnet test --filter", Target.Test,
        Placeholder = "NAME")]
    public string? Filter { get; init; }

    [Option("Analyze: count matches of these expressions in the jobs' logs; one 'name = regex' per line", Target.Analyze,
        Placeholder = "FILE")]
    public string? Patterns { get; init; }
}
