using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>
/// What commands take that is no setting of a plan, as typed and with its type. One entry a property: the attribute declares the option,
/// the parser fills the property in. Options of settings are declared on <see cref="Keys.OutsourceSettings"/>.
/// </summary>
public sealed record CommandOptions
{
    [Option("name of the workflow and its directories", Of = TargetSet.Named, Placeholder = "NAME",
        Default = "the padded run number for one run, else the date")]
    public string? Name { get; init; }

    [Option("only these runs, or ranges such as 7157-7160; Explain, Draw: of a workflow, these", Target.Draw, Target.Report,
        Of = TargetSet.Settings, Placeholder = "N", Default = "all", Plans = true)]
    public ImmutableArray<string> Run { get; init; } = [];

    [Option("only the runs in this file, one number a line, # starts a comment", Of = TargetSet.Settings, Name = "runlist",
        Placeholder = "FILE", Plans = true)]
    public string? RunList { get; init; }

    [Option("with --reuse: only if the plan is still the one that was shown; DryRun prints its digest", Of = TargetSet.Planning,
        Placeholder = "DIGEST")]
    public string? Plan { get; init; }

    [Option("use what earlier stages left in generated/NAME when it still fits the settings, with the arguments it was made with",
        Target.Preflight, Of = TargetSet.Planning)]
    public bool Reuse { get; init; }

    [Option("replace an existing workflow or plan of this name", Of = TargetSet.Planning, Acts = true)]
    public bool Replace { get; init; }

    [Option("process again what is processed already, and replace as --replace does", Of = TargetSet.Settings, Acts = true)]
    public bool Force { get; init; }

    [Option("process also what a workflow whose jobs may run makes already", Target.Resubmit, Of = TargetSet.Settings, Acts = true)]
    public bool IncludeInFlight { get; init; }

    [Option("set a key of [Outsource] for this call, whatever the file says; may be given several times", Of = TargetSet.Configured,
        Placeholder = "KEY=VALUE", Plans = true, Whole = true)]
    public ImmutableArray<string> Set { get; init; } = [];

    [Option("the configuration file", Target.Init, Of = TargetSet.Configured, Placeholder = "FILE", Variable = "XENON_CONFIG",
        Default = "~/.xenon_config, else the demo")]
    public string? Config { get; init; }

    [Option("use the embedded demo, whatever else is configured", Target.Init, Of = TargetSet.Configured)]
    public bool Demo { get; init; }

    [Option("keep what the sources answer in this folder, as files that can be asked instead", Of = TargetSet.Planning,
        Placeholder = "FOLDER")]
    public string? SaveSnapshot { get; init; }

    [Option("leave runs that are not selected out of the snapshot", Of = TargetSet.Planning)]
    public bool SnapshotSelectedOnly { get; init; }

    [Option("Status: look again every --interval until the workflow ends, in place on a terminal; Ctrl-C ends the watching",
        Target.Status)]
    public bool Watch { get; init; }

    [Option("Status: end with exit code 1 where the workflow has ended and not all of it is done", Target.Status)]
    public bool ExitCode { get; init; }

    [Option("Status --watch: seconds from one look to the next", Target.Status, Placeholder = "SECONDS", Default = "30")]
    public string? Interval { get; init; }

    [Option("DryRun, Explain, Diff, Status, List, Clean: one JSON document on standard output instead of a report (docs/schemas)",
        Target.Default, Target.DryRun, Target.Explain, Target.Diff, Target.Status, Target.List, Target.Clean)]
    public bool Json { get; init; }

    [Option("Submit, Remove, Hold, Release, Resubmit, Clean: do it without asking",
        Target.Submit, Target.PegasusRun, Target.Remove, Target.Hold, Target.Release, Target.Resubmit, Target.Clean, Acts = true)]
    public bool Yes { get; init; }

    [Option("Resubmit, Release, Analyze, Outputs: only these runs", Target.Resubmit, Target.Release, Target.Analyze, Target.Outputs,
        Placeholder = "RUN", Default = "all")]
    public ImmutableArray<string> Only { get; init; } = [];

    [Option("Resubmit: what the jobs that failed ask for, times this", Target.Resubmit, Placeholder = "FACTOR")]
    public string? MemoryFactor { get; init; }

    [Option("Resubmit: no job at these sites (GLIDEIN_Site) any more", Target.Resubmit, Placeholder = "SITE")]
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

    [Option("Draw: a picture, or the language of graphviz", Target.Draw, Placeholder = "svg|dot", Allowed = ["svg", "dot"],
        Default = "svg")]
    public string? Format { get; init; }

    [Option("DryRun: a folder with the artifacts of an earlier plan, to say what changed; none is there before the first run",
        Target.Default, Target.DryRun, Placeholder = "FOLDER")]
    public string? Previous { get; init; }

    [Option("DryRun: end with 1 where fewer runs, lines of the ledger or usable lines are there than in --previous",
        Target.Default, Target.DryRun)]
    public bool FailIfShrunk { get; init; }

    [Option("DryRun: end with 1 where a service failed on any run", Target.Default, Target.DryRun)]
    public bool FailOnSourceError { get; init; }

    [Option("Completion: whose script is printed", Target.Completion, Placeholder = "bash|zsh|fish", Allowed = ["bash", "zsh", "fish"],
        Default = "bash")]
    public string? Shell { get; init; }

    [Option("Explain: ask the services about these runs now, by the settings of --name or else as they are now", Target.Explain)]
    public bool Fresh { get; init; }

    [Option("Diff: the plan that --name is compared with: a workflow, or a folder with its artifacts", Target.Diff,
        Placeholder = "NAME|FOLDER")]
    public string? With { get; init; }

    [Option("Test: only the tests that need no program to be started, in a minute", Target.Test)]
    public bool Fast { get; init; }

    [Option("Test: only the tests of which the full name contains this; or an expression of dotnet test --filter", Target.Test,
        Placeholder = "NAME")]
    public string? Filter { get; init; }

    [Option("Analyze: count what these expressions find in the jobs' logs; one 'name = regex' a line", Target.Analyze,
        Placeholder = "FILE")]
    public string? Patterns { get; init; }
}
