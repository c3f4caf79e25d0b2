using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Planning;

namespace Outsource.Operator.Diff;

/// <summary>A value that is not the same in both plans.</summary>
/// <param name="What">What differs: <c>max_daily</c>, <c>peaklets, jobs</c>.</param>
/// <param name="Before">Its value in the first plan, as text; null: none.</param>
/// <param name="After">Its value in the second plan.</param>
/// <param name="Remark">The origins of the values, or null.</param>
public sealed record ChangedValue(string What, string? Before, string? After, string? Remark = null);

/// <summary>A run whose processing differs.</summary>
/// <param name="Run">The run.</param>
/// <param name="Entered">Types that are processed only in the second plan.</param>
/// <param name="Left">Types that are processed only in the first plan.</param>
/// <param name="Whole">Whether the run as a whole entered or left.</param>
/// <param name="Why">The reason of the plan in which the types are not processed: code and detail.</param>
public sealed record ChangedRun(int Run, ImmutableArray<string> Entered, ImmutableArray<string> Left, bool Whole, string Why);

/// <summary>The difference of two plans, independent of its display.</summary>
public sealed record PlanDifference
{
    public required PlanFolder Before { get; init; }

    public required PlanFolder After { get; init; }

    /// <summary>Settings with their origin, image, context, versions.</summary>
    public required ImmutableArray<ChangedValue> Settings { get; init; }

    /// <summary>Types with another lineage hash.</summary>
    public required ImmutableArray<ChangedValue> Hashes { get; init; }

    /// <summary>Lines of the ledger per outcome.</summary>
    public required ImmutableArray<ChangedValue> Outcomes { get; init; }

    /// <summary>Lines whose reason code changed, also if the totals are equal.</summary>
    public required ImmutableArray<ChangedValue> Reasons { get; init; }

    /// <summary>Runs whose processed types changed, ascending.</summary>
    public required ImmutableArray<ChangedRun> Runs { get; init; }

    /// <summary>Totals, and jobs, memory and disk per job name.</summary>
    public required ImmutableArray<ChangedValue> Jobs { get; init; }

    /// <summary>Requests of job groups that are in both plans: <c>requirements of 12 peaklets groups</c>.</summary>
    public required ImmutableArray<ChangedValue> Requests { get; init; }

    /// <summary>Whether there is no difference.</summary>
    public bool IsEmpty =>
        Settings.IsEmpty && Hashes.IsEmpty && Outcomes.IsEmpty && Reasons.IsEmpty && Runs.IsEmpty && Jobs.IsEmpty && Requests.IsEmpty;

    /// <summary>Compares. Both ledgers are read as streams, side by side.</summary>
    public static PlanDifference Between(IFileSystem disk, PlanFolder before, PlanFolder after, CancellationToken cancel)
    {
        var (planBefore, planAfter) = (JobPlan.Read(disk, before.Path), JobPlan.Read(disk, after.Path));
        var (settingsBefore, settingsAfter) = (RecordedSettings.Read(disk, before.Path), RecordedSettings.Read(disk, after.Path));
        var ledgers = new LedgerJoin(disk, before.Path, after.Path);
        var runs = ledgers.Changed(cancel);
        return new PlanDifference
        {
            Before = before,
            After = after,
            Settings = SettingsDifference.Of(settingsBefore, settingsAfter),
            Hashes = Compare(settingsBefore.Hashes, settingsAfter.Hashes),
            Outcomes = ledgers.Outcomes(),
            Reasons = ledgers.Reasons(),
            Runs = runs,
            Jobs = Compare(Sums(planBefore), Sums(planAfter)),
            Requests = Asked(planBefore, planAfter),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Sums(JobPlan plan)
    {
        KeyValuePair<string, string> Of(string what, long value) => new(what, value.ToString("N0", CultureInfo.InvariantCulture));
        yield return Of("runs", plan.Runs);
        yield return Of("jobs", plan.Jobs);
        yield return Of("chunks", plan.Chunks);
        foreach (var (name, sums) in plan.PerJobName)
        {
            yield return Of($"{name}, jobs", sums.Jobs);
            yield return Of($"{name}, memory in all, MB", sums.MemoryMb);
            yield return Of($"{name}, disk in all, KB", sums.DiskKb);
        }
    }

    /// <summary>Groups of both plans: chunks per job, requests, and where they may run. Equal changes of one type are one line.</summary>
    private static ImmutableArray<ChangedValue> Asked(JobPlan before, JobPlan after)
    {
        var old = before.Groups.ToDictionary(g => (g.Run, g.Type));
        var changes = new Dictionary<(string Type, string What, string? Before, string? After), int>();
        foreach (var group in after.Groups)
        {
            if (!old.TryGetValue((group.Run, group.Type), out var was))
            {
                continue;
            }

            foreach (var ((what, then), (_, now)) in Requests(was).Zip(Requests(group)))
            {
                if (then != now)
                {
                    var key = (group.Type, what, then, now);
                    changes[key] = changes.GetValueOrDefault(key) + 1;
                }
            }
        }

        return
        [
            .. changes
                .OrderBy(c => c.Key.Type, StringComparer.Ordinal)
                .ThenBy(c => c.Key.What, StringComparer.Ordinal)
                .ThenByDescending(c => c.Value)
                .Select(c => new ChangedValue(
                    string.Create(CultureInfo.InvariantCulture, $"{c.Key.Type}, {c.Key.What}, {Counted.Of(c.Value, "run")}"),
                    c.Key.Before,
                    c.Key.After
                )),
        ];

        static IEnumerable<(string What, string? Value)> Requests(JobGroup group)
        {
            static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
            yield return ("chunks", Number(group.Chunks));
            yield return ("chunks per job", Number(group.ChunksPerJob));
            yield return ("memory, MB", Number(group.Resources.MemoryMb));
            yield return ("disk, KB", Number(group.Resources.DiskKb));
            yield return ("combine memory, MB", group.CombineResources is { } combine ? Number(combine.MemoryMb) : null);
            yield return ("combine disk, KB", group.CombineResources is { } merging ? Number(merging.DiskKb) : null);
            yield return (
                "input",
                $"{LedgerFile.Spell(group.Input.Kind)} {group.Input.Type} at "
                    + $"{(group.Input.Rses.IsEmpty ? "(this workflow)" : string.Join(", ", group.Input.Rses))}"
            );
            yield return ("after", group.Parents.IsEmpty ? null : string.Join(", ", group.Parents));
            yield return ("requirements", group.Requirements);
            yield return ("combine requirements", group.CombineRequirements);
            yield return ("desired sites", group.DesiredSites);
            yield return ("rank", group.Rank);
        }
    }

    /// <summary>What differs between two lists of names and values, in their order.</summary>
    internal static ImmutableArray<ChangedValue> Compare(
        IEnumerable<KeyValuePair<string, string>> before,
        IEnumerable<KeyValuePair<string, string>> after
    )
    {
        var (then, now) = (before.ToDictionary(StringComparer.Ordinal), after.ToDictionary(StringComparer.Ordinal));
        return
        [
            .. then
                .Keys.Union(now.Keys)
                .Select(k => new ChangedValue(k, then.GetValueOrDefault(k), now.GetValueOrDefault(k)))
                .Where(c => c.Before != c.After),
        ];
    }
}
