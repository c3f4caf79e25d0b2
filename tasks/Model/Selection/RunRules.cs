using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Model.Selection;

/// <summary>
/// The rules of selection (docs/domain.md §6, §7): the verdict on a run, and on each unit of work: a data type, or a level. They use
/// nothing but the document and the settings. They are asked in a fixed order, and the first that refuses decides: first
/// <see cref="RulesOfRun"/>, then those of the plan (<see cref="TypeRules"/>, <see cref="LevelRules"/>).
/// </summary>
public abstract class RunRules
{
    /// <summary>Share of runs with a source error above which the stage fails as a whole: no quiet partial submission.</summary>
    public const double MostSourceErrors = 0.05;

    /// <summary>Name of the stage, as the ledger's lines have it.</summary>
    public const string Stage = nameof(Target.FilterModes);

    private readonly RuleTable<RunDocument> _ofRun;

    /// <param name="settings">What is asked for.</param>
    /// <param name="excludingTags">The tags that leave a run out, where the configuration names none.</param>
    protected RunRules(OutsourceSettings settings, ImmutableArray<string> excludingTags)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _ofRun = RulesOfRun.Of(settings, excludingTags);
    }

    /// <summary>What each run gets one line of, in the order of the lines.</summary>
    public abstract ImmutableArray<string> Units { get; }

    /// <summary>The verdict that leaves out the run as a whole; null where its data decides. Needs the fields of a listing only.</summary>
    /// <param name="run">The run.</param>
    /// <param name="chain">Gets what each rule says, or null.</param>
    public Verdict? OfRun(RunDocument run, DecisionChain? chain = null)
    {
        ArgumentNullException.ThrowIfNull(run);

        // Data that cannot be read does not matter where the run is left out for another reason: a listing, which has no data, must decide
        // the same.
        var dataFault = run is { Fault.Reason: Reason.DataFaulty, Mode: not null, Detectors.IsEmpty: false } ? run.Fault : null;
        if (run.Fault is { } fault && dataFault is null)
        {
            return DecisionChain.Refuse(chain, Rule.Document, fault.Reason, fault.Detail);
        }

        chain?.Yes(Rule.Document, dataFault is null ? "it can be read" : "it can be read, but for its data");
        return _ofRun.Ask(run, chain)
            ?? (dataFault is null ? null : DecisionChain.Refuse(chain, Rule.Document, dataFault.Reason, dataFault.Detail));
    }

    /// <summary>One line per unit, in the order of <see cref="Units"/>.</summary>
    /// <param name="run">The run.</param>
    /// <param name="chain">Gets what each rule says, or null.</param>
    public ImmutableArray<LedgerLine> Decide(RunDocument run, DecisionChain? chain = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (OfRun(run, chain) is { } whole)
        {
            return ForAll(run, whole);
        }

        if (run.ListingOnly)
        {
            const string Why =
                "only the listing of the run is here, which was enough for another selection; run --target=QueryRuns again, or save the "
                + "snapshot again";
            return ForAll(run, DecisionChain.Refuse(chain, Rule.Document, Reason.RunNotAnswered, Why));
        }

        return OfUnits(run, chain);
    }

    /// <summary>The same verdict for every unit.</summary>
    public ImmutableArray<LedgerLine> ForAll(RunDocument run, Verdict verdict)
    {
        var lines = ImmutableArray.CreateBuilder<LedgerLine>(Units.Length);
        foreach (var unit in Units)
        {
            lines.Add(Line(run, unit, verdict, null));
        }

        return lines.MoveToImmutable();
    }

    /// <summary>The lines of a run whose data decides.</summary>
    /// <param name="run">The run.</param>
    /// <param name="chain">Gets what each rule says, or null.</param>
    protected abstract ImmutableArray<LedgerLine> OfUnits(RunDocument run, DecisionChain? chain);

    /// <summary>One line.</summary>
    protected static LedgerLine Line(RunDocument run, string unit, Verdict verdict, PlannedInput? input)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new(run.Number, run.Position, unit, verdict, Stage, input);
    }
}
