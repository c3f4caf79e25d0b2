using System.Collections.Immutable;
using Outsource.Model.Ledger;

namespace Outsource.Model.Selection;

/// <summary>The last rule (docs/domain.md §6): of the runs selected the newest <c>max_daily</c> are kept.</summary>
/// <param name="maxDaily">Most runs in one submission.</param>
/// <param name="selected">Runs with a data type to process, ascending, each once.</param>
public sealed class NewestRuns(int maxDaily, ImmutableArray<int> selected)
{
    private readonly int _over = Math.Max(0, selected.Length - maxDaily);
    private readonly Verdict _refusal = new(Reason.OverMaxDaily, $"max_daily = {maxDaily} newer runs are selected");

    /// <summary>The runs that stay, ascending.</summary>
    public ImmutableArray<int> Kept => selected[_over..];

    /// <summary>
    /// The place of a run counted from the newest, 1 for the newest; of one that is not selected, the place it would have.
    /// </summary>
    public int PlaceOf(int run) => selected.BinarySearch(run) is var at && at >= 0 ? selected.Length - at : selected.Length - ~at + 1;

    /// <summary>A run below the cut is out as a whole run: of its lines those that were to be processed change.</summary>
    /// <param name="lines">The lines of one run.</param>
    /// <param name="chain">Gets what the rule says, or null.</param>
    public IEnumerable<LedgerLine> Cut(IEnumerable<LedgerLine> lines, DecisionChain? chain = null)
    {
        foreach (var line in lines)
        {
            if (line.Verdict.Outcome != Outcome.Process)
            {
                yield return line;
                continue;
            }

            chain?.BeginType(line.Type);
            if (_over > 0 && line.Run < selected[_over])
            {
                chain?.No(Rule.MaxDaily, _refusal);
                yield return line with
                {
                    Verdict = _refusal,
                    Input = null,
                };
            }
            else
            {
                chain?.Yes(
                    Rule.MaxDaily,
                    $"the run is number {PlaceOf(line.Run!.Value)} from the newest of {selected.Length} selected, max_daily = {maxDaily}"
                );
                yield return line;
            }
        }
    }
}
