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

    private static ReasonCode Entry(Reason reason) =>
        reason switch
        {
            Reason.ToBeMade => new(
                reason,
                "to-be-made",
                Outcome.Process,
                "something it stores is not available yet, and its input is there"
            ),
            Reason.Forced => new(reason, "forced", Outcome.Process, "processed already, and asked for again with --force"),
            Reason.AllStored => new(reason, "all-stored", Outcome.AlreadyProcessed, "everything it stores is available"),
            Reason.InFlight => new(
                reason,
                "in-flight",
                Outcome.InFlight,
                "a workflow whose jobs may run makes it or what it is made from; --include-in-flight"
            ),
            Reason.Tagged => new(
                reason,
                "tagged",
                Outcome.Excluded,
                "the run's tags leave it out: one of exclude_tags, or none of include_tags"
            ),
            Reason.ModeExcluded => new(reason, "mode-excluded", Outcome.Excluded, "the run's mode is in exclude_modes"),
            Reason.ModeNotAsked => new(reason, "mode-not-asked", Outcome.Excluded, "the run's mode is not in --mode or include_modes"),
            Reason.SourceNotAsked => new(
                reason,
                "source-not-asked",
                Outcome.Excluded,
                "the run's source is not in --source or include_sources, or is in exclude_sources"
            ),
            Reason.RunWithoutDetector => new(
                reason,
                "run-without-detector",
                Outcome.Excluded,
                "the run has not the detector of --detector"
            ),
            Reason.BelowMinRunNumber => new(
                reason,
                "below-min-run-number",
                Outcome.Excluded,
                "asked for by number, but below min_run_number"
            ),
            Reason.OutsideRange => new(
                reason,
                "outside-range",
                Outcome.Excluded,
                "asked for by number, but outside --from … --to or above max_run_number"
            ),
            Reason.OverMaxDaily => new(reason, "over-max-daily", Outcome.Excluded, "max_daily newer runs are selected already"),
            Reason.TypeOfOtherDetector => new(
                reason,
                "type-of-other-detector",
                Outcome.NotApplicable,
                "the type belongs to another detector than --detector"
            ),
            Reason.DetectorAbsent => new(reason, "detector-absent", Outcome.NotApplicable, "the type's detector took no data in this run"),
            Reason.LedMode => new(reason, "led-mode", Outcome.NotApplicable, "the run's LED mode makes other types only"),
            Reason.LedTypeOnly => new(reason, "led-type-only", Outcome.NotApplicable, "the type is made in LED modes only"),
            Reason.RawAbsent => new(reason, "raw-absent", Outcome.InputMissing, "the run has no entry of the raw type"),
            Reason.RawNotInRucio => new(reason, "raw-not-in-rucio", Outcome.InputMissing, "the raw data is not in Rucio"),
            Reason.RawOtherHash => new(
                reason,
                "raw-other-hash",
                Outcome.InputMissing,
                "the raw data was made with another lineage hash than the context's"
            ),
            Reason.RawNotTransferred => new(reason, "raw-not-transferred", Outcome.InputMissing, "the raw data is not transferred"),
            Reason.RawNotReadable => new(
                reason,
                "raw-not-readable",
                Outcome.InputMissing,
                "the raw data is only where jobs cannot read it, such as tape without --stage"
            ),
            Reason.RawRseNotListed => new(
                reason,
                "raw-rse-not-listed",
                Outcome.InputMissing,
                "the raw data is at no RSE of raw_records_rse"
            ),
            Reason.ParentMissing => new(
                reason,
                "parent-missing",
                Outcome.InputMissing,
                "what it is made from is not stored, and cannot be made here"
            ),
            Reason.ParentNotReadable => new(
                reason,
                "parent-not-readable",
                Outcome.InputMissing,
                "what it is made from is only where jobs cannot read it, such as tape without --stage"
            ),
            Reason.NoChunks => new(reason, "no-chunks", Outcome.InputMissing, "the raw dataset has no chunk files"),
            Reason.DidUnknown => new(reason, "did-unknown", Outcome.InputMissing, "Rucio does not know the raw dataset"),
            Reason.NotJson => new(reason, "not-json", Outcome.FaultyDocument, "the document is not JSON"),
            Reason.NotADocument => new(reason, "not-a-document", Outcome.FaultyDocument, "the document is no JSON object"),
            Reason.NumberFaulty => new(reason, "number-faulty", Outcome.FaultyDocument, "the document has no usable run number"),
            Reason.ModeFaulty => new(reason, "mode-faulty", Outcome.FaultyDocument, "the document has no usable mode"),
            Reason.DetectorsFaulty => new(
                reason,
                "detectors-faulty",
                Outcome.FaultyDocument,
                "the document has no usable list of detectors"
            ),
            Reason.TagsFaulty => new(
                reason,
                "tags-faulty",
                Outcome.FaultyDocument,
                "the document's tags cannot be read, so it may be a bad run"
            ),
            Reason.DataFaulty => new(reason, "data-faulty", Outcome.FaultyDocument, "the document's data entries cannot be read"),
            Reason.TwoDocuments => new(reason, "two-documents", Outcome.FaultyDocument, "two documents of this run contradict each other"),
            Reason.RunUnknown => new(reason, "run-unknown", Outcome.NotFound, "asked for by number, and the run database has no such run"),
            Reason.RunNotAnswered => new(
                reason,
                "run-not-answered",
                Outcome.SourceError,
                "the run database failed on this run after all retries"
            ),
            Reason.ListingNotAnswered => new(
                reason,
                "listing-not-answered",
                Outcome.SourceError,
                "Rucio failed on the raw dataset after all retries"
            ),
        };
}
