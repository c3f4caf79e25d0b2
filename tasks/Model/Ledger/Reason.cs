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

    InFlight,

    Tagged,
    ModeExcluded,
    ModeNotAsked,
    SourceNotAsked,
    RunWithoutDetector,
    BelowMinRunNumber,
    OutsideRange,
    OverMaxDaily,

    TypeOfOtherDetector,
    DetectorAbsent,
    LedMode,
    LedTypeOnly,

    RawAbsent,
    RawNotInRucio,
    RawOtherHash,
    RawNotTransferred,
    RawNotReadable,
    RawRseNotListed,
    ParentMissing,
    ParentNotReadable,
    NoChunks,
    DidUnknown,

    NotJson,
    NotADocument,
    NumberFaulty,
    ModeFaulty,
    DetectorsFaulty,
    TagsFaulty,
    DataFaulty,
    StartFaulty,
    TwoDocuments,

    RunUnknown,

    RunNotAnswered,
    ListingNotAnswered,
}
