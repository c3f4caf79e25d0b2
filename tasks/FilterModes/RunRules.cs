using System.Collections.Immutable;
using Outsource.Configuration;
using Outsource.Facts;
using Outsource.Ledger;
using Outsource.Runs;

namespace Outsource.FilterModes;

/// <summary>
/// The rules of selection (domain.md §6, §7): what becomes of a run, and of each data type asked for. Pure: document in, verdicts out.
/// The rules are asked in a fixed order and the first that says no decides.
/// </summary>
public sealed class RunRules
{
    private readonly OutsourceSettings _settings;
    private readonly Tables _tables;
    private readonly ImmutableSortedDictionary<string, string> _hashes;
    private readonly ImmutableHashSet<string> _modes;
    private readonly ImmutableHashSet<string> _excludeModes;
    private readonly ImmutableHashSet<string> _sources;
    private readonly ImmutableHashSet<string> _rawRses;

    public RunRules(LoadedConfiguration loaded)
    {
        _settings = loaded.Settings;
        _tables = loaded.Tables;
        _hashes = loaded.Context.Hashes;
        _modes = [.. _settings.Modes];
        _excludeModes = [.. _settings.ExcludeModes];
        _sources = [.. _settings.Sources];
        _rawRses = [.. _settings.RawRecordsRse];
        var order = _tables.Names.Select((name, index) => (name, index)).ToDictionary(n => n.name, n => n.index, StringComparer.Ordinal);
        Types = [.. _settings.DataTypes.Select(name => _tables.DataTypes[name]).OrderBy(t => t.Depth).ThenBy(t => order[t.Name])];
    }

    /// <summary>The data types asked for, in the order they are processed: by depth in the dependency graph, then by the table.</summary>
    public ImmutableArray<DataType> Types { get; }

    /// <summary>Whether the run as a whole is out, or null when its data has to be looked at. Needs the fields of a listing only.</summary>
    public Verdict? OfRun(RunDocument run)
    {
        // Data that cannot be read is no matter where the run is out for another reason: a listing, which has no data, must decide the same.
        var dataFault = run is { Fault.Code: ReasonCodes.DataFaulty, Mode: not null, Detectors.IsEmpty: false } ? run.Fault : null;
        if (run.Fault is { } fault && dataFault is null)
        {
            return new Verdict(fault.Code, fault.Detail);
        }

        var number = run.Number!.Value;
        if (number < _settings.MinRunNumber)
        {
            return new Verdict(ReasonCodes.BelowMinRunNumber, $"run {number} is below min_run_number = {_settings.MinRunNumber}");
        }

        if (number < _settings.LowestRun || number > (_settings.To ?? int.MaxValue))
        {
            return new Verdict(ReasonCodes.OutsideRange, $"run {number} is outside {(_settings.From is { } from ? $"--from={from}" : "")}{(_settings is { From: not null, To: not null } ? " " : "")}{(_settings.To is { } to ? $"--to={to}" : "")}");
        }

        foreach (var tag in _tables.ExcludingTags)
        {
            if (run.Tags.Contains(tag))
            {
                return new Verdict(ReasonCodes.Tagged, $"tag {tag}");
            }
        }

        if (!_modes.IsEmpty)
        {
            if (!_modes.Contains(run.Mode!))
            {
                return new Verdict(ReasonCodes.ModeNotAsked, $"mode {run.Mode} is not in --mode={string.Join(',', _settings.Modes)}");
            }
        }
        else if (_excludeModes.Contains(run.Mode!))
        {
            return new Verdict(ReasonCodes.ModeExcluded, $"mode {run.Mode} is in exclude_modes");
        }

        if (!_sources.IsEmpty && (run.Source is null || !_sources.Contains(run.Source)))
        {
            return new Verdict(ReasonCodes.SourceNotAsked, $"source {run.Source ?? "(none given)"} is not in --source={string.Join(',', _settings.Sources)}");
        }

        return _settings.Detector is { } detector && !run.Detectors.Contains(detector)
            ? new Verdict(ReasonCodes.RunWithoutDetector, $"detector {detector} is not among {string.Join(", ", run.Detectors)}")
            : dataFault is null ? null : new Verdict(dataFault.Code, dataFault.Detail);
    }

    /// <summary>One line per data type asked for, in the order of <see cref="Types"/>.</summary>
    public ImmutableArray<LedgerLine> Decide(RunDocument run)
    {
        if (OfRun(run) is { } whole)
        {
            return ForAll(run, whole);
        }

        if (run.ListingOnly)
        {
            return ForAll(run, new Verdict(ReasonCodes.RunNotAnswered, "only the listing of the run is here, which was enough for another selection; run --target=QueryRuns again, or save the snapshot anew"));
        }

        var lines = ImmutableArray.CreateBuilder<LedgerLine>(Types.Length);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in Types)
        {
            var (verdict, input) = OfType(run, type, made);
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

    /// <summary>Name of the stage, as the ledger's lines carry it.</summary>
    public const string Stage = "FilterModes";

    private static LedgerLine Line(RunDocument run, DataType type, Verdict verdict, PlannedInput? input) =>
        new(run.Number, run.Position, type.Name, verdict, Stage, verdict.Outcome == Outcome.Process ? input : null);

    private (Verdict, PlannedInput?) OfType(RunDocument run, DataType type, HashSet<string> made)
    {
        if (_settings.Detector is { } asked && type.Detector != asked)
        {
            return (new Verdict(ReasonCodes.TypeOfOtherDetector, $"{type.Name} is of {type.Detector}, asked for is --detector={asked}"), null);
        }

        if (!run.Detectors.Contains(type.Detector))
        {
            return (new Verdict(ReasonCodes.DetectorAbsent, $"{type.Detector} is not among {string.Join(", ", run.Detectors)}"), null);
        }

        if (_tables.LedModes.TryGetValue(run.Mode!, out var onlyThese))
        {
            if (!onlyThese.Contains(type.Name))
            {
                return (new Verdict(ReasonCodes.LedMode, $"mode {run.Mode} makes only {string.Join(", ", onlyThese)}"), null);
            }
        }
        else if (_tables.IsLedType(type.Name))
        {
            return (new Verdict(ReasonCodes.LedTypeOnly, $"{type.Name} is made in LED modes only, not in {run.Mode}"), null);
        }

        var missing = type.Stores.Where(stored => !run.Data.Any(e => e.IsAvailable(stored, _hashes[stored]))).ToList();
        if (missing.Count == 0 && !_settings.Force)
        {
            return (new Verdict(ReasonCodes.AllStored, $"{string.Join(", ", type.Stores)} available"), null);
        }

        var (refusal, input) = type.MadeFromRaw ? RawInput(run, type.MadeFrom) : ParentInput(run, type, made);
        if (refusal is not null)
        {
            return (refusal, null);
        }

        var why = missing.Count == 0
            ? new Verdict(ReasonCodes.Forced, "--force, though all is stored")
            : new Verdict(ReasonCodes.ToBeMade, $"{string.Join(", ", missing)} not stored yet");
        return (why, input);
    }

    /// <summary>Raw data of that type that jobs may read, or why there is none. Each question is asked of what the one before left over.</summary>
    private (Verdict? Refusal, PlannedInput? Input) RawInput(RunDocument run, string raw)
    {
        (Verdict, PlannedInput?) No(string code, string detail) => (new Verdict(code, detail), null);

        var hash = _hashes[raw];
        var entries = run.Data.Where(e => e.Type == raw).ToList();
        if (entries.Count == 0)
        {
            return No(ReasonCodes.RawAbsent, $"no {raw} in the run document");
        }

        var inRucio = entries.Where(e => e.InRucio).ToList();
        if (inRucio.Count == 0)
        {
            return No(ReasonCodes.RawNotInRucio, $"{raw} at {Places(entries, e => e.Host)} only, not in Rucio");
        }

        var sameHash = inRucio.Where(e => e.IsAvailable(raw, hash) || (e with { Status = DataEntry.Transferred }).IsAvailable(raw, hash)).ToList();
        if (sameHash.Count == 0)
        {
            return No(ReasonCodes.RawOtherHash, $"{raw} has hash {Places(inRucio, e => e.Hash)}, the context's is {hash}");
        }

        var there = sameHash.Where(e => e.Status == DataEntry.Transferred).ToList();
        if (there.Count == 0)
        {
            return No(ReasonCodes.RawNotTransferred, $"{raw}: {Places(sameHash, e => $"{e.Status ?? "no status"} at {e.Location}")}");
        }

        var readable = there.Where(e => e.Location is not null && _tables.IsReadable(e.Location)).ToList();
        if (readable.Count == 0)
        {
            return No(ReasonCodes.RawNotReadable, $"{raw} at {Places(there, e => e.Location)} only, {(there.All(e => e.Location is not null && _tables.IsTape(e.Location)) ? "which is tape" : "which jobs cannot read")}");
        }

        var listed = readable.Where(e => _rawRses.Contains(e.Location!)).ToList();
        return listed.Count == 0
            ? No(ReasonCodes.RawRseNotListed, $"{raw} at {Places(there, e => e.Location)} only, not in raw_records_rse")
            : (null, new PlannedInput(InputKind.Raw, raw, listed[0].Did, Rses(listed), listed.Max(e => e.SizeMb)));
    }

    /// <summary>The type it is made from: made here, stored already, or to be made on the way from raw data.</summary>
    private (Verdict? Refusal, PlannedInput? Input) ParentInput(RunDocument run, DataType type, HashSet<string> made)
    {
        var parent = type.MadeFrom;
        if (made.Contains(parent))
        {
            return (null, new PlannedInput(InputKind.Workflow, parent, null, []));
        }

        var stored = run.Data.Where(e => e.IsAvailable(parent, _hashes[parent])).ToList();
        var readable = stored.Where(e => e.Location is not null && _tables.IsReadable(e.Location)).ToList();
        if (readable.Count > 0)
        {
            return (null, new PlannedInput(InputKind.Stored, parent, readable[0].Did, Rses(readable), readable.Max(e => e.SizeMb)));
        }

        var (refusal, raw) = RawInput(run, _tables.RawTypeOf(type));
        if (refusal is null)
        {
            return (null, raw! with { Kind = InputKind.MadeByJob });
        }

        return stored.Count > 0
            ? (new Verdict(ReasonCodes.ParentNotReadable, $"{parent} at {Places(stored, e => e.Location)} only, which jobs cannot read"), null)
            : (new Verdict(ReasonCodes.ParentMissing, $"{parent} is not stored, and {refusal.Detail}"), null);
    }

    private static ImmutableArray<string> Rses(IEnumerable<DataEntry> entries) => [.. entries.Select(e => e.Location!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Places(IEnumerable<DataEntry> entries, Func<DataEntry, string?> of) =>
        string.Join(", ", entries.Select(e => of(e) ?? "(none)").Distinct(StringComparer.Ordinal));
}
