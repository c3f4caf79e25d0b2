using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Model.Selection;

/// <summary>
/// The rules of selection (docs/domain.md §6, §7): what becomes of a run, and of each data type asked for. Pure: document in, verdicts out.
/// The rules are asked in a fixed order and the first that says no decides.
/// </summary>
public sealed class RunRules
{
    /// <summary>Share of runs with a source error above which the stage fails as a whole: no quiet partial submission.</summary>
    public const double MostSourceErrors = 0.05;

    private readonly OutsourceSettings _settings;
    private readonly DataTables _tables;
    private readonly ImmutableSortedDictionary<string, string> _hashes;
    private readonly ImmutableHashSet<string> _modes;
    private readonly NamePatterns _includeModes,
        _excludeModes,
        _includeSources,
        _excludeSources,
        _includeTags,
        _excludeTags;
    private readonly string _excludeTagsWords;
    private readonly ImmutableHashSet<string> _sources;
    private readonly ImmutableHashSet<string> _rawRses;
    private readonly InFlightWork _inFlight;

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
        _inFlight = settings.IncludeInFlight ? InFlightWork.None : inFlight ?? InFlightWork.None;
        _settings = settings;
        _tables = tables;
        _hashes = hashes;
        _modes = [.. _settings.Modes];
        _includeModes = new NamePatterns(_settings.IncludeModes);
        _excludeModes = new NamePatterns(_settings.ExcludeModes);
        _includeSources = new NamePatterns(_settings.IncludeSources);
        _excludeSources = new NamePatterns(_settings.ExcludeSources);
        _includeTags = new NamePatterns(_settings.IncludeTags);
        _excludeTags = new NamePatterns(_settings.ExcludeTags ?? _tables.ExcludingTags);
        _excludeTagsWords = _excludeTags.IsEmpty ? "and exclude_tags is empty" : $"none of {_excludeTags}";
        _sources = [.. _settings.Sources];
        _rawRses = [.. _settings.RawRecordsRse];
        var order = _tables.Names.Select((name, index) => (name, index)).ToDictionary(n => n.name, n => n.index, StringComparer.Ordinal);
        Types = [.. _settings.DataTypes.Select(name => _tables.DataTypes[name]).OrderBy(t => t.Depth).ThenBy(t => order[t.Name])];
    }

    /// <summary>The data types asked for, in the order they are processed: by depth in the dependency graph, then by the table.</summary>
    public ImmutableArray<DataType> Types { get; }

    /// <summary>Whether the run as a whole is out, or null when its data has to be looked at. Needs the fields of a listing only.</summary>
    /// <param name="run">The run.</param>
    /// <param name="chain">Is told what each rule says, or null.</param>
    public Verdict? OfRun(RunDocument run, DecisionChain? chain = null)
    {
        // Data that cannot be read is no matter where the run is out for another reason: a listing, which has no data, must decide the
        // same.
        var dataFault = run is { Fault.Reason: Reason.DataFaulty, Mode: not null, Detectors.IsEmpty: false } ? run.Fault : null;
        if (run.Fault is { } fault && dataFault is null)
        {
            return No(chain, Rule.Document, fault.Reason, fault.Detail);
        }

        chain?.Yes(Rule.Document, dataFault is null ? "it can be read" : "it can be read, but for its data");
        var number = run.Number!.Value;
        if (number < _settings.MinRunNumber)
        {
            return No(
                chain,
                Rule.MinRunNumber,
                Reason.BelowMinRunNumber,
                $"run {number} is below min_run_number = {_settings.MinRunNumber}"
            );
        }

        chain?.Yes(Rule.MinRunNumber, $"run {number} is not below min_run_number = {_settings.MinRunNumber}");
        if (number > _settings.MaxRunNumber)
        {
            return No(chain, Rule.Range, Reason.OutsideRange, $"run {number} is above max_run_number = {_settings.MaxRunNumber}");
        }

        if (number < _settings.LowestRun || number > (_settings.To ?? int.MaxValue))
        {
            return No(chain, Rule.Range, Reason.OutsideRange, $"run {number} is outside {RangeText}");
        }

        chain?.Yes(Rule.Range, RangeText.Length == 0 ? "no --from and no --to is given" : $"run {number} is within {RangeText}");
        if ((OfTags(run, chain) ?? OfMode(run, chain) ?? OfSource(run, chain)) is { } leftOut)
        {
            return leftOut;
        }

        if (_settings.Detector is { } detector && !run.Detectors.Contains(detector))
        {
            return No(
                chain,
                Rule.Detector,
                Reason.RunWithoutDetector,
                $"detector {detector} is not among {string.Join(", ", run.Detectors)}"
            );
        }

        chain?.Yes(
            Rule.Detector,
            _settings.Detector is null
                ? "all detectors are asked for"
                : $"detector {_settings.Detector} is among {string.Join(", ", run.Detectors)}"
        );
        return dataFault is null ? null : No(chain, Rule.Document, dataFault.Reason, dataFault.Detail);
    }

    private Verdict? OfTags(RunDocument run, DecisionChain? chain)
    {
        var has = run.Tags.IsEmpty ? "no tags" : $"tags {string.Join(", ", run.Tags)}";
        if (run.Tags.FirstOrDefault(_excludeTags.Match) is { } tag)
        {
            return No(chain, Rule.Tags, Reason.Tagged, $"tag {tag}");
        }

        if (!_includeTags.IsEmpty && !run.Tags.Any(_includeTags.Match))
        {
            return No(chain, Rule.Tags, Reason.Tagged, $"{has}, none of include_tags = {_includeTags}");
        }

        chain?.Yes(Rule.Tags, $"{has}, {_excludeTagsWords}{(_includeTags.IsEmpty ? "" : $", and one of include_tags = {_includeTags}")}");
        return null;
    }

    /// <summary>--mode is asked for outright: then neither include_modes nor exclude_modes applies.</summary>
    private Verdict? OfMode(RunDocument run, DecisionChain? chain)
    {
        var mode = run.Mode!;
        if (!_modes.IsEmpty)
        {
            if (!_modes.Contains(mode))
            {
                return No(chain, Rule.Mode, Reason.ModeNotAsked, $"mode {mode} is not in --mode={string.Join(',', _settings.Modes)}");
            }

            chain?.Yes(Rule.Mode, $"mode {mode} is in --mode={string.Join(',', _settings.Modes)}");
            return null;
        }

        if (_excludeModes.Match(mode))
        {
            return No(chain, Rule.Mode, Reason.ModeExcluded, $"mode {mode} is in exclude_modes");
        }

        if (!_includeModes.IsEmpty && !_includeModes.Match(mode))
        {
            return No(chain, Rule.Mode, Reason.ModeNotAsked, $"mode {mode} is not in include_modes = {_includeModes}");
        }

        chain?.Yes(
            Rule.Mode,
            $"mode {mode} is not in exclude_modes{(_includeModes.IsEmpty ? "" : $", but in include_modes = {_includeModes}")}"
        );
        return null;
    }

    /// <summary>--source is asked for outright: then neither include_sources nor exclude_sources applies.</summary>
    private Verdict? OfSource(RunDocument run, DecisionChain? chain)
    {
        var source = run.Source ?? "(none given)";
        Verdict Out(string why) => No(chain, Rule.Source, Reason.SourceNotAsked, $"source {source} is {why}");
        if (!_sources.IsEmpty)
        {
            if (run.Source is null || !_sources.Contains(run.Source))
            {
                return Out($"not in --source={string.Join(',', _settings.Sources)}");
            }

            chain?.Yes(Rule.Source, $"source {source} is in --source={string.Join(',', _settings.Sources)}");
            return null;
        }

        if (run.Source is { } known && _excludeSources.Match(known))
        {
            return Out("in exclude_sources");
        }

        if (!_includeSources.IsEmpty && (run.Source is null || !_includeSources.Match(run.Source)))
        {
            return Out($"not in include_sources = {_includeSources}");
        }

        chain?.Yes(
            Rule.Source,
            $"source {source}, "
                + $"{(_includeSources.IsEmpty ? "and no --source is given" : $"which is in include_sources = {_includeSources}")}"
        );
        return null;
    }

    /// <summary>One line per data type asked for, in the order of <see cref="Types"/>.</summary>
    /// <param name="run">The run.</param>
    /// <param name="chain">Is told what each rule says, or null.</param>
    public ImmutableArray<LedgerLine> Decide(RunDocument run, DecisionChain? chain = null)
    {
        if (OfRun(run, chain) is { } whole)
        {
            return ForAll(run, whole);
        }

        if (run.ListingOnly)
        {
            return ForAll(
                run,
                No(
                    chain,
                    Rule.Document,
                    Reason.RunNotAnswered,
                    "only the listing of the run is here, which was enough for another selection; run --target=QueryRuns again, or "
                        + "save the snapshot anew"
                )
            );
        }

        var lines = ImmutableArray.CreateBuilder<LedgerLine>(Types.Length);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in Types)
        {
            chain?.BeginType(type.Name);
            var (verdict, input) = OfType(run, type, made, chain);
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
    public const string Stage = nameof(Target.FilterModes);

    private static LedgerLine Line(RunDocument run, DataType type, Verdict verdict, PlannedInput? input) =>
        new(run.Number, run.Position, type.Name, verdict, Stage, verdict.Outcome == Outcome.Process ? input : null);

    private (Verdict, PlannedInput?) OfType(RunDocument run, DataType type, HashSet<string> made, DecisionChain? chain)
    {
        if (_settings.Detector is { } asked && type.Detector != asked)
        {
            return (
                No(
                    chain,
                    Rule.TypeDetector,
                    Reason.TypeOfOtherDetector,
                    $"{type.Name} is of {type.Detector}, asked for is --detector={asked}"
                ),
                null
            );
        }

        chain?.Yes(
            Rule.TypeDetector,
            $"{type.Name} is of {type.Detector}, asked for "
                + $"{(_settings.Detector is null ? "are all detectors" : $"is --detector={_settings.Detector}")}"
        );
        if (!run.Detectors.Contains(type.Detector))
        {
            return (
                No(
                    chain,
                    Rule.RunDetectors,
                    Reason.DetectorAbsent,
                    $"{type.Detector} is not among {string.Join(", ", run.Detectors)}"
                ),
                null
            );
        }

        chain?.Yes(Rule.RunDetectors, $"{type.Detector} is among {string.Join(", ", run.Detectors)}");
        if (_tables.LedModes.TryGetValue(run.Mode!, out var onlyThese))
        {
            if (!onlyThese.Contains(type.Name))
            {
                return (No(chain, Rule.LedModes, Reason.LedMode, $"mode {run.Mode} makes only {string.Join(", ", onlyThese)}"), null);
            }
        }
        else if (_tables.IsLedType(type.Name))
        {
            return (No(chain, Rule.LedModes, Reason.LedTypeOnly, $"{type.Name} is made in LED modes only, not in {run.Mode}"), null);
        }

        chain?.Yes(
            Rule.LedModes,
            onlyThese.IsDefault ? $"{run.Mode} is no LED mode, and {type.Name} is no LED type" : $"LED mode {run.Mode} makes {type.Name}"
        );
        var missing = type.Stores.Where(stored => !run.Data.Any(e => e.IsAvailable(run.Number, stored, _hashes[stored]))).ToList();
        if (missing.Count == 0 && !_settings.Force)
        {
            return (No(chain, Rule.Stored, Reason.AllStored, $"{string.Join(", ", type.Stores)} available"), null);
        }

        var why =
            missing.Count == 0
                ? new Verdict(Reason.Forced, "--force, though all is stored")
                : new Verdict(Reason.ToBeMade, $"{string.Join(", ", missing)} not stored yet");
        chain?.Yes(Rule.Stored, why.Detail);
        if (_inFlight.DetailOf(run.Number!.Value, type, _hashes) is { } flying)
        {
            return (No(chain, Rule.InFlight, Reason.InFlight, flying), null);
        }

        if (!_inFlight.IsEmpty)
        {
            chain?.Yes(Rule.InFlight, "no workflow whose jobs may run makes it");
        }

        var (refusal, input) = type.MadeFromRaw ? RawInput(run, type.MadeFrom, chain) : ParentInput(run, type, made, chain);
        return refusal is null ? (why, input) : (refusal, null);
    }

    private static Verdict No(DecisionChain? chain, Rule rule, Reason reason, string detail)
    {
        var verdict = new Verdict(reason, detail);
        chain?.No(rule, verdict);
        return verdict;
    }

    /// <summary>The bounds as typed: <c>--from=7000 --to=8000</c>; empty without any.</summary>
    private string RangeText =>
        $"{(_settings.From is { } from ? $"--from={from}" : "")}{(_settings is { From: not null, To: not null } ? " " : "")}"
        + $"{(_settings.To is { } to ? $"--to={to}" : "")}";

    /// <summary>
    /// Raw data of that type that jobs may read, or why there is none. Each question is asked of what the one before left over.
    /// </summary>
    private (Verdict? Refusal, PlannedInput? Input) RawInput(RunDocument run, string raw, DecisionChain? chain)
    {
        (Verdict, PlannedInput?) Refused(Rule rule, Reason reason, string detail) => (No(chain, rule, reason, detail), null);

        var hash = _hashes[raw];
        var entries = run.Data.Where(e => e.Type == raw).ToList();
        if (entries.Count == 0)
        {
            return Refused(Rule.RawPresent, Reason.RawAbsent, $"no {raw} in the run document");
        }

        chain?.Yes(Rule.RawPresent, $"{raw} is in the run document, at {Places(entries, e => e.Location)}");
        var inRucio = entries.Where(e => e.InRucio).ToList();
        if (inRucio.Count == 0)
        {
            return Refused(Rule.RawInRucio, Reason.RawNotInRucio, $"{raw} at {Places(entries, e => e.Host)} only, not in Rucio");
        }

        var foreign = inRucio;
        inRucio = inRucio.FindAll(e => e.IsOf(run.Number, raw));
        if (inRucio.Count == 0)
        {
            return Refused(
                Rule.RawInRucio,
                Reason.RawNotInRucio,
                $"{raw} is entered as {Places(foreign, e => e.Did)} only, which is not this run's {raw}"
            );
        }

        chain?.Yes(Rule.RawInRucio, $"{raw} is in Rucio, at {Places(inRucio, e => e.Location)}");
        var sameHash = inRucio.FindAll(e => e.IsStored(run.Number, raw, hash));
        if (sameHash.Count == 0)
        {
            return Refused(
                Rule.RawHash,
                Reason.RawOtherHash,
                $"{raw} has hash {Places(inRucio, e => e.Hash)}, the context's is {hash}"
            );
        }

        chain?.Yes(Rule.RawHash, $"{raw} has hash {hash}, which is the context's, at {Places(sameHash, e => e.Location)}");
        var there = sameHash.Where(e => e.Status == DataEntry.Transferred).ToList();
        if (there.Count == 0)
        {
            return Refused(
                Rule.RawStatus,
                Reason.RawNotTransferred,
                $"{raw}: {Places(sameHash, e => $"{e.Status ?? "no status"} at {e.Location}")}"
            );
        }

        chain?.Yes(Rule.RawStatus, $"{raw} is transferred at {Places(there, e => e.Location)}");
        var readable = there.Where(e => e.Location is not null && _tables.IsReadable(e.Location, _settings.Stage)).ToList();
        if (readable.Count == 0)
        {
            return Refused(
                Rule.RawReadable,
                Reason.RawNotReadable,
                $"{raw} at {Places(there, e => e.Location)} only, {WhyNotReadable(there)}"
            );
        }

        chain?.Yes(Rule.RawReadable, $"{raw} can be read at {Places(readable, e => e.Location)}");
        var listed = readable.Where(e => _rawRses.Contains(e.Location!)).ToList();
        if (listed.Count == 0)
        {
            return Refused(
                Rule.RawRse,
                Reason.RawRseNotListed,
                $"{raw} at {Places(there, e => e.Location)} only, not in raw_records_rse"
            );
        }

        chain?.Yes(Rule.RawRse, $"{raw} at {Places(listed, e => e.Location)}, which is in raw_records_rse");
        return (null, new PlannedInput(InputKind.Raw, raw, listed[0].Did, Rses(listed), listed.Max(e => e.SizeMb)));
    }

    /// <summary>Why jobs read from none of these places: the one reason that all have, or that they cannot.</summary>
    private string WhyNotReadable(IEnumerable<DataEntry> entries)
    {
        var reasons = entries
            .Select(e => e.Location is null ? null : _tables.WhyNotReadable(e.Location, _settings.Stage))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return reasons is [{ } one] ? one : "which jobs cannot read";
    }

    /// <summary>The type it is made from: made here, stored already, or to be made on the way from raw data.</summary>
    private (Verdict? Refusal, PlannedInput? Input) ParentInput(RunDocument run, DataType type, HashSet<string> made, DecisionChain? chain)
    {
        var parent = type.MadeFrom;
        if (made.Contains(parent))
        {
            chain?.Yes(Rule.Parent, $"{parent} is made in this workflow");
            return (null, new PlannedInput(InputKind.Workflow, parent, null, []));
        }

        var stored = run.Data.Where(e => e.IsAvailable(run.Number, parent, _hashes[parent])).ToList();
        var readable = stored.Where(e => e.Location is not null && _tables.IsReadable(e.Location, _settings.Stage)).ToList();
        if (readable.Count > 0)
        {
            chain?.Yes(Rule.Parent, $"{parent} is stored at {Places(readable, e => e.Location)}");
            return (null, new PlannedInput(InputKind.Stored, parent, readable[0].Did, Rses(readable), readable.Max(e => e.SizeMb)));
        }

        if (_inFlight.DetailOf(run.Number!.Value, parent, _hashes) is { } flying)
        {
            // The job would make it on its own, a second time.
            return (No(chain, Rule.InFlight, Reason.InFlight, $"it is made from {parent}, {flying}"), null);
        }

        var (refusal, raw) = RawInput(run, _tables.RawTypeOf(type), chain);
        if (refusal is null)
        {
            chain?.Yes(Rule.Parent, $"{parent} is not stored where jobs can read it, and the job makes it from {raw!.Type}");
            return (null, raw! with { Kind = InputKind.MadeByJob });
        }

        return (
            stored.Count > 0
                ? No(
                    chain,
                    Rule.Parent,
                    Reason.ParentNotReadable,
                    $"{parent} at {Places(stored, e => e.Location)} only, which jobs cannot read"
                )
                : No(chain, Rule.Parent, Reason.ParentMissing, $"{parent} is not stored, and {refusal.Detail}"),
            null
        );
    }

    private static ImmutableArray<string> Rses(IEnumerable<DataEntry> entries) =>
        [.. entries.Select(e => e.Location!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Places(IEnumerable<DataEntry> entries, Func<DataEntry, string?> of) =>
        string.Join(", ", entries.Select(e => of(e) ?? "(none)").Distinct(StringComparer.Ordinal));
}
