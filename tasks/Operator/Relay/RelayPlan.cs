using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Engines.Slurm;
using Outsource.Engines.Slurm.Relay;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Planning;

namespace Outsource.Operator.Relay;

/// <summary>Decides for each run and detector of the earlier workflow what is left to do, and takes the rest out of the plan.</summary>
/// <param name="context">The run, with a plan.</param>
/// <param name="data">What is here; null: nothing counts (<c>--force</c>).</param>
/// <param name="levels">Of which levels jobs may run.</param>
public sealed class RelayPlan(OutsourceContext context, DoneData? data, RelayLevels levels)
{
    private readonly JobPlan _plan = context.Outputs.Plan;

    /// <summary>Decides.</summary>
    /// <param name="runs">What the earlier workflow planned.</param>
    public ImmutableArray<RelayLine> Decide(IReadOnlyList<RelayRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var groups = _plan.Groups.ToLookup(g => (g.Run, g.Level!.Detector));
        var reasons = Reasons(runs);
        return [.. runs.Select(r => Decide(r, [.. groups[(r.Run, r.Detector)]], reasons))];
    }

    /// <summary>Keeps in the plan only what runs, and writes it again.</summary>
    public JobPlan Keep(IEnumerable<RelayLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var kept = lines
            .Where(l => l.State is RelayState.UpperOnly or RelayState.CombineAndUpper or RelayState.MissingParts)
            .Select(l => (l.Run, l.Detector))
            .ToHashSet();
        var plan = _plan with { Groups = [.. _plan.Groups.Where(g => kept.Contains((g.Run, g.Level!.Detector)))] };
        if (plan.Groups.Length < _plan.Groups.Length)
        {
            plan.Write(context.Disk, context.Folder, context.Loaded);
            RunList.Write(context.Disk, context.Folder, plan.Groups.Select(g => g.Run).Distinct());
        }

        return plan;
    }

    private RelayLine Decide(RelayRun run, IReadOnlyList<JobGroup> groups, Dictionary<(int, string), string> reasons)
    {
        if (groups.Count == 0)
        {
            return new RelayLine(run.Run, run.Detector, RelayState.NotPlanned)
            {
                Reason = reasons.GetValueOrDefault((run.Run, run.Detector), "not-considered"),
            };
        }

        IReadOnlyDictionary<string, string> Hashes(LevelKind kind) =>
            groups.FirstOrDefault(g => g.Level!.Kind == kind)?.Hashes ?? ImmutableSortedDictionary<string, string>.Empty;
        var kept = groups.FirstOrDefault(g => g.Level!.Kind == LevelKind.Lower) is { } lower
            ? run with { Groups = [.. Enumerable.Range(0, lower.ProcessingJobs).Select(lower.ChunksOf)] }
            : run;
        var (need, missing) = data is null
            ? (RelayNeed.MissingParts, kept.Groups)
            : new RelayDecision(data).Of(kept, Hashes(LevelKind.Lower), Hashes(LevelKind.Upper));
        return !levels.Allows(need)
            ? new RelayLine(run.Run, run.Detector, RelayState.LeftOut) { Missing = missing }
            : new RelayLine(run.Run, run.Detector, StateOf(need)) { Missing = missing };
    }

    private static RelayState StateOf(RelayNeed need) =>
        need switch
        {
            RelayNeed.Nothing => RelayState.Finished,
            RelayNeed.UpperOnly => RelayState.UpperOnly,
            RelayNeed.CombineAndUpper => RelayState.CombineAndUpper,
            RelayNeed.MissingParts => RelayState.MissingParts,
        };

    /// <summary>Run and detector → the code of the reason for which no job of it is planned.</summary>
    private Dictionary<(int Run, string Detector), string> Reasons(IReadOnlyList<RelayRun> runs)
    {
        var asked = runs.Select(r => (r.Run, r.Detector)).ToHashSet();
        var reasons = new Dictionary<(int, string), string>();
        foreach (var line in context.Outputs.Ledger.Read())
        {
            if (line.Run is { } run && DetectorOf(line.Type) is { } detector && asked.Contains((run, detector)))
            {
                // The upper level comes after the lower one, and says more.
                reasons[(run, detector)] = ReasonCodes.Spell(line.Verdict.Reason);
            }
        }

        return reasons;
    }

    private static string? DetectorOf(string unit) =>
        unit.StartsWith("lower_", StringComparison.Ordinal) || unit.StartsWith("upper_", StringComparison.Ordinal) ? unit[6..] : null;
}
