using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>Targets that take the same options.</summary>
public enum TargetSet
{
    None,

    /// <summary>The stages, and the targets that run them.</summary>
    Planning,

    /// <summary>Targets that load settings from the arguments; Explain with <c>--fresh</c>.</summary>
    Settings,

    /// <summary>Targets that ask the run database, whether or not they plan.</summary>
    Asking,

    /// <summary>Targets that work on one workflow.</summary>
    Named,

    /// <summary>Targets that read the configuration.</summary>
    Configured,
}

/// <summary>What the sets hold.</summary>
public static class TargetSets
{
    private static readonly ImmutableArray<Target> Planning =
    [
        Target.Default,
        Target.DryRun,
        Target.LoadConfig,
        Target.QueryRuns,
        Target.FilterModes,
        Target.PlanChunks,
        Target.WriteWorkflow,
        Target.PegasusPlan,
        Target.PegasusRun,
        Target.Submit,
        Target.Relay,
    ];

    private static readonly ImmutableArray<Target> Settings = [.. Planning, Target.Preflight, Target.Explain];

    private static readonly ImmutableArray<Target> Asking = [.. Settings, Target.Runs, Target.Locate, Target.Reconcile];

    private static readonly ImmutableArray<Target> Named =
    [
        .. Settings,
        Target.Status,
        Target.Analyze,
        Target.Doctor,
        Target.Logs,
        Target.Notify,
        Target.Statistics,
        Target.Outputs,
        Target.Usage,
        Target.Fetch,
        Target.Unpack,
        Target.Reconcile,
        Target.Calibrate,
        Target.Resubmit,
        Target.Hold,
        Target.Release,
        Target.Remove,
        Target.Clean,
        Target.Report,
        Target.Draw,
        Target.Diff,
    ];

    private static readonly ImmutableArray<Target> Configured = [.. Named, Target.List, Target.Runs, Target.Locate, Target.Context];

    /// <summary>Targets that start, stop or remove something. They are never proposed for a misspelled word.</summary>
    public static ImmutableArray<string> Acting { get; } =
    [
        nameof(Target.Submit),
        nameof(Target.Relay),
        nameof(Target.PegasusRun),
        nameof(Target.Remove),
        nameof(Target.Hold),
        nameof(Target.Release),
        nameof(Target.Resubmit),
        nameof(Target.Clean),
        nameof(Target.Doctor),
        nameof(Target.Reconcile),
    ];

    /// <summary>Names of those that delete for good: proposed only for a word that means it, never for one that is like it.</summary>
    public static ImmutableArray<string> Deleting { get; } = [nameof(Target.Clean)];

    /// <summary>The targets of a set.</summary>
    public static ImmutableArray<Target> Of(TargetSet set) =>
        set switch
        {
            TargetSet.Planning => Planning,
            TargetSet.Settings => Settings,
            TargetSet.Asking => Asking,
            TargetSet.Named => Named,
            TargetSet.Configured => Configured,
            _ => [],
        };
}
