using System.Collections.Immutable;
using Outsource.Model.Ledger;

namespace Outsource.Model.Selection;

/// <summary>Of the runs selected the newest <c>max_daily</c> are kept (docs/domain.md §6).</summary>
/// <param name="maxDaily">Most runs in one submission.</param>
/// <param name="selected">Runs with something to process, ascending, each once.</param>
public sealed class NewestRuns(int maxDaily, ImmutableArray<int> selected) : RunCap
{
    private readonly int _over = Math.Max(0, selected.Length - maxDaily);

    /// <inheritdoc/>
    public override ImmutableArray<int> Kept => selected[_over..];

    /// <inheritdoc/>
    protected override Verdict Refusal { get; } = new(Reason.OverMaxDaily, $"max_daily = {maxDaily} newer runs are selected");

    /// <inheritdoc/>
    public override int PlaceOf(int run) =>
        selected.BinarySearch(run) is var at && at >= 0 ? selected.Length - at : selected.Length - ~at + 1;

    /// <inheritdoc/>
    protected override bool IsKept(int run) => _over == 0 || run >= selected[_over];

    /// <inheritdoc/>
    protected override string WhyKept(int run) =>
        maxDaily == int.MaxValue
            ? "neither max_daily nor max_num limits the number of runs"
            : $"the run is number {PlaceOf(run)} from the newest of {selected.Length} selected, max_daily = {maxDaily}";
}
