using System.Collections.Immutable;

namespace Outsource.Operator.Relay;

/// <summary>What a relay does with a run and detector of the earlier workflow.</summary>
public enum RelayState
{
    /// <summary>Nothing: its data is there.</summary>
    Finished,

    /// <summary>The upper job runs.</summary>
    UpperOnly,

    /// <summary>Combine and upper jobs run.</summary>
    CombineAndUpper,

    /// <summary>The lower jobs of missing parts run too.</summary>
    MissingParts,

    /// <summary>Nothing: <c>--levels</c> leaves out what it lacks.</summary>
    LeftOut,

    /// <summary>Nothing: it was not selected, or could not be planned; the ledger says why.</summary>
    NotPlanned,
}

/// <summary>A run and detector of the earlier workflow: a line of <c>relay.jsonl</c>.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Detector">tpc, neutron_veto, muon_veto.</param>
/// <param name="State">What is done with it.</param>
public sealed record RelayLine(int Run, string Detector, RelayState State)
{
    /// <summary>The groups of chunks whose parts are missing.</summary>
    public ImmutableArray<(int Start, int Stop)> Missing { get; init; } = [];

    /// <summary>Reason code of the ledger, where it is not planned; else null.</summary>
    public string? Reason { get; init; }
}
