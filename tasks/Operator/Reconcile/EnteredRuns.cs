using System.Collections.Immutable;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;

namespace Outsource.Operator.Reconcile;

/// <summary>What the run database has of the runs.</summary>
public sealed class EnteredRuns
{
    private readonly SortedDictionary<int, ILookup<string, DataEntry>> _entries = [];
    private readonly Dictionary<int, string> _faults = [];

    /// <summary>The runs that it has, ascending.</summary>
    public IEnumerable<int> Runs => _entries.Keys;

    /// <summary>Asks it.</summary>
    /// <param name="source">The run database.</param>
    /// <param name="scope">The runs and types.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="Foundation.Errors.OutsourceException">It does not answer.</exception>
    public static async Task<EnteredRuns> ReadAsync(IRunSource source, RunScope scope, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        var entered = new EnteredRuns();
        await foreach (var run in source.QueryAsync(scope, cancel).ConfigureAwait(false))
        {
            if (run.Number is not { } number)
            {
                continue;
            }

            entered._entries[number] = run.Data.Where(e => e.Type is not null).ToLookup(e => e.Type!, StringComparer.Ordinal);
            if (run.Fault is { } fault)
            {
                entered._faults[number] = UntrustedText.Brief(fault.Detail).TrimEnd('.');
            }
        }

        return entered;
    }

    /// <summary>The entries of a type of a run.</summary>
    public ImmutableArray<DataEntry> Of(int run, string type) => _entries.TryGetValue(run, out var entries) ? [.. entries[type]] : [];

    /// <summary>Types of a run of which there is an entry.</summary>
    public IEnumerable<string> TypesOf(int run) => _entries.TryGetValue(run, out var entries) ? entries.Select(e => e.Key) : [];

    /// <summary>Why the entries of a run are not known, a main clause; null: they are.</summary>
    public string? FaultOf(int run) =>
        _faults.TryGetValue(run, out var fault) ? fault
        : _entries.ContainsKey(run) ? null
        : $"the RunDB has no run {RunDocument.Padded(run)}";
}
