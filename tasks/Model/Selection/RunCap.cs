using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>The last rule: of the runs selected no more than a number are kept.</summary>
public abstract class RunCap
{
    /// <summary>The runs that stay, ascending.</summary>
    public abstract ImmutableArray<int> Kept { get; }

    /// <summary>The rule that a configuration has.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="selected">Runs with something to process, ascending, each once.</param>
    public static RunCap Of(OutsourceSettings settings, ImmutableArray<int> selected)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.MaxNum is { } most ? new DrawnRuns(most, selected) : new NewestRuns(settings.MostNewest ?? int.MaxValue, selected);
    }

    /// <summary>
    /// The place of a run in the order in which they are kept, 1 for the first; of one that is not selected, the place it would have.
    /// </summary>
    public abstract int PlaceOf(int run);

    /// <summary>A run that is not kept is out as a whole: of its lines those that were to be processed change.</summary>
    /// <param name="lines">The lines of one run.</param>
    /// <param name="chain">Gets what the rule says, or null.</param>
    public IEnumerable<LedgerLine> Cut(IEnumerable<LedgerLine> lines, DecisionChain? chain = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        foreach (var line in lines)
        {
            if (line.Verdict.Outcome != Outcome.Process)
            {
                yield return line;
                continue;
            }

            chain?.BeginType(line.Type);
            if (IsKept(line.Run!.Value))
            {
                chain?.Yes(Rule.MaxDaily, WhyKept(line.Run.Value));
                yield return line;
            }
            else
            {
                chain?.No(Rule.MaxDaily, Refusal);
                yield return line with { Verdict = Refusal, Input = null };
            }
        }
    }

    /// <summary>The verdict on a line that was to be processed, once it is known whether its run is kept.</summary>
    /// <param name="run">The run.</param>
    /// <param name="verdict">Why it is to be made.</param>
    public Verdict VerdictOn(int run, Verdict verdict) => IsKept(run) ? verdict : Refusal;

    /// <summary>The verdict on a run that is not kept.</summary>
    protected abstract Verdict Refusal { get; }

    /// <summary>Whether a selected run is kept.</summary>
    protected abstract bool IsKept(int run);

    /// <summary>Why a run is kept, for an explanation.</summary>
    protected abstract string WhyKept(int run);
}
