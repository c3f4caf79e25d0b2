using System.Collections.Frozen;
using System.Collections.Immutable;
using Outsource.Foundation.Text;

namespace Outsource.Model.Ledger;

/// <summary>What is fixed about a reason, for people and programs.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Code">The code, as artifacts and tables have it: <c>raw-not-in-rucio</c>.</param>
/// <param name="Outcome">The outcome it belongs to; a reason belongs to one.</param>
/// <param name="Meaning">One line, without the value that decided: the ledger's detail has that.</param>
public sealed record ReasonCode(Reason Reason, string Code, Outcome Outcome, string Meaning);

/// <summary>Code, outcome and meaning of every reason. The code on disk never changes.</summary>
public static class ReasonCodes
{
    /// <summary>All of them, in the order of <see cref="Reason"/>.</summary>
    public static ImmutableArray<ReasonCode> All { get; } = [.. Enum.GetValues<Reason>().Select(Entry)];

    private static readonly FrozenDictionary<string, Reason> ByCode = All.ToFrozenDictionary(
        r => r.Code,
        r => r.Reason,
        StringComparer.Ordinal
    );

    /// <summary>What is fixed about a reason.</summary>
    public static ReasonCode Of(Reason reason) => All[(int)reason];

    /// <summary>The code of a reason, as artifacts and tables spell it.</summary>
    public static string Spell(Reason reason) => All[(int)reason].Code;

    /// <summary>The reason of a code.</summary>
    /// <exception cref="FormatException">This version has no such code.</exception>
    public static Reason Parse(string? code) =>
        code is not null && ByCode.TryGetValue(code, out var reason)
            ? reason
            : throw new FormatException(
                $"'{UntrustedText.Brief(code ?? "")}' is not a reason code of this version (docs/ledger.md lists them)"
            );

    /// <summary>The outcome as artifacts and tables spell it: <c>already-processed</c>.</summary>
    public static string Spell(Outcome outcome) =>
        outcome switch
        {
            Outcome.Process => "process",
            Outcome.AlreadyProcessed => "already-processed",
            Outcome.InFlight => "in-flight",
            Outcome.Excluded => "excluded",
            Outcome.NotApplicable => "not-applicable",
            Outcome.InputMissing => "input-missing",
            Outcome.FaultyDocument => "faulty-document",
            Outcome.NotFound => "not-found",
            Outcome.SourceError => "source-error",
        };

    private static ReasonCode Entry(Reason reason) => new(reason, CodeOf(reason), OutcomeOf(reason), MeaningOf(reason));

    private static string CodeOf(Reason reason) =>
        reason switch
        {
            Reason.ToBeMade => "to-be-made",
            Reason.Forced => "forced",
            Reason.AllStored => "all-stored",
            Reason.LevelStored => "level-stored",
            Reason.InFlight => "in-flight",
            Reason.Tagged => "tagged",
            Reason.TagNotIncluded => "tag-not-included",
            Reason.ModeExcluded => "mode-excluded",
            Reason.ModeNotAsked => "mode-not-asked",
            Reason.ModeNotIncluded => "mode-not-included",
            Reason.SourceNotAsked => "source-not-asked",
            Reason.SourceExcluded => "source-excluded",
            Reason.SourceNotIncluded => "source-not-included",
            Reason.RunWithoutDetector => "run-without-detector",
            Reason.BelowMinRunNumber => "below-min-run-number",
            Reason.AboveMaxRunNumber => "above-max-run-number",
            Reason.OutsideRange => "outside-range",
            Reason.OverMaxDaily => "over-max-daily",
            Reason.OverMaxNum => "over-max-num",
            Reason.TypeOfOtherDetector => "type-of-other-detector",
            Reason.DetectorAbsent => "detector-absent",
            Reason.LedMode => "led-mode",
            Reason.LedTypeOnly => "led-type-only",
            Reason.TypeNotInContext => "type-not-in-context",
            Reason.Umbrella => "umbrella",
            Reason.NothingAsked => "nothing-asked",
            Reason.RawAbsent => "raw-absent",
            Reason.RawNotInRucio => "raw-not-in-rucio",
            Reason.RawNotLocal => "raw-not-local",
            Reason.RawOtherHash => "raw-other-hash",
            Reason.RawNotTransferred => "raw-not-transferred",
            Reason.RawNotReadable => "raw-not-readable",
            Reason.RawRseNotListed => "raw-rse-not-listed",
            Reason.ParentMissing => "parent-missing",
            Reason.ParentNotReadable => "parent-not-readable",
            Reason.LowerNotReadable => "lower-not-readable",
            Reason.NoChunks => "no-chunks",
            Reason.ChunksMissing => "chunks-missing",
            Reason.DidUnknown => "did-unknown",
            Reason.SizeUnknown => "size-unknown",
            Reason.MemoryOverLimit => "memory-over-limit",
            Reason.NotJson => "not-json",
            Reason.NotADocument => "not-a-document",
            Reason.NumberFaulty => "number-faulty",
            Reason.ModeFaulty => "mode-faulty",
            Reason.DetectorsFaulty => "detectors-faulty",
            Reason.TagsFaulty => "tags-faulty",
            Reason.DataFaulty => "data-faulty",
            Reason.StartFaulty => "start-faulty",
            Reason.TimesFaulty => "times-faulty",
            Reason.TwoDocuments => "two-documents",
            Reason.RunUnknown => "run-unknown",
            Reason.RunNotAnswered => "run-not-answered",
            Reason.ListingNotAnswered => "listing-not-answered",
        };

    private static Outcome OutcomeOf(Reason reason) =>
        reason switch
        {
            Reason.ToBeMade or Reason.Forced => Outcome.Process,
            Reason.AllStored or Reason.LevelStored => Outcome.AlreadyProcessed,
            Reason.InFlight => Outcome.InFlight,
            Reason.Tagged
                or Reason.TagNotIncluded
                or Reason.ModeNotIncluded
                or Reason.SourceExcluded
                or Reason.SourceNotIncluded
                or Reason.AboveMaxRunNumber
                or Reason.OverMaxNum
                or Reason.ModeExcluded
                or Reason.ModeNotAsked
                or Reason.SourceNotAsked
                or Reason.RunWithoutDetector
                or Reason.BelowMinRunNumber
                or Reason.OutsideRange
                or Reason.OverMaxDaily => Outcome.Excluded,
            Reason.TypeOfOtherDetector
                or Reason.DetectorAbsent
                or Reason.LedMode
                or Reason.LedTypeOnly
                or Reason.TypeNotInContext
                or Reason.Umbrella
                or Reason.NothingAsked => Outcome.NotApplicable,
            Reason.RawAbsent
                or Reason.RawNotInRucio
                or Reason.RawNotLocal
                or Reason.RawOtherHash
                or Reason.RawNotTransferred
                or Reason.RawNotReadable
                or Reason.RawRseNotListed
                or Reason.ParentMissing
                or Reason.ParentNotReadable
                or Reason.NoChunks
                or Reason.LowerNotReadable
                or Reason.ChunksMissing
                or Reason.SizeUnknown
                or Reason.MemoryOverLimit
                or Reason.DidUnknown => Outcome.InputMissing,
            Reason.NotJson
                or Reason.NotADocument
                or Reason.NumberFaulty
                or Reason.ModeFaulty
                or Reason.DetectorsFaulty
                or Reason.TagsFaulty
                or Reason.DataFaulty
                or Reason.StartFaulty
                or Reason.TimesFaulty
                or Reason.TwoDocuments => Outcome.FaultyDocument,
            Reason.RunUnknown => Outcome.NotFound,
            Reason.RunNotAnswered or Reason.ListingNotAnswered => Outcome.SourceError,
        };

    private static string MeaningOf(Reason reason) =>
        reason switch
        {
            Reason.ToBeMade => "something it stores is not available yet, and its input is there",
            Reason.Forced => "processed already, and asked for again with --force or --ignore-processed",
            Reason.AllStored => "everything it stores is available",
            Reason.LevelStored => "all that it stores, or its level, is available",
            Reason.InFlight => "a workflow whose jobs may run makes it or what it is made from; --include-in-flight",
            Reason.Tagged => "one of the run's tags is in exclude_tags",
            Reason.TagNotIncluded => "the run has none of the tags of include_tags",
            Reason.ModeExcluded => "the run's mode is in exclude_modes",
            Reason.ModeNotAsked => "the run's mode is not in --mode",
            Reason.ModeNotIncluded => "the run's mode is not in include_modes",
            Reason.SourceNotAsked => "the run's source is not in --source",
            Reason.SourceExcluded => "the run's source is in exclude_sources",
            Reason.SourceNotIncluded => "the run's source is not in include_sources",
            Reason.RunWithoutDetector => "the run does not have the detector of --detector",
            Reason.BelowMinRunNumber => "asked for by number, but below min_run_number",
            Reason.AboveMaxRunNumber => "the run is above max_run_number",
            Reason.OutsideRange => "asked for by number, but outside --from … --to or --since … --until",
            Reason.OverMaxDaily => "max_daily newer runs are selected already",
            Reason.OverMaxNum => "max_num other runs were drawn",
            Reason.TypeOfOtherDetector => "the type belongs to another detector than --detector",
            Reason.DetectorAbsent => "the type's detector took no data in this run",
            Reason.LedMode => "the run's LED mode makes other types only",
            Reason.LedTypeOnly => "the type is made in LED modes only",
            Reason.TypeNotInContext => "the context does not have this type",
            Reason.Umbrella => "the type only joins other types, which are stored",
            Reason.NothingAsked => "no type of this level is asked for, or can be made of this run",
            Reason.RawAbsent => "the run has no entry of the raw type",
            Reason.RawNotInRucio => "the raw data is not in Rucio",
            Reason.RawNotLocal => "no_remote is set, and no local folder has the raw data whole",
            Reason.RawOtherHash => "the raw data was made with another lineage hash than the context's",
            Reason.RawNotTransferred => "the raw data is not transferred",
            Reason.RawNotReadable => "the raw data is only where jobs cannot read it, such as tape without --stage",
            Reason.RawRseNotListed => "the raw data is at no RSE of raw_records_rse",
            Reason.ParentMissing => "what it is made from is not stored, and cannot be made here",
            Reason.ParentNotReadable => "what it is made from is only where jobs cannot read it, such as tape without --stage",
            Reason.LowerNotReadable => "the lower level is stored, but only where jobs cannot read it",
            Reason.NoChunks => "the raw dataset has no chunk files",
            Reason.ChunksMissing => "the raw dataset lacks chunks: their numbers have a gap",
            Reason.DidUnknown => "Rucio does not know the raw dataset",
            Reason.SizeUnknown => "the size of the raw data is not known, and assume_compression is not set",
            Reason.MemoryOverLimit => "a job would need more memory than max_memory",
            Reason.NotJson => "the document is not JSON",
            Reason.NotADocument => "the document is not a JSON object",
            Reason.NumberFaulty => "the document has no usable run number",
            Reason.ModeFaulty => "the document has no usable mode",
            Reason.DetectorsFaulty => "the document has no usable list of detectors",
            Reason.TagsFaulty => "the document's tags cannot be read, so it may be a bad run",
            Reason.DataFaulty => "the document's data entries cannot be read",
            Reason.StartFaulty => "the document has no usable start, which --since and --until compare",
            Reason.TimesFaulty => "the document has no usable start and end, which the needs of jobs follow from",
            Reason.TwoDocuments => "two documents of this run contradict each other",
            Reason.RunUnknown => "asked for by number, and the run database has no such run",
            Reason.RunNotAnswered => "the run database failed on this run after all retries",
            Reason.ListingNotAnswered => "Rucio failed on the raw dataset after all retries",
        };
}
