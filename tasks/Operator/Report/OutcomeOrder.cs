using System.Collections.Immutable;
using Outsource.Model.Ledger;

namespace Outsource.Operator.Report;

/// <summary>The order of the outcomes on the page: first what is to process or to repair, then what needs nothing.</summary>
internal static class OutcomeOrder
{
    /// <summary>To process, or to repair.</summary>
    public static ImmutableArray<Outcome> ToProcessOrRepair { get; } =
    [
        Outcome.Process,
        Outcome.InputMissing,
        Outcome.FaultyDocument,
        Outcome.SourceError,
        Outcome.NotFound,
        Outcome.InFlight,
    ];

    /// <summary>All of them.</summary>
    public static ImmutableArray<Outcome> All { get; } =
    [
        .. ToProcessOrRepair,
        .. Enum.GetValues<Outcome>().Except(ToProcessOrRepair).OrderBy(o => (o != Outcome.NotApplicable, o)),
    ];

    /// <summary>The place of an outcome, from 0.</summary>
    public static int PlaceOf(Outcome outcome) => All.IndexOf(outcome);
}
