using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>A run and a data type that is decided on.</summary>
/// <param name="run">The run.</param>
/// <param name="type">The data type.</param>
/// <param name="hashes">Lineage hash of each stored type.</param>
internal sealed class TypeOfRun(RunDocument run, DataType type, ImmutableSortedDictionary<string, string> hashes)
{
    public RunDocument Run => run;

    public DataType Type => type;

    /// <summary>What the type stores and the run has not yet.</summary>
    public IReadOnlyList<string> Missing =>
        field ??= [.. type.Stores.Where(stored => !run.Data.Any(e => e.IsAvailable(run.Number, stored, hashes[stored])))];

    /// <summary>Why it is to be made, where nothing else stands against it.</summary>
    public Verdict Wanted =>
        Missing.Count == 0
            ? new Verdict(Reason.Forced, "--force, though all is stored")
            : new Verdict(Reason.ToBeMade, $"{string.Join(", ", Missing)} not stored yet");
}

/// <summary>The rules about a data type of a run; those about its input follow (<see cref="InputRules"/>).</summary>
internal static class RulesOfType
{
    /// <summary>The table of these rules.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="tables">The data types and modes.</param>
    /// <param name="hashes">Lineage hash of each stored type.</param>
    /// <param name="inFlight">What other workflows make now.</param>
    public static RuleTable<TypeOfRun> Of(
        OutsourceSettings settings,
        DataTables tables,
        ImmutableSortedDictionary<string, string> hashes,
        InFlightWork inFlight
    )
    {
        SelectionRule<TypeOfRun>[] rules = [TypeDetector(settings.Detector), RunDetectors(), LedModes(tables), Stored(settings)];
        return new(inFlight.IsEmpty ? [.. rules] : [.. rules, InFlight(inFlight, hashes)]);
    }

    private static SelectionRule<TypeOfRun> TypeDetector(string? detector)
    {
        var asked = detector is null ? "are all detectors" : $"is --detector={detector}";
        return new(
            Rule.TypeDetector,
            [
                new(
                    Reason.TypeOfOtherDetector,
                    of => detector is not null && of.Type.Detector != detector,
                    of => $"{of.Type.Name} is of {of.Type.Detector}, asked for {asked}"
                ),
            ],
            of => $"{of.Type.Name} is of {of.Type.Detector}, asked for {asked}"
        );
    }

    private static SelectionRule<TypeOfRun> RunDetectors() =>
        new(
            Rule.RunDetectors,
            [
                new(
                    Reason.DetectorAbsent,
                    of => !of.Run.Detectors.Contains(of.Type.Detector),
                    of => $"{of.Type.Detector} is not among {string.Join(", ", of.Run.Detectors)}"
                ),
            ],
            of => $"{of.Type.Detector} is among {string.Join(", ", of.Run.Detectors)}"
        );

    private static SelectionRule<TypeOfRun> LedModes(DataTables tables) =>
        new(
            Rule.LedModes,
            [
                new(
                    Reason.LedMode,
                    of => tables.LedModes.TryGetValue(of.Run.Mode!, out var types) && !types.Contains(of.Type.Name),
                    of => $"mode {of.Run.Mode} makes only {string.Join(", ", tables.LedModes[of.Run.Mode!])}"
                ),
                new(
                    Reason.LedTypeOnly,
                    of => !tables.LedModes.ContainsKey(of.Run.Mode!) && tables.IsLedType(of.Type.Name),
                    of => $"{of.Type.Name} is made in LED modes only, not in {of.Run.Mode}"
                ),
            ],
            of =>
                tables.LedModes.ContainsKey(of.Run.Mode!)
                    ? $"LED mode {of.Run.Mode} makes {of.Type.Name}"
                    : $"{of.Run.Mode} is not an LED mode, and {of.Type.Name} is not an LED type"
        );

    private static SelectionRule<TypeOfRun> Stored(OutsourceSettings settings) =>
        new(
            Rule.Stored,
            [
                new(
                    Reason.AllStored,
                    of => !settings.Force && of.Missing.Count == 0,
                    of => $"{string.Join(", ", of.Type.Stores)} available"
                ),
            ],
            of => of.Wanted.Detail
        );

    private static SelectionRule<TypeOfRun> InFlight(InFlightWork inFlight, ImmutableSortedDictionary<string, string> hashes)
    {
        return new(
            Rule.InFlight,
            [new(Reason.InFlight, of => Detail(of) is not null, of => Detail(of)!)],
            _ => "no workflow whose jobs may run makes it"
        );

        string? Detail(TypeOfRun of) => inFlight.DetailOf(of.Run.Number!.Value, of.Type, hashes);
    }
}
