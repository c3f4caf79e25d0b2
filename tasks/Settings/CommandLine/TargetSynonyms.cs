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
        ["stats"] = "Statistics",
        ["check"] = "Preflight",
        ["pause"] = "Hold",
        ["unhold"] = "Release",
    }.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);

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
        return KeyCatalog.All.FirstOrDefault(k => k.Name == meant || k.Name == meant + "s");
    }
}
