using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>A data type that is asked for, and what is the same for all runs.</summary>
/// <param name="type">The data type.</param>
/// <param name="hashes">Lineage hash of each stored type.</param>
internal sealed class AskedType(DataType type, IReadOnlyDictionary<string, string> hashes)
{
    private static readonly Verdict ForcedOnly = new(Reason.Forced, "--force, though all is stored");

    private readonly string[] _stores = [.. type.Stores];

    public DataType Type => type;

    /// <summary>What it stores, with lineage hashes.</summary>
    public IReadOnlyList<(string Type, string Hash)> Stores => field ??= [.. _stores.Select(stored => (stored, hashes[stored]))];

    private Verdict AllMissing => field ??= NotStored(_stores);

    /// <summary>What it stores and a run has not yet.</summary>
    public IReadOnlyList<string> MissingOf(RunDocument run)
    {
        List<string>? missing = null;
        foreach (var (stored, hash) in Stores)
        {
            if (!IsThere(run, stored, hash))
            {
                (missing ??= new List<string>(_stores.Length)).Add(stored);
            }
        }

        return missing is null ? [] : missing.Count == _stores.Length ? _stores : missing;
    }

    /// <summary>Why it is to be made, where nothing else stands against it.</summary>
    /// <param name="missing">What is missing.</param>
    public Verdict Wanted(IReadOnlyList<string> missing)
    {
        ArgumentNullException.ThrowIfNull(missing);
        return missing.Count == 0 ? ForcedOnly
            : missing == _stores ? AllMissing
            : NotStored(missing);
    }

    private static Verdict NotStored(IReadOnlyList<string> missing) =>
        new(Reason.ToBeMade, $"{string.Join(", ", missing)} not stored yet");

    private static bool IsThere(RunDocument run, string stored, string hash)
    {
        foreach (var entry in run.Data)
        {
            if (entry.IsAvailable(run.Number, stored, hash))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A run and a data type that is decided on.</summary>
/// <param name="run">The run.</param>
/// <param name="asked">The data type.</param>
internal sealed class TypeOfRun(RunDocument run, AskedType asked)
{
    public RunDocument Run => run;

    public DataType Type => asked.Type;

    /// <summary>What the type stores and the run has not yet.</summary>
    public IReadOnlyList<string> Missing => field ??= asked.MissingOf(run);

    /// <summary>Why it is to be made, where nothing else stands against it.</summary>
    public Verdict Wanted => asked.Wanted(Missing);
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

    private static SelectionRule<TypeOfRun> LedModes(DataTables tables)
    {
        var modes = tables.LedModes.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
        return new(
            Rule.LedModes,
            [
                new(
                    Reason.LedMode,
                    of => modes.TryGetValue(of.Run.Mode!, out var types) && !types.Contains(of.Type.Name),
                    of => $"mode {of.Run.Mode} makes only {string.Join(", ", modes[of.Run.Mode!])}"
                ),
                new(
                    Reason.LedTypeOnly,
                    of => !modes.ContainsKey(of.Run.Mode!) && tables.IsLedType(of.Type.Name),
                    of => $"{of.Type.Name} is made in LED modes only, not in {of.Run.Mode}"
                ),
            ],
            of =>
                modes.ContainsKey(of.Run.Mode!)
                    ? $"LED mode {of.Run.Mode} makes {of.Type.Name}"
                    : $"{of.Run.Mode} is not an LED mode, and {of.Type.Name} is not an LED type"
        );
    }

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
