using System.Collections.Immutable;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>
/// Names that operators know from other programs, and the targets that they mean here. Spelling alone would turn "Resume" into "Remove".
/// </summary>
public static class TargetSynonyms
{
    private static readonly ImmutableDictionary<string, string> Targets = new Dictionary<string, string>
    {
        ["cancel"] = "Remove",
        ["kill"] = "Remove",
        ["stop"] = "Remove",
        ["delete"] = "Remove",
        ["abort"] = "Remove",
        ["rm"] = "Remove",
        ["resume"] = "Resubmit",
        ["retry"] = "Resubmit",
        ["restart"] = "Resubmit",
        ["continue"] = "Resubmit",
        ["rescue"] = "Resubmit",
        ["cleanup"] = "Clean",
        ["purge"] = "Clean",
        ["prune"] = "Clean",
        ["delete old"] = "Clean",
        ["delete-old"] = "Clean",
        ["log"] = "Logs",
        ["tail"] = "Logs",
        ["output"] = "Logs",
        ["errors"] = "Analyze",
        ["analyse"] = "Analyze",
        ["analyzer"] = "Analyze",
        ["diagnose"] = "Doctor",
        ["causes"] = "Doctor",
        ["heal"] = "Doctor",
        ["mail"] = "Notify",
        ["message"] = "Notify",
        ["config"] = "Init",
        ["configure"] = "Init",
        ["setup"] = "Init",
        ["plan"] = "DryRun",
        ["rehearse"] = "DryRun",
        ["preview"] = "DryRun",
        ["queue"] = "Status",
        ["progress"] = "Status",
        ["jobs"] = "Status",
        ["watch"] = "Status",
        ["why"] = "Explain",
        ["workflows"] = "List",
        ["ls"] = "List",
        ["modes"] = "Runs",
        ["sources"] = "Runs",
        ["detectors"] = "Runs",
        ["tags"] = "Runs",
        ["inventory"] = "Runs",
        ["compare"] = "Diff",
        ["graph"] = "Draw",
        ["results"] = "Outputs",
        ["untar"] = "Unpack",
        ["osg_rcc"] = "Relay",
        ["finish"] = "Relay",
        ["import"] = "Fetch",
        ["download"] = "Fetch",
        ["du"] = "Usage",
        ["size"] = "Usage",
        ["where"] = "Locate",
        ["rse"] = "Locate",
        ["replicas"] = "Locate",
        ["tune"] = "Calibrate",
        ["fit"] = "Calibrate",
        ["resources"] = "Calibrate",
        ["audit"] = "Reconcile",
        ["verify"] = "Reconcile",
        ["repair"] = "Reconcile",
        ["loadable"] = "Reconcile",
        ["extract"] = "Unpack",
        ["decompress"] = "Unpack",
        ["stats"] = "Statistics",
        ["check"] = "Preflight",
        ["pause"] = "Hold",
        ["unhold"] = "Release",
    }.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Words that are often typed as options, and what does that here.</summary>
    private static readonly ImmutableDictionary<string, string> Options = new Dictionary<string, string>
    {
        ["limit"] = "for at most N runs write --set max_daily=N",
        ["max-runs"] = "for at most N runs write --set max_daily=N",
        ["led"] = "for LED runs write --mode=MODE; --target=Runs lists the modes",
        ["reprocess"] = "to process again what is already processed write --force",
        ["htcondor"] = "jobs are submitted to HTCondor unless --engine says otherwise; leave it out",
        ["slurm"] = "to have Slurm run the jobs write --engine=slurm",
        ["osg_rcc"] = "to have Slurm run the jobs write --engine=slurm",
        ["relay"] = "a workflow keeps its engine: what HTCondor began is not continued by Slurm",
        ["resubmit"] = "write --target=Resubmit",
        ["workflow"] = "the name of a workflow is --name=NAME",
        ["date"] = "for the runs of a day write --since=DATE --until=DATE",
        ["day"] = "for the runs of a day write --since=DATE --until=DATE",
        ["start"] = "for runs that started at a time or later write --since=DATE; for a run number --from=N",
        ["after"] = "for runs that started at a time or later write --since=DATE; for a run number --from=N",
        ["end"] = "for runs that started at a time or earlier write --until=DATE; for a run number --to=N",
        ["before"] = "for runs that started at a time or earlier write --until=DATE; for a run number --to=N",
        ["quiet"] = "write --verbosity=quiet",
        ["verbose"] = "write --verbosity=verbose",
        ["debug-output"] = "write --verbosity=diagnostic",
        ["no-upload"] = "to plan without uploading anything write --debug",
        ["output"] = "for JSON write --json; where the results are is --target=Outputs",
        ["memory"] = "write --set KEY=MB with a key such as peaklets_memory; for failed jobs --target=Resubmit --memory-factor=F",
    }.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What to write for an unknown option that is a usual word elsewhere; null: it is none.</summary>
    /// <param name="option">Without dashes.</param>
    public static string? Instead(string option) =>
        Options.GetValueOrDefault(option) ?? Options.GetValueOrDefault(option.Replace('-', '_'));

    /// <summary>" (did you mean 'x'?)" after an unknown target, or nothing.</summary>
    /// <param name="typed">As typed.</param>
    /// <param name="tasks">The targets.</param>
    public static string Meant(string typed, IReadOnlyList<TaskInfo> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (string.Equals(typed, "help", StringComparison.OrdinalIgnoreCase))
        {
            return " (did you mean '--help'?)";
        }

        var names = tasks.Select(t => t.Name).ToList();
        var meant =
            Of(typed, tasks)?.Name
            ?? NearestName.Of(typed, names.Except(TargetSets.Acting), names.Intersect(TargetSets.Acting).Except(TargetSets.Deleting));
        return meant is null ? "" : $" (did you mean '{meant}'?)";
    }

    /// <summary>The target that a word of other programs means; null: it is no such word.</summary>
    /// <param name="typed">As typed.</param>
    /// <param name="tasks">The targets.</param>
    public static TaskInfo? Of(string typed, IReadOnlyList<TaskInfo> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return Targets.TryGetValue(typed, out var word) ? tasks.FirstOrDefault(t => t.Name == word) : null;
    }

    /// <summary>What <c>help Cancel</c> says before the page of Remove; empty where the target's own name was typed.</summary>
    public static string Explained(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        return invocation.Word is { } word ? $"There is no target '{word}'. What it usually means is {invocation.Task}.\n\n" : "";
    }

    /// <summary>The configuration key that an unknown option names, or null.</summary>
    /// <param name="option">Without dashes.</param>
    public static Key? KeyFor(string option)
    {
        ArgumentNullException.ThrowIfNull(option);
        var name = option.Replace('-', '_').ToLowerInvariant();
        var meant =
            name is "site" ? "this_site_only"
            : name is "data_types" or "types" ? "dtypes"
            : name;
        return KeyCatalog.All.FirstOrDefault(k => k.Is(meant) || k.Is(meant + "s"));
    }
}
