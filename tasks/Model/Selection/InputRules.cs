using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>Where a data type of a run is made from: raw data, or another data type.</summary>
/// <param name="settings">What is asked for.</param>
/// <param name="tables">The data types and storage elements.</param>
/// <param name="hashes">Lineage hash of each data type.</param>
/// <param name="inFlight">What other workflows make now.</param>
internal sealed class InputRules(
    OutsourceSettings settings,
    DataTables tables,
    IReadOnlyDictionary<string, string> hashes,
    InFlightWork inFlight
)
{
    private readonly RulesOfRawData _raw = new(settings, tables);
    private readonly TapeAccess _tape = settings.Stage ? TapeAccess.Staged : TapeAccess.None;

    /// <summary>The input, or why there is none.</summary>
    /// <param name="of">Run and data type.</param>
    /// <param name="made">The types of the run that this workflow makes.</param>
    /// <param name="chain">Gets what each rule says, or null.</param>
    public (Verdict? Refusal, PlannedInput? Input) Of(TypeOfRun of, HashSet<string> made, DecisionChain? chain) =>
        of.Type.MadeFromRaw ? RawData(of.Run, of.Type.MadeFrom, chain) : Parent(of.Run, of.Type, made, chain);

    private (Verdict? Refusal, PlannedInput? Input) RawData(RunDocument run, string type, DecisionChain? chain)
    {
        var (refusal, entries) = _raw.Ask(new RawOfRun(run, type, hashes[type]), chain);
        return refusal is null ? (null, From(InputKind.Raw, type, entries)) : (refusal, null);
    }

    /// <summary>The type it is made from: made here, stored already, or made by the job itself from raw data.</summary>
    private (Verdict? Refusal, PlannedInput? Input) Parent(RunDocument run, DataType type, HashSet<string> made, DecisionChain? chain)
    {
        var parent = type.MadeFrom;
        if (made.Contains(parent))
        {
            chain?.Yes(Rule.Parent, $"{parent} is made in this workflow");
            return (null, new PlannedInput(InputKind.Workflow, parent, null, []));
        }

        var hash = hashes[parent];
        var stored = run.Data.Where(e => e.IsAvailable(run.Number, parent, hash)).ToList();
        var readable = stored.FindAll(e => e.Location is not null && tables.IsReadable(e.Location, _tape));
        if (readable.Count > 0)
        {
            chain?.Yes(Rule.Parent, $"{parent} is stored at {RulesOfRawData.Locations(readable)}");
            return (null, From(InputKind.Stored, parent, readable));
        }

        if (inFlight.DetailOf(run.Number!.Value, parent, hashes, [parent]) is { } detail)
        {
            // The job would make it itself, a second time.
            return (DecisionChain.Refuse(chain, Rule.InFlight, Reason.InFlight, $"it is made from {parent}, {detail}"), null);
        }

        var (refusal, raw) = RawData(run, tables.RawTypeOf(type), chain);
        if (refusal is null)
        {
            chain?.Yes(Rule.Parent, $"{parent} is not stored where jobs can read it, and the job makes it from {raw!.Type}");
            return (null, raw! with { Kind = InputKind.MadeByJob });
        }

        var (reason, why) =
            stored.Count > 0
                ? (Reason.ParentNotReadable, $"{parent} at {RulesOfRawData.Locations(stored)} only, which jobs cannot read")
                : (Reason.ParentMissing, $"{parent} is not stored, and {refusal.Detail}");
        return (DecisionChain.Refuse(chain, Rule.Parent, reason, why), null);
    }

    private static PlannedInput From(InputKind kind, string type, List<DataEntry> entries) =>
        new(
            kind,
            type,
            entries[0].Did,
            RulesOfRawData.Rses(entries),
            entries.Max(e => e.SizeMb)
        );
}
