using System.Runtime.InteropServices;
using Outsource.Model.Ledger;
using Outsource.Model.Selection;

namespace Outsource.FilterModes;

/// <summary>What is known after the first decision on every run.</summary>
internal sealed class FirstLook
{
    private Verdict[] _last = [];

    /// <summary>Runs with something to process, ascending, and why each of their lines is to be made.</summary>
    public List<(int Number, Verdict[] Wanted)> Selected { get; } = [];

    /// <summary>All runs, and the lines that are not to be processed.</summary>
    public LedgerCount Count { get; } = new();

    /// <summary>Runs with a source error.</summary>
    public int Failed { get; set; }

    /// <summary>Adds a run with something to process. Most runs have the same verdicts as the one before, and share them.</summary>
    public void Select(int run, List<Verdict> wanted)
    {
        _last = _last.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(wanted)) ? _last : [.. wanted];
        Selected.Add((run, _last));
    }

    /// <summary>What all lines add up to, once it is known which runs are kept.</summary>
    public LedgerCount CountWith(RunCap cap)
    {
        foreach (var (run, wanted) in Selected)
        {
            foreach (var verdict in wanted)
            {
                Count.Totals.Add(run, null, cap.VerdictOn(run, verdict));
            }
        }

        return Count;
    }
}
