using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Outsource.Model.Ledger;

namespace Outsource.Model.Selection;

/// <summary>
/// Of the runs selected <c>max_num</c> are drawn: those whose SHA-256 of "max_num:run" come first. So the same settings draw the same runs,
/// and a run that appears or goes changes one place.
/// </summary>
public sealed class DrawnRuns : RunCap
{
    private readonly int _most;
    private readonly ImmutableArray<string> _order;
    private readonly ImmutableHashSet<int> _kept;

    /// <param name="most">Most runs in one submission.</param>
    /// <param name="selected">Runs with something to process, ascending, each once.</param>
    public DrawnRuns(int most, ImmutableArray<int> selected)
    {
        _most = most;
        var drawn = selected.Select(run => (Run: run, Lot: LotOf(run))).OrderBy(r => r.Lot, StringComparer.Ordinal).ToList();
        _order = [.. drawn.Select(r => r.Lot)];
        Kept = [.. drawn.Take(most).Select(r => r.Run).Order()];
        _kept = [.. Kept];
        Refusal = new Verdict(Reason.OverMaxNum, $"max_num = {most} of {selected.Length} selected runs were drawn, not this one");
    }

    /// <inheritdoc/>
    public override ImmutableArray<int> Kept { get; }

    /// <inheritdoc/>
    protected override Verdict Refusal { get; }

    /// <inheritdoc/>
    public override int PlaceOf(int run) =>
        _order.BinarySearch(LotOf(run), StringComparer.Ordinal) is var at && at >= 0 ? at + 1 : ~at + 1;

    /// <inheritdoc/>
    protected override bool IsKept(int run) => _kept.Contains(run);

    /// <inheritdoc/>
    protected override string WhyKept(int run) => $"the run was drawn, max_num = {_most} of {_order.Length} selected";

    private string LotOf(int run) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_most}:{run}"))));
}
