using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Services.Rucio;

namespace Outsource.PlanChunks;

/// <summary>Turns the lines of a run that are to be processed into groups of jobs, in one of the plans.</summary>
internal interface IGroupPlanner
{
    /// <summary>The dataset that must be listed for a line, or null.</summary>
    string? DatasetOf(LedgerLine line);

    /// <summary>Plans one run.</summary>
    /// <param name="run">Its lines that are to be processed, in order.</param>
    /// <param name="listings">DID → what Rucio said.</param>
    RunGroups Plan(IReadOnlyList<LedgerLine> run, IReadOnlyDictionary<string, DatasetAnswer> listings);
}

/// <summary>The groups of one run.</summary>
/// <param name="Groups">The groups, in the order of their dependencies.</param>
/// <param name="Refused">Units that cannot be planned, and why.</param>
internal sealed record RunGroups(ImmutableArray<JobGroup> Groups, ImmutableArray<(string Unit, Verdict Verdict)> Refused);
