using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Model.Selection;

/// <summary>
/// The rules of selection (docs/domain.md §6, §7): the verdict on a run, and on each data type asked for. They use nothing but the document
/// and the settings. They are asked in a fixed order, and the first that refuses decides: first <see cref="RulesOfRun"/>, then
/// <see cref="RulesOfType"/>, then <see cref="InputRules"/>.
/// </summary>
public sealed class RunRules
{
    /// <summary>Share of runs with a source error above which the stage fails as a whole: no quiet partial submission.</summary>
    public const double MostSourceErrors = 0.05;

    /// <summary>Name of the stage, as the ledger's lines have it.</summary>
    public const string Stage = nameof(Target.FilterModes);

    private readonly ImmutableSortedDictionary<string, string> _hashes;
    private readonly RuleTable<RunDocument> _ofRun;
    private readonly RuleTable<TypeOfRun> _ofType;
    private readonly InputRules _ofInput;

    /// <param name="settings">What is asked for.</param>
    /// <param name="tables">The data types, modes and storage elements.</param>
    /// <param name="hashes">Lineage hash of each data type.</param>
    /// <param name="inFlight">What other workflows make now; null: nothing.</param>
    public RunRules(
        OutsourceSettings settings,
        DataTables tables,
        ImmutableSortedDictionary<string, string> hashes,
        InFlightWork? inFlight = null
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(tables);
        var others = settings.IncludeInFlight ? InFlightWork.None : inFlight ?? InFlightWork.None;
        _hashes = hashes;
        _ofRun = RulesOfRun.Of(settings, tables.ExcludingTags);
        _ofType = RulesOfType.Of(settings, tables, hashes, others);
        _ofInput = new InputRules(settings, tables, hashes, others);
        var order = tables.Names.Select((name, index) => (name, index)).ToDictionary(n => n.name, n => n.index, StringComparer.Ordinal);
        Types = [.. settings.DataTypes.Select(name => tables.DataTypes[name]).OrderBy(t => t.Depth).ThenBy(t => order[t.Name])];
    }

    /// <summary>The data types asked for, in the order they are processed: by depth in the dependency graph, then by the table.</summary>
    public ImmutableArray<DataType> Types { get; }

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

    /// <summary>One line per data type asked for, in the order of <see cref="Types"/>.</summary>
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

        var lines = ImmutableArray.CreateBuilder<LedgerLine>(Types.Length);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in Types)
        {
            chain?.BeginType(type.Name);
            var (verdict, input) = OfType(new TypeOfRun(run, type, _hashes), made, chain);
            if (verdict.Outcome == Outcome.Process)
            {
                made.Add(type.Name);
            }

            lines.Add(Line(run, type, verdict, input));
        }

        return lines.DrainToImmutable();
    }

    /// <summary>The same verdict for every data type asked for.</summary>
    public ImmutableArray<LedgerLine> ForAll(RunDocument run, Verdict verdict) => [.. Types.Select(type => Line(run, type, verdict, null))];

    private static LedgerLine Line(RunDocument run, DataType type, Verdict verdict, PlannedInput? input) =>
        new(run.Number, run.Position, type.Name, verdict, Stage, input);

    private (Verdict Verdict, PlannedInput? Input) OfType(TypeOfRun of, HashSet<string> made, DecisionChain? chain)
    {
        if (_ofType.Ask(of, chain) is { } refused)
        {
            return (refused, null);
        }

        var (refusal, input) = _ofInput.Of(of, made, chain);
        return refusal is null ? (of.Wanted, input) : (refusal, null);
    }
}
