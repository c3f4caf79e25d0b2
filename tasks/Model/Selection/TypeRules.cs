using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>The rules of a plan by type: a line for each data type asked for. <see cref="InputRules"/> say what it is made from.</summary>
public sealed class TypeRules : RunRules
{
    private readonly ImmutableArray<AskedType> _asked;
    private readonly RuleTable<TypeOfRun> _ofType;
    private readonly InputRules _ofInput;

    /// <param name="settings">What is asked for.</param>
    /// <param name="tables">The data types, modes and storage elements.</param>
    /// <param name="hashes">Lineage hash of each data type.</param>
    /// <param name="inFlight">What other workflows make now; null: nothing.</param>
    public TypeRules(
        OutsourceSettings settings,
        DataTables tables,
        ImmutableSortedDictionary<string, string> hashes,
        InFlightWork? inFlight = null
    )
        : base(settings, (tables ?? throw new ArgumentNullException(nameof(tables))).ExcludingTags)
    {
        var others = settings.IncludeInFlight ? InFlightWork.None : inFlight ?? InFlightWork.None;
        _ofType = RulesOfType.Of(settings, tables, hashes, others);
        // Each run asks for hashes.
        var quick = hashes.ToDictionary(h => h.Key, h => h.Value, StringComparer.Ordinal);
        _ofInput = new InputRules(settings, tables, quick, others);
        var order = tables.Names.Select((name, index) => (name, index)).ToDictionary(n => n.name, n => n.index, StringComparer.Ordinal);
        Types = [.. settings.DataTypes.Select(name => tables.DataTypes[name]).OrderBy(t => t.Depth).ThenBy(t => order[t.Name])];
        _asked = [.. Types.Select(t => new AskedType(t, quick))];
        Units = [.. Types.Select(t => t.Name)];
    }

    /// <summary>The data types asked for, in the order they are processed: by depth in the dependency graph, then by the table.</summary>
    public ImmutableArray<DataType> Types { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Units { get; }

    /// <inheritdoc/>
    protected override ImmutableArray<LedgerLine> OfUnits(RunDocument run, DecisionChain? chain)
    {
        var lines = ImmutableArray.CreateBuilder<LedgerLine>(Types.Length);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var asked in _asked)
        {
            var name = asked.Type.Name;
            chain?.BeginType(name);
            var (verdict, input) = OfType(new TypeOfRun(run, asked), made, chain);
            if (verdict.Outcome == Outcome.Process)
            {
                made.Add(name);
            }

            lines.Add(Line(run, name, verdict, input));
        }

        return lines.DrainToImmutable();
    }

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
