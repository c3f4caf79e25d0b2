using System.Collections.Immutable;
using Outsource.Model.Contexts;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>Decides on the levels of one detector that took data in a run.</summary>
/// <param name="settings">What is asked for.</param>
/// <param name="tables">The storage elements.</param>
/// <param name="levels">The levels of the context.</param>
/// <param name="inFlight">What other workflows make now; null: nothing, or it does not matter.</param>
internal sealed class LevelDecider(OutsourceSettings settings, DataTables tables, LevelContext levels, InFlightWork? inFlight)
{
    private readonly RulesOfRawData _raw = new(settings, tables);
    private readonly TapeAccess _tape = settings.Stage ? TapeAccess.Staged : TapeAccess.None;

    // Of runs of which nothing is stored yet, which most are, the same follows from the same plan.
    private readonly Dictionary<LevelPlan, ImmutableArray<NeedingMore>> _needingMore = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<LevelPlan, IReadOnlySet<string>> _read = new(ReferenceEqualityComparer.Instance);
    private readonly bool _again = settings.IgnoreProcessed || settings.Force;

    /// <summary>Decides.</summary>
    /// <param name="run">The run.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="explained">Whether the verdicts have their steps.</param>
    public IUnitVerdicts Decide(RunDocument run, DetectorLevels detector, Explained explained)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(detector);
        var stored = new StoredTypes(run, levels.Tree, tables, _tape);
        var steps = explained == Explained.Yes ? new DecisionSteps() : null;
        steps?.Yes(Rule.TypeDetector, $"it is of {detector.Name}");
        steps?.Yes(Rule.RunDetectors, $"{detector.Name} is among {string.Join(", ", run.Detectors)}");
        var whole = levels.PlanOf(detector, run.Mode);
        var without = Unmakeable(run, detector, whole, stored, explained);
        var plan = without.Count == 0 ? whole : levels.PlanOf(detector, run.Mode, [.. without.Keys]);
        var raw = _raw.Look(RawOf(run, detector.Raw), explained);
        var work = new DetectorWork(run, detector, plan, stored, [.. without.Keys]) { Steps = steps, Raw = raw };
        var lower = Lower(work);
        var upper = Upper(work, lower);
        return new LevelVerdicts(work, lower, upper, without, levels);
    }

    /// <summary>Types of the upper level that need raw data besides the detector's own which jobs cannot read: type → why.</summary>
    private ImmutableSortedDictionary<string, UnitVerdict> Unmakeable(
        RunDocument run,
        DetectorLevels detector,
        LevelPlan plan,
        StoredTypes stored,
        Explained explained
    )
    {
        var refused = ImmutableSortedDictionary<string, UnitVerdict>.Empty.WithComparers(StringComparer.Ordinal);
        foreach (var (type, stores, roots) in TypesNeedingMore(detector, plan))
        {
            if (!_again && stores.All(stored.Has))
            {
                // Nothing is made on the way to it.
                continue;
            }

            bool IsThere(string t) => plan.Lower.StoredNames.Contains(t) || stored.CanBeRead(t);
            foreach (var root in CountsStored(stored) ? RootsBelow(detector, type, IsThere) : roots)
            {
                var asked = _raw.Look(RawOf(run, root), explained);
                if (asked.Refusal is { } refusal)
                {
                    refused = refused.SetItem(type, new UnitVerdict(refusal, asked.Steps));
                    break;
                }
            }
        }

        return refused;
    }

    /// <summary>Types of the upper level that need other raw data as well, if nothing of it is stored.</summary>
    private ImmutableArray<NeedingMore> TypesNeedingMore(DetectorLevels detector, LevelPlan plan)
    {
        if (!_needingMore.TryGetValue(plan, out var types))
        {
            _needingMore[plan] = types =
            [
                .. plan.Upper.Types.Select(t => new NeedingMore(
                        t,
                        [.. levels.Tree.Stored([t]).Add(t).Where(plan.Upper.StoredNames.Contains)],
                        RootsBelow(detector, t, plan.Lower.StoredNames.Contains)
                    ))
                    .Where(t => !t.Roots.IsEmpty),
            ];
        }

        return types;
    }

    private ImmutableArray<string> RootsBelow(DetectorLevels detector, string type, Func<string, bool> isThere) =>
        [.. levels.OtherRootsOf(detector, type, isThere).Order(StringComparer.Ordinal)];

    /// <summary>Whether it matters what of a run is stored.</summary>
    private bool CountsStored(StoredTypes stored) => !_again && stored.HasProducts;

    private LevelVerdict Lower(DetectorWork work)
    {
        var steps = work.Steps?.Copy();
        return Refused(work, LevelKind.Lower, steps, out var making)
            ?? new LevelVerdict(
                DecisionSteps.End(
                    steps,
                    making.Wanted,
                    new PlannedInput(InputKind.Raw, work.Detector.Raw, work.Raw.Did, work.Raw.Rses)
                    {
                        Level = WorkOf(work, making.ToMake, making.Missing, []),
                    }
                ),
                making.ToMake
            );
    }

    private LevelVerdict Upper(DetectorWork work, LevelVerdict lower)
    {
        var steps = work.Steps?.Copy();
        if (Refused(work, LevelKind.Upper, steps, out var making) is { } refused)
        {
            return refused;
        }

        var unit = LevelContext.UnitOf(LevelKind.Lower, work.Detector.Name);
        return lower.Verdict.Verdict switch
        {
            { Outcome: Outcome.Process } => MadeHere(work, steps, making),
            { Reason: Reason.AllStored } or { Reason: Reason.NothingAsked } => FromStored(work, steps, making),
            { Reason: Reason.InFlight } flying => new LevelVerdict(
                DecisionSteps.Refuse(steps, Rule.InFlight, Reason.InFlight, $"it is made from {unit}, {flying.Detail}"),
                making.ToMake
            ),
            var other => new LevelVerdict(
                DecisionSteps.Refuse(steps, Rule.Parent, Reason.ParentMissing, $"{unit} is not made: {other.Detail}"),
                making.ToMake
            ),
        };
    }

    /// <summary>What either level is asked: whether something of it is to be made, nobody makes it now, and its raw data can be used.
    /// </summary>
    /// <param name="work">The run and detector.</param>
    /// <param name="kind">The level.</param>
    /// <param name="steps">Gets what was asked.</param>
    /// <param name="making">What is to be made.</param>
    /// <returns>Why it is not made; null: it is, as far as the other level lets it.</returns>
    private LevelVerdict? Refused(DetectorWork work, LevelKind kind, DecisionSteps? steps, out Making making)
    {
        var level = kind == LevelKind.Lower ? work.Plan.Lower : work.Plan.Upper;
        var missing = work.Missing(level);
        making = new Making(Wanted(missing), kind == LevelKind.Lower || _again ? level.Names : Widened(level, missing), missing);
        if (level.IsEmpty)
        {
            return new LevelVerdict(NothingAsked(work, steps), []);
        }

        if (missing.IsEmpty && !_again)
        {
            var stored = $"{string.Join(", ", level.Names)} available";
            return new LevelVerdict(DecisionSteps.Refuse(steps, Rule.Stored, Reason.AllStored, stored), []);
        }

        steps?.Yes(Rule.Stored, making.Wanted.Detail);
        return InFlight(work, kind, making.ToMake) is { } flying
                ? new LevelVerdict(DecisionSteps.Refuse(steps, Rule.InFlight, Reason.InFlight, flying), making.ToMake)
            : FromRaw(work, steps) is { } refusal ? new LevelVerdict(refusal, making.ToMake)
            : null;
    }

    /// <summary>The lower level is made in this workflow: the job reads its output, wherever it runs.</summary>
    private LevelVerdict MadeHere(DetectorWork work, DecisionSteps? steps, Making making)
    {
        var (wanted, toMake, missing) = making;
        var unit = LevelContext.UnitOf(LevelKind.Lower, work.Detector.Name);
        var read = ReadFor(work, toMake);
        steps?.Yes(Rule.Parent, $"{unit} is made in this workflow");
        return new LevelVerdict(
            DecisionSteps.End(
                steps,
                wanted,
                new PlannedInput(InputKind.Workflow, unit, null, []) { Level = WorkOf(work, toMake, missing, read) }
            ),
            toMake
        );
    }

    /// <summary>Everything that the job reads is stored: it runs where all of that is.</summary>
    private LevelVerdict FromStored(DetectorWork work, DecisionSteps? steps, Making making)
    {
        var (wanted, toMake, missing) = making;
        var below = work.Plan.Lower.StoredNames;
        var read = ReadFor(work, toMake);
        var types = levels.Tree.Ordered(read);
        foreach (var type in types.Where(below.Contains))
        {
            if (!work.Stored.CanBeRead(type))
            {
                return new LevelVerdict(
                    DecisionSteps.Refuse(
                        steps,
                        Rule.Parent,
                        Reason.LowerNotReadable,
                        $"{type} is stored at {work.Stored.LocationsOf(type)} only, which jobs cannot read"
                    ),
                    toMake
                );
            }
        }

        var rses = types.Select(t => levels.Tree.IsRoot(t) ? RawRses(work, t) : work.Stored.RsesOf(t)).ToList();
        var common = rses.Count == 0 ? [] : rses.Skip(1).Aggregate(rses[0].AsEnumerable(), (all, some) => all.Intersect(some));
        steps?.Yes(Rule.Parent, $"it reads {string.Join(", ", types)}");
        var fromRaw = types.Contains(work.Detector.Raw);
        var input = new PlannedInput(
            fromRaw ? InputKind.Raw : InputKind.Stored,
            fromRaw ? work.Detector.Raw : string.Join(", ", types),
            fromRaw ? work.Raw.Did : null,
            [.. common.Order(StringComparer.Ordinal)]
        );
        return new LevelVerdict(DecisionSteps.End(steps, wanted, input with { Level = WorkOf(work, toMake, missing, read) }), toMake);
    }

    /// <summary>What the job of the upper level reads: the lower level, and what of its own is stored and not made again.</summary>
    private IReadOnlySet<string> ReadFor(DetectorWork work, ImmutableArray<string> toMake)
    {
        var below = work.Plan.Lower.StoredNames;
        if (CountsStored(work.Stored))
        {
            return levels.Tree.Below(toMake, t => below.Contains(t) || (!toMake.Contains(t) && work.Stored.CanBeRead(t)));
        }

        if (!_read.TryGetValue(work.Plan, out var read))
        {
            _read[work.Plan] = read = levels.Tree.Below(toMake, below.Contains);
        }

        return read;
    }

    private ImmutableArray<string> RawRses(DetectorWork work, string root) =>
        root == work.Detector.Raw
            ? work.Raw.Rses
            : _raw.Look(RawOf(work.Run, root), Explained.No).Rses;

    /// <summary>Why the raw data cannot be used; null: it can.</summary>
    private UnitVerdict? FromRaw(DetectorWork work, DecisionSteps? steps)
    {
        steps?.Add(work.Raw.Steps);
        if (work.Raw.Refusal is { } refusal)
        {
            return DecisionSteps.End(steps, refusal);
        }

        return levels.FirstSecondsOf(work.Detector) is not null && work.Seconds is null
            ? DecisionSteps.Refuse(
                steps,
                Rule.Document,
                Reason.TimesFaulty,
                $"'start' is '{Shown(work.Run.Start)}' and 'end' is '{Shown(work.Run.End)}', which are not two times, one after the other"
            )
            : null;
    }

    private RawOfRun RawOf(RunDocument run, string root) => new(run, root, levels.Tree.HashOf(root) ?? "");

    private static string Shown(string? text) => text is null ? "missing" : ExtendedJson.Shortened(text);

    private LevelWork WorkOf(
        DetectorWork work,
        ImmutableArray<string> toMake,
        ImmutableArray<string> missing,
        IReadOnlyCollection<string> read
    ) =>
        new(
            work.Raw.Did!,
            work.Raw.Sizes,
            levels.FirstSecondsOf(work.Detector) is null ? null : work.Seconds,
            work.Run.Mode is { } mode && levels.Table.LedModes.ContainsKey(mode) ? mode : null,
            work.Without,
            toMake,
            _again ? toMake : missing,
            [
                .. read.Where(t => levels.Tree.IsRoot(t) && t != work.Detector.Raw)
                    .Order(StringComparer.Ordinal)
                    .Select(t => new OtherRaw(t, SizeOf(RawOf(work.Run, t)))),
            ]
        );

    /// <summary>MB of raw data by its greatest entry, whatever its status; null: no entry says it.</summary>
    private static double? SizeOf(RawOfRun raw) =>
        raw.Run.Data.Where(e => e.IsStored(raw.Run.Number, raw.Type, raw.Hash)).Max(e => e.SizeMb);

    /// <summary>What is missing, and all that its plugins store beside it: strax makes whole plugins.</summary>
    private ImmutableArray<string> Widened(Level level, ImmutableArray<string> missing)
    {
        if (missing.Length == level.Names.Length)
        {
            return level.Names;
        }

        var plugins = missing.Select(levels.Tree.PluginOf).ToHashSet<ContextPlugin>(ReferenceEqualityComparer.Instance);
        return [.. level.Names.Where(t => plugins.Contains(levels.Tree.PluginOf(t)))];
    }

    private string? InFlight(DetectorWork work, LevelKind kind, ImmutableArray<string> toMake) =>
        inFlight is null || inFlight.IsEmpty
            ? null
            : inFlight.DetailOf(
                work.Run.Number!.Value,
                LevelContext.UnitOf(kind, work.Detector.Name),
                toMake.ToDictionary(t => t, t => levels.Hashes.GetValueOrDefault(t, ""), StringComparer.Ordinal)
            );

    private UnitVerdict NothingAsked(DetectorWork work, DecisionSteps? steps) =>
        work.Run.Mode is { } mode && levels.Table.LedModes.TryGetValue(mode, out var led)
            ? DecisionSteps.Refuse(steps, Rule.LedModes, Reason.LedMode, $"mode {mode} makes only {string.Join(", ", led.Types)}")
            : DecisionSteps.Refuse(steps, Rule.LedModes, Reason.NothingAsked, "no type of it is asked for that can be made of this run");

    private Verdict Wanted(ImmutableArray<string> missing) =>
        missing.IsEmpty
            ? new Verdict(Reason.Forced, $"{(settings.Force ? "--force" : "--ignore-processed")}, though all is stored")
            : new Verdict(Reason.ToBeMade, $"{string.Join(", ", missing)} not stored yet");

    /// <summary>A type that needs raw data besides the detector's own, if nothing is stored.</summary>
    /// <param name="Type">The type.</param>
    /// <param name="Stores">What the upper level stores for it.</param>
    /// <param name="Roots">That raw data, ascending.</param>
    private sealed record NeedingMore(string Type, ImmutableArray<string> Stores, ImmutableArray<string> Roots);

    /// <summary>What is made of a level, and why.</summary>
    private sealed record Making(Verdict Wanted, ImmutableArray<string> ToMake, ImmutableArray<string> Missing);
}
