using System.Collections.Immutable;
using System.Globalization;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Relay;

/// <summary>The command that a relay amounts to: a Submit of the runs of the earlier workflow, by level, with the Slurm engine.</summary>
public static class RelayInvocation
{
    /// <summary>The end of the name of a relay.</summary>
    public const string Suffix = "-relay";

    /// <summary>Options that the relay reads itself, or sets.</summary>
    private static readonly string[] Own =
    [
        "workflow",
        "staging",
        "levels",
        "parallel",
        "no-fetch",
        "runlist",
        "name",
        "run",
        "engine",
        "plan",
    ];

    /// <summary>Makes it.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="name">Name of the relay's workflow.</param>
    /// <param name="runs">What the earlier workflow planned.</param>
    /// <exception cref="UsageException">The earlier workflow has several contexts.</exception>
    public static Invocation Of(Invocation typed, string name, IReadOnlyList<RelayRun> runs)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(runs);
        var given = typed
            .Given.RemoveRange(Own)
            .SetItem("name", [name])
            .SetItem("engine", ["slurm"])
            .SetItem("plan", ["by-level"])
            .SetItem("run", [.. runs.Select(r => r.Run).Distinct().Order().Select(r => r.ToString(CultureInfo.InvariantCulture))]);
        given = With(given, "context", Only(runs, "contexts", r => r.Context));
        given = With(given, "xedocs-version", Only(runs, "versions of corrections", r => r.XedocsVersion ?? ""));
        return typed with { Task = nameof(Target.Submit), Given = given, Options = OptionCatalog.Typed(given) };
    }

    /// <summary>The runs that <c>--run</c> leaves of those of the earlier workflow.</summary>
    /// <exception cref="UsageException">One is not in it.</exception>
    public static IReadOnlyList<RelayRun> Limited(Invocation typed, IReadOnlyList<RelayRun> runs)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(runs);
        if (typed.Options.RunList is not null)
        {
            throw new UsageException("--runlist is not taken by Relay: its runs are those of the earlier workflow, and --run limits them.");
        }

        if (typed.Options.Run.IsEmpty)
        {
            return runs;
        }

        var known = runs.Select(r => r.Run).ToHashSet();
        var named = RunNumbers
            .Read(typed.Options.Run, "run", known, run => $"run {run} of --run is not in the earlier workflow; its runs are "
                + $"{RunRanges.Text(known)}.")
            .ToHashSet();
        return [.. runs.Where(r => named.Contains(r.Run))];
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> With(
        ImmutableSortedDictionary<string, ImmutableArray<string>> given,
        string option,
        string value
    ) => value.Length == 0 || given.ContainsKey(option) ? given : given.Add(option, [value]);

    private static string Only(IReadOnlyList<RelayRun> runs, string what, Func<RelayRun, string> of)
    {
        var all = runs.Select(of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return all is [var one]
            ? one
            : throw new UsageException(
                $"the earlier workflow has several {what}: {string.Join(", ", all.Select(c => $"'{UntrustedText.Brief(c)}'"))}. Relay its "
                    + "runs one of them at a time, with --run."
            );
    }
}
