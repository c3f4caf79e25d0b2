using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Selection;

namespace Outsource.Operator.Explain;

/// <summary>The runs that the rules selected before <c>max_daily</c> or <c>max_num</c> left some out, from the ledger's lines.</summary>
internal sealed class SelectedRuns
{
    private readonly ImmutableArray<int>.Builder _runs = ImmutableArray.CreateBuilder<int>();

    /// <summary>The runs, ascending, each once.</summary>
    public ImmutableArray<int> All => _runs.ToImmutable();

    /// <summary>Takes the next line of the ledger.</summary>
    public void Add(LedgerLine line)
    {
        var original = line.Original(RunRules.Stage).Verdict;
        if (
            line.Run is { } run
            && (original.Outcome == Outcome.Process || original.Reason is Reason.OverMaxDaily or Reason.OverMaxNum)
            && (_runs.Count == 0 || _runs[^1] != run)
        )
        {
            _runs.Add(run);
        }
    }
}
