using System.Collections.Immutable;

namespace Outsource.Model.Ledger;

/// <summary>What became of a run and data type that was considered.</summary>
public enum Outcome
{
    /// <summary>It is in the workflow.</summary>
    Process,

    /// <summary>All it stores is available already.</summary>
    AlreadyProcessed,

    /// <summary>Another workflow of this work_dir makes it now, or may.</summary>
    InFlight,

    /// <summary>The operator, the configuration or a tag leaves the run out.</summary>
    Excluded,

    /// <summary>The type is not made for such a run.</summary>
    NotApplicable,

    /// <summary>What it is made from is not there, or not where a job can read it.</summary>
    InputMissing,

    /// <summary>The run document cannot be decided on.</summary>
    FaultyDocument,

    /// <summary>The run was asked for by number, and the database does not know it.</summary>
    NotFound,

    /// <summary>A service failed on this run after all retries.</summary>
    SourceError,
}

/// <summary>A reason code: fixed, for people and programs.</summary>
/// <param name="Code">The code.</param>
/// <param name="Outcome">The outcome it belongs to; a code belongs to one.</param>
/// <param name="Meaning">One line, without the value that decided: the ledger's detail has that.</param>
public sealed record ReasonCode(string Code, Outcome Outcome, string Meaning);

/// <summary>The fixed list of reason codes.</summary>
public static class ReasonCodes
{
    public const string ToBeMade = "to-be-made";
    public const string Forced = "forced";
    public const string AllStored = "all-stored";
    public const string InFlight = "in-flight";
    public const string BelowMinRunNumber = "below-min-run-number";
    public const string OutsideRange = "outside-range";
    public const string Tagged = "tagged";
    public const string ModeExcluded = "mode-excluded";
    public const string ModeNotAsked = "mode-not-asked";
    public const string SourceNotAsked = "source-not-asked";
    public const string RunWithoutDetector = "run-without-detector";
    public const string OverMaxDaily = "over-max-daily";
    public const string TypeOfOtherDetector = "type-of-other-detector";
    public const string DetectorAbsent = "detector-absent";
    public const string LedMode = "led-mode";
    public const string LedTypeOnly = "led-type-only";
    public const string RawAbsent = "raw-absent";
    public const string RawNotInRucio = "raw-not-in-rucio";
    public const string RawOtherHash = "raw-other-hash";
    public const string RawNotTransferred = "raw-not-transferred";
    public const string RawNotReadable = "raw-not-readable";
    public const string RawRseNotListed = "raw-rse-not-listed";
    public const string ParentMissing = "parent-missing";
    public const string ParentNotReadable = "parent-not-readable";
    public const string NoChunks = "no-chunks";
    public const string DidUnknown = "did-unknown";
    public const string NotJson = "not-json";
    public const string NotADocument = "not-a-document";
    public const string NumberFaulty = "number-faulty";
    public const string ModeFaulty = "mode-faulty";
    public const string DetectorsFaulty = "detectors-faulty";
    public const string TagsFaulty = "tags-faulty";
    public const string DataFaulty = "data-faulty";
    public const string TwoDocuments = "two-documents";
    public const string RunUnknown = "run-unknown";
    public const string RunNotAnswered = "run-not-answered";
    public const string ListingNotAnswered = "listing-not-answered";

    /// <summary>All of them, grouped by outcome.</summary>
    public static ImmutableArray<ReasonCode> All { get; } =
    [
        new(ToBeMade, Outcome.Process, "something it stores is not available yet, and its input is there"),
        new(Forced, Outcome.Process, "processed already, and asked for again with --force"),
        new(AllStored, Outcome.AlreadyProcessed, "everything it stores is available"),
        new(InFlight, Outcome.InFlight, "a workflow whose jobs may run makes it or what it is made from; --include-in-flight"),
        new(Tagged, Outcome.Excluded, "the run's tags leave it out: one of exclude_tags, or none of include_tags"),
        new(ModeExcluded, Outcome.Excluded, "the run's mode is in exclude_modes"),
        new(ModeNotAsked, Outcome.Excluded, "the run's mode is not in --mode or include_modes"),
        new(SourceNotAsked, Outcome.Excluded, "the run's source is not in --source or include_sources, or is in exclude_sources"),
        new(RunWithoutDetector, Outcome.Excluded, "the run has not the detector of --detector"),
        new(BelowMinRunNumber, Outcome.Excluded, "asked for by number, but below min_run_number"),
        new(OutsideRange, Outcome.Excluded, "asked for by number, but outside --from … --to or above max_run_number"),
        new(OverMaxDaily, Outcome.Excluded, "max_daily newer runs are selected already"),
        new(TypeOfOtherDetector, Outcome.NotApplicable, "the type belongs to another detector than --detector"),
        new(DetectorAbsent, Outcome.NotApplicable, "the type's detector took no data in this run"),
        new(LedMode, Outcome.NotApplicable, "the run's LED mode makes other types only"),
        new(LedTypeOnly, Outcome.NotApplicable, "the type is made in LED modes only"),
        new(RawAbsent, Outcome.InputMissing, "the run has no entry of the raw type"),
        new(RawNotInRucio, Outcome.InputMissing, "the raw data is not in Rucio"),
        new(RawOtherHash, Outcome.InputMissing, "the raw data was made with another lineage hash than the context's"),
        new(RawNotTransferred, Outcome.InputMissing, "the raw data is not transferred"),
        new(RawNotReadable, Outcome.InputMissing, "the raw data is only where jobs cannot read it, such as tape without --stage"),
        new(RawRseNotListed, Outcome.InputMissing, "the raw data is at no RSE of raw_records_rse"),
        new(ParentMissing, Outcome.InputMissing, "what it is made from is not stored, and cannot be made here"),
        new(
            ParentNotReadable,
            Outcome.InputMissing,
            "what it is made from is only where jobs cannot read it, such as tape without --stage"
        ),
        new(NoChunks, Outcome.InputMissing, "the raw dataset has no chunk files"),
        new(DidUnknown, Outcome.InputMissing, "Rucio does not know the raw dataset"),
        new(NotJson, Outcome.FaultyDocument, "the document is not JSON"),
        new(NotADocument, Outcome.FaultyDocument, "the document is no JSON object"),
        new(NumberFaulty, Outcome.FaultyDocument, "the document has no usable run number"),
        new(ModeFaulty, Outcome.FaultyDocument, "the document has no usable mode"),
        new(DetectorsFaulty, Outcome.FaultyDocument, "the document has no usable list of detectors"),
        new(TagsFaulty, Outcome.FaultyDocument, "the document's tags cannot be read, so it may be a bad run"),
        new(DataFaulty, Outcome.FaultyDocument, "the document's data entries cannot be read"),
        new(TwoDocuments, Outcome.FaultyDocument, "two documents of this run contradict each other"),
        new(RunUnknown, Outcome.NotFound, "asked for by number, and the run database has no such run"),
        new(RunNotAnswered, Outcome.SourceError, "the run database failed on this run after all retries"),
        new(ListingNotAnswered, Outcome.SourceError, "Rucio failed on the raw dataset after all retries"),
    ];

    private static readonly ImmutableDictionary<string, ReasonCode> ByCode = All.ToImmutableDictionary(r => r.Code, StringComparer.Ordinal);

    /// <summary>The entry of a code.</summary>
    public static ReasonCode Of(string code) => ByCode[code];

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
            _ => "source-error",
        };
}
