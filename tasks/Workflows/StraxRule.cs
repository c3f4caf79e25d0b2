using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Settings.Options;

namespace Outsource.Workflows;

/// <summary>
/// The strax version that the jobs' programs need. They process chunk by chunk with strax's own per-chunk storage, which is in strax 2.0
/// and later (XENONnT/strax v2.0.0, straxen v3.0.0). With an older one every job ends with exit code 20.
/// </summary>
public static class StraxRule
{
    /// <summary>The oldest strax with it. STRAX_NEEDED of <c>payload_common.py</c> has the same value; a test compares them.</summary>
    public const string Needed = "2.0";

    /// <summary>The first images with it.</summary>
    public const string OldestImages = "el7.2024.10.4 or el9.2024.10.4";

    /// <summary>Targets that submit the jobs, or check whether that is possible.</summary>
    public static IReadOnlyList<Target> Refusing { get; } =
    [
        Target.Preflight,
        Target.PegasusPlan,
        Target.PegasusRun,
        Target.Submit,
    ];

    /// <summary>Targets that make plans: they continue with a warning.</summary>
    private static readonly Target[] Warning =
    [
        Target.Default,
        Target.LoadConfig,
        Target.QueryRuns,
        Target.FilterModes,
        Target.PlanChunks,
        Target.WriteWorkflow,
        Target.DryRun,
    ];

    /// <summary>What is wrong with a strax version; null: nothing, or unknown.</summary>
    public static string? ErrorIn(string? straxVersion) =>
        PackageVersion.Parse(straxVersion) is { } found && found.CompareTo(PackageVersion.Parse(Needed)) < 0
            ? $"strax {straxVersion} is too old for the jobs: they need strax {Needed} or later (per-chunk storage)"
            : null;

    /// <summary>The message for the operator; null: nothing is wrong.</summary>
    public static string? SentenceOf(LoadedConfiguration loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        var context = loaded.Context;
        return !loaded.Settings.Canary && ErrorIn(context.StraxVersion) is { } fault
            ? $"{fault}, and every job would end with exit code 20 (context '{context.Name}' of {context.Origin}, straxen "
                + $"{context.StraxenVersion}). {Remedy}"
            : null;
    }

    /// <summary>The same as a warning for a target that only plans; null: nothing is wrong, or it is another target.</summary>
    public static string? WarningOf(LoadedConfiguration loaded, Target? target) =>
        target is { } known && Warning.Contains(known) && SentenceOf(loaded) is { } sentence
            ? $"{sentence} This can be planned and written, but not submitted."
            : null;

    /// <summary>What to do.</summary>
    public static string Remedy =>
        $"The oldest images that fit are {OldestImages}: pass a later one with --image, and a context of that release.";

    /// <exception cref="UsageException">The target submits jobs, and their strax is too old.</exception>
    public static void Check(LoadedConfiguration loaded, Target? target)
    {
        if (target is { } known && Refusing.Contains(known) && SentenceOf(loaded) is { } sentence)
        {
            throw new UsageException(sentence);
        }
    }
}
