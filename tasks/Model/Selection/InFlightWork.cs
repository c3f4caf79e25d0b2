using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Tables;

namespace Outsource.Model.Selection;

/// <summary>
/// What other workflows of the same work_dir make now, or may: run, data type and lineage hashes. The same data is not made twice at the
/// same time; data of another hash is other data.
/// </summary>
public sealed class InFlightWork
{
    private readonly Dictionary<int, List<Entry>> _entries = [];
    private readonly Dictionary<int, string> _wholeRuns = [];
    private readonly Dictionary<(int Run, string Type), string> _decided = [];

    /// <summary>Nothing is in flight.</summary>
    public static InFlightWork None { get; } = new();

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => _entries.Count + _wholeRuns.Count + _decided.Count == 0;

    /// <summary>What a ledger says was in flight when its lines were decided, to decide them once more.</summary>
    /// <param name="lines">Lines as FilterModes wrote them.</param>
    public static InFlightWork Recorded(IEnumerable<LedgerLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var work = new InFlightWork();
        foreach (var line in lines.Where(l => l.Run is not null && l.Verdict.Reason == Reason.InFlight))
        {
            work._decided[(line.Run!.Value, line.Type)] = line.Verdict.Detail;
        }

        return work;
    }

    /// <summary>Adds a run and type of a workflow.</summary>
    /// <param name="run">The run.</param>
    /// <param name="type">The data type.</param>
    /// <param name="hashes">Stored type → lineage hash.</param>
    /// <param name="detail">For the operator: which workflow, and how it stands.</param>
    public void Add(int run, string type, ImmutableSortedDictionary<string, string> hashes, string detail)
    {
        if (!_entries.TryGetValue(run, out var entries))
        {
            _entries[run] = entries = [];
        }

        entries.Add(new Entry(type, hashes, detail));
    }

    /// <summary>Adds a run of a workflow whose data types are not known.</summary>
    /// <param name="run">The run.</param>
    /// <param name="detail">For the operator: which workflow, and how it stands.</param>
    public void AddWhole(int run, string detail) => _wholeRuns[run] = detail;

    /// <summary>Why a run and unit is in flight, or null: it is not.</summary>
    /// <param name="run">The run.</param>
    /// <param name="type">The data type, or the level.</param>
    /// <param name="hashes">Stored type → lineage hash that would be made.</param>
    /// <param name="stores">What the unit stores; null: all of <paramref name="hashes"/>.</param>
    public string? DetailOf(int run, string type, IReadOnlyDictionary<string, string> hashes, IEnumerable<string>? stores = null)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        if (_decided.TryGetValue((run, type), out var decided) || _wholeRuns.TryGetValue(run, out decided))
        {
            return decided;
        }

        if (!_entries.TryGetValue(run, out var entries))
        {
            return null;
        }

        // A workflow of the other plan makes the same data under another name.
        var own = (stores ?? hashes.Keys).ToList();
        return entries
            .Find(e =>
                e.Type == type
                    ? e.Hashes.IsEmpty || e.Hashes.Any(h => !hashes.TryGetValue(h.Key, out var hash) || hash == h.Value)
                    : own.Exists(t => e.Hashes.TryGetValue(t, out var made) && hashes.TryGetValue(t, out var hash) && hash == made)
            )
            ?.Detail;
    }

    /// <summary>The same for a type of the tables.</summary>
    /// <param name="run">The run.</param>
    /// <param name="type">The data type.</param>
    /// <param name="hashes">The context's hashes.</param>
    public string? DetailOf(int run, DataType type, IReadOnlyDictionary<string, string> hashes)
    {
        ArgumentNullException.ThrowIfNull(type);
        return IsEmpty ? null : DetailOf(run, type.Name, hashes, type.Stores);
    }

    private sealed record Entry(string Type, ImmutableSortedDictionary<string, string> Hashes, string Detail);
}
