using System.Collections.Immutable;
using Outsource.Model.Ledger;

namespace Outsource.Model.Runs;

/// <summary>A run document while its fields are read, in any order. A value type: reading many documents allocates none of it.</summary>
internal struct RunDocumentDraft
{
    public int? Number;
    public DocumentFault? NumberFault;
    public string Position;
    public string? Mode;
    public bool HasMode;
    public string? Source;
    public string? Start;
    public string? End;
    public ImmutableArray<string>? Detectors;
    public ImmutableArray<string> Tags;
    public ImmutableArray<DataEntry> Data;
    public bool ListingOnly;

    /// <summary>The fault that a record of our own has.</summary>
    public DocumentFault? Recorded;

    private DocumentFault? _fault;

    /// <summary>Keeps what is wrong with a field; the first one found counts.</summary>
    public void AddFault(Reason reason, string? wrong) => _fault ??= wrong is null ? null : new DocumentFault(reason, wrong);

    /// <summary>Keeps the detectors, unless their list is wrong.</summary>
    public void AddDetectors(ImmutableArray<string>? found, string? wrong)
    {
        Detectors = wrong is null ? found : Detectors;
        AddFault(Reason.DetectorsFaulty, wrong);
    }

    /// <summary>The document, with the fault that decides, if there is one.</summary>
    public readonly RunDocument ToDocument() =>
        new()
        {
            Number = Number,
            Position = Number is null ? Position : null,
            Mode = Mode,
            Source = Source,
            Start = Start,
            End = End,
            Detectors = Detectors ?? [],
            Tags = Tags,
            Data = Data,
            ListingOnly = ListingOnly,
            Fault = Recorded ?? NumberFaultOrNone() ?? _fault ?? MissingField(),
        };

    private readonly DocumentFault? NumberFaultOrNone() =>
        Number is not null ? null : NumberFault ?? new DocumentFault(Reason.NumberFaulty, "'number' is missing");

    private readonly DocumentFault? MissingField() =>
        !HasMode ? new DocumentFault(Reason.ModeFaulty, "'mode' is missing or not a string")
        : Detectors is null or { IsEmpty: true } ? new DocumentFault(Reason.DetectorsFaulty, "'detectors' is missing or empty")
        : null;
}
