using System.Collections.Immutable;
using Outsource.Model.Contexts;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Runs;
using Outsource.Model.Tables;

namespace Outsource.Model.Selection;

/// <summary>The types of a run that are available, by exact hash.</summary>
internal sealed class StoredTypes
{
    private readonly Dictionary<string, List<string>> _locations = new(StringComparer.Ordinal);
    private readonly HashSet<string> _local = new(StringComparer.Ordinal);
    private readonly DataTables _tables;
    private readonly TapeAccess _tape;

    /// <param name="run">The run.</param>
    /// <param name="tree">The context's types with their hashes.</param>
    /// <param name="tables">The storage elements.</param>
    /// <param name="tape">What jobs do about data on tape.</param>
    public StoredTypes(RunDocument run, DependencyTree tree, DataTables tables, TapeAccess tape)
    {
        (_tables, _tape) = (tables, tape);
        foreach (var entry in run.Data)
        {
            if (entry.Type is { } type && tree.HashOf(type) is { } hash && entry.IsAvailable(run.Number, type, hash))
            {
                if (!_locations.TryGetValue(type, out var places))
                {
                    _locations[type] = places = [];
                }

                places.Add(entry.Location ?? "");
                if (entry.IsLocal)
                {
                    _local.Add(type);
                }

                HasProducts |= !tree.IsRoot(type);
            }
        }
    }

    /// <summary>Whether anything but raw data is available.</summary>
    public bool HasProducts { get; }

    /// <summary>Whether it is available anywhere.</summary>
    public bool Has(string type) => _locations.ContainsKey(type);

    /// <summary>Whether it is available where jobs can read it.</summary>
    public bool CanBeRead(string type) =>
        _local.Contains(type)
        || (_locations.TryGetValue(type, out var places) && places.Exists(p => p.Length > 0 && _tables.IsReadable(p, _tape)));

    /// <summary>The storage elements where jobs can read it; none of data in a local folder.</summary>
    public ImmutableArray<string> RsesOf(string type) =>
        !_local.Contains(type) && _locations.TryGetValue(type, out var places)
            ? [.. places.Where(p => p.Length > 0 && _tables.IsReadable(p, _tape)).Distinct(StringComparer.Ordinal)]
            : [];

    /// <summary>All places, for people.</summary>
    public string LocationsOf(string type) =>
        string.Join(", ", _locations.GetValueOrDefault(type, []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}

/// <summary>What is decided about a level.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="ToMake">What it would store of which something is missing.</param>
internal sealed record LevelVerdict(UnitVerdict Verdict, ImmutableArray<string> ToMake);

/// <summary>A run and detector that is decided on.</summary>
internal sealed record DetectorWork(
    RunDocument Run,
    DetectorLevels Detector,
    LevelPlan Plan,
    StoredTypes Stored,
    ImmutableArray<string> Without
)
{
    /// <summary>The rules that were asked about the detector.</summary>
    public required DecisionSteps? Steps { get; init; }

    /// <summary>What is known of its raw data.</summary>
    public required RawAnswer Raw { get; init; }

    /// <summary>Length of the run, or null.</summary>
    public double? Seconds =>
        Run is { Began: { } began, Ended: { } ended } && ended > began ? (ended - began).TotalSeconds : null;

    /// <summary>What a level stores and is not available, in the order of strax.</summary>
    public ImmutableArray<string> Missing(Level level) =>
        level.Names.Any(Stored.Has) ? [.. level.Names.Where(t => !Stored.Has(t))] : level.Names;
}

/// <summary>The verdicts on the levels of a run and detector, and on the types asked for, which follow from them.</summary>
internal sealed class LevelVerdicts(
    DetectorWork work,
    LevelVerdict lower,
    LevelVerdict upper,
    ImmutableSortedDictionary<string, UnitVerdict> without,
    LevelContext levels
) : IUnitVerdicts
{
    /// <inheritdoc/>
    public UnitVerdict Of(string unit) =>
        unit == LevelContext.UnitOf(LevelKind.Lower, work.Detector.Name) ? lower.Verdict
        : unit == LevelContext.UnitOf(LevelKind.Upper, work.Detector.Name) ? upper.Verdict
        : OfType(unit);

    private UnitVerdict OfType(string type)
    {
        var steps = work.Steps?.Copy();
        if (!levels.Tree.Knows(type))
        {
            var lacks = $"context {levels.Description.Name} does not have {type}";
            return DecisionSteps.Refuse(steps, Rule.TypeDetector, Reason.TypeNotInContext, lacks);
        }

        if (!levels.Table.FitsMode(type, work.Run.Mode))
        {
            var (reason, why) = levels.Table.LedModes.TryGetValue(work.Run.Mode ?? "", out var led)
                ? (Reason.LedMode, $"mode {work.Run.Mode} makes only {string.Join(", ", led.Types)}")
                : (Reason.LedTypeOnly, $"{type} is made in LED modes only, not in {work.Run.Mode}");
            return DecisionSteps.Refuse(steps, Rule.LedModes, reason, why);
        }

        if (without.TryGetValue(type, out var cannot))
        {
            return cannot;
        }

        var (kind, level, made) = work.Plan.Lower.Types.Contains(type)
            ? (LevelKind.Lower, work.Plan.Lower, lower)
            : (LevelKind.Upper, work.Plan.Upper, upper);
        if (!level.StoredNames.Contains(type))
        {
            var umbrella = work.Plan.NotStored.FirstOrDefault(n => n.Type == type)?.Why ?? "it is not stored";
            return DecisionSteps.Refuse(steps, Rule.Stored, Reason.Umbrella, umbrella);
        }

        var unit = LevelContext.UnitOf(kind, work.Detector.Name);
        var verdict = made.Verdict.Verdict;
        return verdict.Reason == Reason.AllStored || !made.ToMake.Contains(type)
            ? DecisionSteps.Refuse(steps, Rule.Stored, Reason.LevelStored, $"{type} is available")
            : made.Verdict with { Verdict = verdict with { Detail = DetailOf(unit, verdict) }, Input = null };
    }

    /// <summary>The line of the level has the rest.</summary>
    private static string DetailOf(string unit, Verdict verdict) =>
        verdict.Outcome == Outcome.Process ? $"{unit} makes it" : $"{unit}: {verdict.Detail}";
}
