using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Levels;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>
/// The rules of a plan by level: a line for each type asked for, and one for each level. A level is made when something that it stores is
/// missing; detectors do not depend on each other (docs/levels.md).
/// </summary>
public sealed class LevelRules : RunRules
{
    private readonly OutsourceSettings _settings;
    private readonly LevelContext _levels;
    private readonly LevelDecider _decider;

    /// <param name="settings">What is asked for.</param>
    /// <param name="tables">The modes and storage elements.</param>
    /// <param name="levels">The levels of the context.</param>
    /// <param name="inFlight">What other workflows make now; null: nothing.</param>
    public LevelRules(OutsourceSettings settings, DataTables tables, LevelContext levels, InFlightWork? inFlight = null)
        : base(settings, (tables ?? throw new ArgumentNullException(nameof(tables))).ExcludingTags)
    {
        ArgumentNullException.ThrowIfNull(levels);
        _settings = settings;
        _levels = levels;
        _decider = new LevelDecider(settings, tables, levels, settings.IncludeInFlight ? null : inFlight);
    }

    /// <inheritdoc/>
    public override ImmutableArray<string> Units => _levels.Units;

    /// <inheritdoc/>
    protected override ImmutableArray<LedgerLine> OfUnits(RunDocument run, DecisionChain? chain)
    {
        ArgumentNullException.ThrowIfNull(run);
        var lines = ImmutableArray.CreateBuilder<LedgerLine>(Units.Length);
        foreach (var detector in _levels.Detectors)
        {
            var explained = chain is null ? Explained.No : Explained.Yes;
            IUnitVerdicts verdicts = Refusal(run, detector, explained) is { } refused ? refused : _decider.Decide(run, detector, explained);
            foreach (var unit in _levels.UnitsOf(detector))
            {
                var verdict = verdicts.Of(unit);
                verdict.Tell(chain, unit);
                lines.Add(Line(run, unit, verdict.Verdict, verdict.Input));
            }
        }

        return lines.DrainToImmutable();
    }

    /// <summary>Why nothing of a detector is made of a run, or null.</summary>
    private SameVerdict? Refusal(RunDocument run, DetectorLevels detector, Explained explained)
    {
        var steps = explained == Explained.Yes ? new DecisionSteps() : null;
        if (_settings.Detector is { } only && only != detector.Name)
        {
            return new SameVerdict(
                DecisionSteps.Refuse(
                    steps,
                    Rule.TypeDetector,
                    Reason.TypeOfOtherDetector,
                    $"it is of {detector.Name}, asked for is --detector={only}"
                )
            );
        }

        return run.Detectors.Contains(detector.Name)
            ? null
            : new SameVerdict(
                DecisionSteps.Refuse(
                    steps,
                    Rule.RunDetectors,
                    Reason.DetectorAbsent,
                    $"{detector.Name} is not among {string.Join(", ", run.Detectors)}"
                )
            );
    }
}

/// <summary>The verdicts on the units of one run and detector.</summary>
internal interface IUnitVerdicts
{
    /// <summary>The verdict on a unit: a type asked for, or a level.</summary>
    UnitVerdict Of(string unit);
}

/// <summary>One verdict for all units.</summary>
internal sealed record SameVerdict(UnitVerdict Verdict) : IUnitVerdicts
{
    /// <inheritdoc/>
    public UnitVerdict Of(string unit) => Verdict;
}

/// <summary>The verdict on a unit, with the rules that were asked on the way.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Steps">The rules that were asked, in order.</param>
/// <param name="Input">The input of a level that is to be made.</param>
internal sealed record UnitVerdict(Verdict Verdict, ImmutableArray<Decision> Steps, PlannedInput? Input = null)
{
    /// <summary>Tells the rules that were asked.</summary>
    public void Tell(DecisionChain? chain, string unit)
    {
        if (chain is null)
        {
            return;
        }

        chain.BeginType(unit);
        foreach (var step in Steps)
        {
            if (step.Yes)
            {
                chain.Yes(step.Rule, step.Value);
            }
            else
            {
                chain.No(step.Rule, new Verdict(step.Reason!.Value, step.Value));
            }
        }
    }
}

/// <summary>
/// The rules that were asked so far about a unit, for an explanation. Where none is wanted there is no such list, and no text is made for
/// it.
/// </summary>
internal sealed class DecisionSteps
{
    private readonly ImmutableArray<Decision>.Builder _steps = ImmutableArray.CreateBuilder<Decision>();

    /// <summary>A rule was passed.</summary>
    public void Yes(Rule rule, string value) => _steps.Add(new Decision(rule, true, value));

    /// <summary>Rules that were asked elsewhere.</summary>
    public void Add(IEnumerable<Decision> decisions) => _steps.AddRange(decisions);

    /// <summary>The same steps, to go on with.</summary>
    public DecisionSteps Copy()
    {
        var copy = new DecisionSteps();
        copy.Add(_steps);
        return copy;
    }

    /// <summary>A rule said no.</summary>
    /// <param name="steps">The steps before, or null: nothing is explained.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="detail">The value that decided.</param>
    public static UnitVerdict Refuse(DecisionSteps? steps, Rule rule, Reason reason, string detail)
    {
        steps?._steps.Add(new Decision(rule, false, detail, reason));
        return End(steps, new Verdict(reason, detail));
    }

    /// <summary>The verdict after these steps.</summary>
    public static UnitVerdict End(DecisionSteps? steps, Verdict verdict, PlannedInput? input = null) =>
        new(verdict, steps?._steps.ToImmutable() ?? [], input);
}
