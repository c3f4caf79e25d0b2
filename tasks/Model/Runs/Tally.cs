namespace Outsource.Model.Runs;

/// <summary>A value, the number of runs that have it, and their lowest and highest number.</summary>
public sealed record TallyRow<TKey>(TKey Value, long Runs, int First, int Last);

/// <summary>
/// Counts runs by value. The number of values that are held has a bound, because the run database decides how many there are; the runs of
/// further values are counted together.
/// </summary>
/// <param name="most">Most values that are held.</param>
public sealed class Tally<TKey>(int most = int.MaxValue)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TallyRow<TKey>> _rows = [];

    /// <summary>Runs of values beyond the bound; a run with two of them counts twice.</summary>
    public long Others { get; private set; }

    /// <summary>The values, in no order.</summary>
    public IReadOnlyCollection<TKey> Values => _rows.Keys;

    /// <summary>The value with most runs first; of equal ones by their text.</summary>
    public IEnumerable<TallyRow<TKey>> Rows =>
        _rows.Values.OrderByDescending(r => r.Runs).ThenBy(r => r.Value.ToString(), StringComparer.Ordinal);

    /// <summary>Counts a run; call it once for each value that the run has.</summary>
    public void Add(TKey value, int run)
    {
        if (_rows.TryGetValue(value, out var row))
        {
            _rows[value] = new TallyRow<TKey>(value, row.Runs + 1, Math.Min(row.First, run), Math.Max(row.Last, run));
        }
        else if (_rows.Count < most)
        {
            _rows[value] = new TallyRow<TKey>(value, 1, run, run);
        }
        else
        {
            Others++;
        }
    }

    /// <summary>Runs with that value.</summary>
    public long Of(TKey value) => _rows.TryGetValue(value, out var row) ? row.Runs : 0;
}
