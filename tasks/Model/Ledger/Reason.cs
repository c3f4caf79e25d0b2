namespace Outsource.Model.Ledger;

/// <summary>
/// Why a run and data type has its outcome. Grouped by outcome, in the order in which tables list them. <see cref="ReasonCodes"/> has the
/// code, the outcome and the meaning of each.
/// </summary>
public enum Reason
{
    ToBeMade,
    Forced,

    AllStored,
    LevelStored,

    InFlight,

    Tagged,
    TagNotIncluded,
    ModeExcluded,
    ModeNotAsked,
    ModeNotIncluded,
    SourceNotAsked,
    SourceExcluded,
    SourceNotIncluded,
    RunWithoutDetector,
    BelowMinRunNumber,
    AboveMaxRunNumber,
    OutsideRange,
    OverMaxDaily,
    OverMaxNum,

    TypeOfOtherDetector,
    DetectorAbsent,
    LedMode,
    LedTypeOnly,
    TypeNotInContext,
    Umbrella,
    NothingAsked,

    RawAbsent,
    RawNotInRucio,
    RawNotLocal,
    RawOtherHash,
    RawNotTransferred,
    RawNotReadable,
    RawRseNotListed,
    ParentMissing,
    ParentNotReadable,
    LowerNotReadable,
    NoChunks,
    ChunksMissing,
    DidUnknown,
    SizeUnknown,
    MemoryOverLimit,

    NotJson,
    NotADocument,
    NumberFaulty,
    ModeFaulty,
    DetectorsFaulty,
    TagsFaulty,
    DataFaulty,
    StartFaulty,
    TimesFaulty,
    TwoDocuments,

    RunUnknown,

    RunNotAnswered,
    ListingNotAnswered,
}
