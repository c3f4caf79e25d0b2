using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.QueryRuns;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Runs;

/// <summary>What a run is chosen by.</summary>
/// <param name="Mode">Its mode.</param>
/// <param name="Source">Its calibration source; empty: none is given.</param>
/// <param name="Detectors">Its detectors in order, separated by commas.</param>
public readonly record struct RunKind(string Mode, string Source, string Detectors)
{
    /// <summary>What rows with the same number of runs are ordered by.</summary>
    public override string ToString() => $"{Mode}\0{Source}\0{Detectors}";
}

/// <summary>A data type and the runs that have an entry of it.</summary>
/// <param name="Type">The type.</param>
/// <param name="Runs">Runs with any entry of it, with their lowest and highest number.</param>
/// <param name="Stored">Those of which an entry is transferred and in Rucio.</param>
public sealed record StoredType(string Type, TallyRow<string> Runs, long Stored);

/// <summary>Documents that nothing or little can be said about, for one reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Documents">How many.</param>
/// <param name="Examples">A few of them, with what is wrong.</param>
public sealed record FaultyDocuments(Reason Reason, long Documents, IReadOnlyList<string> Examples);

/// <summary>
/// Counts what the run database holds: modes with source and detectors, tags, data types. Documents pass through one by one; what is held
/// are the counts, and of each run its number, so that a document that comes twice counts once.
/// </summary>
/// <param name="settings">Says which runs are asked for, by number, mode, source and detector. No other rule applies.</param>
public sealed class RunInventory(OutsourceSettings settings)
{
    /// <summary>Most different values that are counted each for itself.</summary>
    public const int Most = 10_000;

    /// <summary>A longer value is cut.</summary>
    private const int Longest = 100;

    /// <summary>Most documents that are named for a reason.</summary>
    private const int MostExamples = 3;

    private readonly Tally<RunKind> _kinds = new(Most);
    private readonly Tally<string> _tags = new(Most),
        _types = new(Most),
        _stored = new(Most);
    private readonly SortedDictionary<Reason, (long Documents, List<string> Examples)> _faults = [];
    private readonly HashSet<int> _seen = [];

    /// <summary>Runs that are counted.</summary>
    public long Runs { get; private set; }

    /// <summary>Runs in range that --mode, --source or --detector leave out.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Runs without a tag.</summary>
    public long Untagged { get; private set; }

    /// <summary>Runs of which only the listing was read: what is stored of them is not known.</summary>
    public long ListingOnly { get; private set; }

    /// <summary>Documents of a run of which another document was counted.</summary>
    public long Doubles { get; private set; }

    /// <summary>Runs that are asked for by number and that the run database does not have.</summary>
    public IReadOnlyList<int> Missing => settings.Runs is { } runs ? [.. runs.Where(r => !_seen.Contains(r))] : [];

    public IEnumerable<TallyRow<RunKind>> Kinds => _kinds.Rows;

    public IEnumerable<TallyRow<string>> Tags => _tags.Rows;

    public IEnumerable<StoredType> Types => _types.Rows.Select(r => new StoredType(r.Value, r, _stored.Of(r.Value)));

    public IEnumerable<FaultyDocuments> Faulty => _faults.Select(f => new FaultyDocuments(f.Key, f.Value.Documents, f.Value.Examples));

    /// <summary>Runs of combinations, tags and data types beyond the bound.</summary>
    public (long Kinds, long Tags, long Types) Others => (_kinds.Others, _tags.Others, _types.Others);

    /// <summary>Asks for all runs in range and counts them.</summary>
    /// <param name="source">Whom to ask.</param>
    /// <param name="scope">What is asked for.</param>
    /// <param name="messages">Where progress is shown.</param>
    /// <param name="cancel">Ends it at once.</param>
    /// <exception cref="OutsourceException">The source does not answer, as a whole or about any of the runs.</exception>
    public async Task CountAsync(IRunSource source, RunScope scope, IOperatorLog messages, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scope);
        using (var progress = new QueryProgress(messages, source, scope))
        {
            await foreach (var run in source.QueryAsync(scope with { AllTypes = true }, cancel).ConfigureAwait(false))
            {
                Add(run);
                progress.Keep();
            }
        }

        var failed = Faulty.Where(f => ReasonCodes.Of(f.Reason).Outcome == Outcome.SourceError).Sum(f => f.Documents);
        if (failed > 0 && Runs + LeftOut == 0)
        {
            throw new OutsourceException(
                $"the source failed on {Counted.Of(failed, "run")} and returned no other run. Try again when {settings.RunDb} works."
            );
        }
    }

    /// <summary>Counts a document.</summary>
    public void Add(RunDocument run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Number is { } known && !_seen.Add(known))
        {
            Doubles++;
            return;
        }

        if (run.Fault is { } fault)
        {
            AddFault(run, fault);
        }

        // A document of which only the data is faulty tells the rest.
        if (run is not { Number: { } number, Mode: { } mode, Detectors.IsEmpty: false })
        {
            return;
        }

        if (!IsAskedFor(run))
        {
            LeftOut++;
            return;
        }

        Runs++;
        var detectors = string.Join(", ", run.Detectors.Order(StringComparer.Ordinal));
        _kinds.Add(new RunKind(Cut(mode), Cut(run.Source ?? ""), Cut(detectors)), number);
        AddAll(_tags, run.Tags, number);
        Untagged += run.Tags.IsEmpty && run.Fault is null ? 1 : 0;
        ListingOnly += run.ListingOnly ? 1 : 0;
        AddAll(_types, run.Data.Select(e => e.Type).OfType<string>(), number);
        var there = run.Data.Where(e => (e.InRucio || e.IsLocal) && e.Status == DataEntry.Transferred);
        AddAll(_stored, there.Select(e => e.Type).OfType<string>(), number);
    }

    private bool IsAskedFor(RunDocument run) =>
        (settings.Modes.IsEmpty || settings.Modes.Contains(run.Mode!))
        && (settings.Sources.IsEmpty || (run.Source is { } source && settings.Sources.Contains(source)))
        && (settings.Detector is not { } detector || run.Detectors.Contains(detector));

    private void AddFault(RunDocument run, DocumentFault fault)
    {
        var (documents, examples) = _faults.TryGetValue(fault.Reason, out var before) ? before : (0, []);
        if (examples.Count < MostExamples)
        {
            var place = run.Number is { } number ? $"run {number}" : run.Position ?? "a document";
            examples.Add($"{place}: {UntrustedText.Shown(UntrustedText.Brief(fault.Detail, Longest))}");
        }

        _faults[fault.Reason] = (documents + 1, examples);
    }

    private static void AddAll(Tally<string> tally, IEnumerable<string> values, int run)
    {
        foreach (var value in values.Select(Cut).Distinct(StringComparer.Ordinal))
        {
            tally.Add(value, run);
        }
    }

    private static string Cut(string value) => value.Length <= Longest ? value : UntrustedText.Brief(value, Longest);
}
