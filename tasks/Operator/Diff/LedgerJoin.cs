using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Operator.Diff;

/// <summary>Two ledgers, read side by side: both ascend by run.</summary>
/// <param name="disk">The disk.</param>
/// <param name="before">Folder of the first.</param>
/// <param name="after">Folder of the second.</param>
public sealed class LedgerJoin(IFileSystem disk, string before, string after)
{
    private const string NotConsidered = "not considered";

    private readonly LedgerView _before = new(disk, before),
        _after = new(disk, after);

    private readonly SortedDictionary<(string Before, string After), (int Lines, string Example)> _reasons = [];

    /// <summary>Outcomes whose number of lines changed.</summary>
    public ImmutableArray<ChangedValue> Outcomes() => PlanDifference.Compare(Totals(_before), Totals(_after));

    /// <summary>Lines whose reason code changed, found by <see cref="Changed"/>: code before, code after, number, and an example.</summary>
    public ImmutableArray<ChangedValue> Reasons() =>
        [
            .. _reasons.Select(r => new ChangedValue(
                string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(r.Value.Lines, "line")}, such as {r.Value.Example}"),
                r.Key.Before,
                r.Key.After
            )),
        ];

    /// <summary>Runs whose processed types changed, ascending.</summary>
    public ImmutableArray<ChangedRun> Changed(CancellationToken cancel)
    {
        var changed = ImmutableArray.CreateBuilder<ChangedRun>();
        using var left = Runs(_before).GetEnumerator();
        using var right = Runs(_after).GetEnumerator();
        var (more, also) = (left.MoveNext(), right.MoveNext());
        while (more || also)
        {
            cancel.ThrowIfCancellationRequested();
            var run =
                !more ? right.Current.Run
                : !also ? left.Current.Run
                : Math.Min(left.Current.Run, right.Current.Run);
            var then = more && left.Current.Run == run ? left.Current.Lines : [];
            var now = also && right.Current.Run == run ? right.Current.Lines : [];
            Tally(run, then, now);
            if (Change(run, then, now) is { } change)
            {
                changed.Add(change);
            }

            more = more && (then.Count == 0 || left.MoveNext());
            also = also && (now.Count == 0 || right.MoveNext());
        }

        return changed.DrainToImmutable();
    }

    private void Tally(int run, List<LedgerLine> then, List<LedgerLine> now)
    {
        static Dictionary<string, string> Codes(List<LedgerLine> lines) =>
            lines.ToDictionary(l => l.Type, l => ReasonCodes.Spell(l.Verdict.Reason), StringComparer.Ordinal);
        var (before, after) = (Codes(then), Codes(now));
        foreach (var type in before.Keys.Union(after.Keys))
        {
            var key = (before.GetValueOrDefault(type, NotConsidered), after.GetValueOrDefault(type, NotConsidered));
            if (key.Item1 != key.Item2)
            {
                var seen = _reasons.GetValueOrDefault(key, (0, $"run {run} {type}"));
                _reasons[key] = (seen.Item1 + 1, seen.Item2);
            }
        }
    }

    private static ChangedRun? Change(int run, List<LedgerLine> then, List<LedgerLine> now)
    {
        HashSet<string> made = [.. Made(then)],
            makes = [.. Made(now)];
        ImmutableArray<string> entered = [.. Made(now).Where(t => !made.Contains(t))],
            left = [.. Made(then).Where(t => !makes.Contains(t))];
        if (entered.IsEmpty && left.IsEmpty)
        {
            return null;
        }

        var words = Why(then, entered).Concat(Why(now, left)).Distinct(StringComparer.Ordinal).ToList();
        return new ChangedRun(
            run,
            entered,
            left,
            made.Count == 0 || makes.Count == 0,
            string.Join("; ", words.Take(3)) + (words.Count > 3 ? $" and {words.Count - 3} more" : "")
        );
    }

    private static IEnumerable<string> Made(List<LedgerLine> lines) =>
        lines.Where(l => l.Verdict.Outcome == Outcome.Process).Select(l => l.Type);

    /// <summary>Why types are not made.</summary>
    private static IEnumerable<string> Why(List<LedgerLine> lines, ImmutableArray<string> types) =>
        types.IsEmpty ? []
        : lines.Count == 0 ? [NotConsidered]
        : types.Select(type =>
            lines.Find(l => l.Type == type) is { } line
                ? $"{ReasonCodes.Spell(line.Verdict.Reason)}: {line.Verdict.Detail}"
                : "not among the requested data types"
        );

    /// <summary>The lines of each run; documents without a number are last and belong to no run.</summary>
    private static IEnumerable<(int Run, List<LedgerLine> Lines)> Runs(LedgerView ledger)
    {
        var lines = new List<LedgerLine>();
        foreach (var line in ledger.Read())
        {
            if (lines.Count > 0 && lines[0].Run != line.Run)
            {
                yield return (lines[0].Run!.Value, lines);
                lines = [];
            }

            if (line.Run is not null)
            {
                lines.Add(line);
            }
        }

        if (lines.Count > 0)
        {
            yield return (lines[0].Run!.Value, lines);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Totals(LedgerView ledger)
    {
        var totals = ledger.ReadHeader().Totals;
        return Enum.GetValues<Outcome>()
            .Select(ReasonCodes.Spell)
            .Select(o => KeyValuePair.Create(o, totals.GetValueOrDefault(o).ToString("N0", CultureInfo.InvariantCulture)));
    }
}
