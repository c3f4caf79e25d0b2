using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>When a target is used: the groups of <c>--help</c>, in the order of an operator's work.</summary>
/// <param name="When">One or two words.</param>
/// <param name="Targets">In the order in which they are usually needed.</param>
public sealed record Moment(string When, ImmutableArray<Target> Targets)
{
    /// <summary>The stages. Operators use them through DryRun and Submit, so <c>--help</c> only names them.</summary>
    public static Moment Stages { get; } =
        new(
            "stages",
            [
                Target.LoadConfig,
                Target.QueryRuns,
                Target.FilterModes,
                Target.PlanChunks,
                Target.WriteWorkflow,
                Target.PegasusPlan,
                Target.PegasusRun,
            ]
        );

    /// <summary>Targets that are seldom needed: <c>--help</c> only names them, so that it fits on a screen.</summary>
    public static Moment Seldom { get; } =
        new(
            "seldom",
            [
                Target.Completion,
                Target.Publish,
                Target.Test,
                Target.Locate,
                Target.Usage,
                Target.Draw,
                Target.Reconcile,
                Target.Calibrate,
                Target.Notify,
            ]
        );

    /// <summary>All other targets, except Default, which is another name of DryRun.</summary>
    public static ImmutableArray<Moment> All { get; } =
    [
        new("set up", [Target.Init]),
        new("before", [Target.Runs, Target.Context, Target.DryRun, Target.Explain, Target.Diff, Target.Report]),
        new("submit", [Target.Preflight, Target.Submit, Target.Relay]),
        new("watch", [Target.Status, Target.List, Target.Analyze, Target.Doctor, Target.Logs]),
        new("mend", [Target.Resubmit, Target.Hold, Target.Release, Target.Remove]),
        new("after", [Target.Statistics, Target.Outputs, Target.Fetch, Target.Unpack, Target.Clean]),
    ];
}
