using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;
using Outsource.Services.Rucio;

namespace Outsource.Operator.Locate;

/// <summary>Asks the run database where raw data is, and Rucio how much of it there is.</summary>
/// <param name="context">The run.</param>
/// <param name="runs">The run database.</param>
/// <param name="datasets">Rucio.</param>
public sealed class RawDataFinder(OutsourceContext context, IRunSource runs, IDatasetSource datasets)
{
    /// <summary>Names of raw types of all detectors begin so.</summary>
    private const string Raw = "raw_records";

    private readonly List<string> _remarks = [];

    /// <summary>Finds it.</summary>
    /// <param name="scope">The runs.</param>
    /// <exception cref="OutsourceException">A service does not answer.</exception>
    public async Task<RawPlaces> FindAsync(RunScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var found = new SortedDictionary<int, List<RawPlace>>();
        using (context.Messages.Waiting("the run database"))
        {
            await foreach (var run in runs.QueryAsync(scope with { AllTypes = true }, context.Cancellation).ConfigureAwait(false))
            {
                Add(run, found);
            }
        }

        var listed = await ListAsync([.. found.Values.SelectMany(p => p)]).ConfigureAwait(false);
        ImmutableArray<int> all = [.. found.Keys];
        return new RawPlaces(
            [.. found.Values.SelectMany(p => p.Select(listed))],
            all,
            [.. all.Where(n => found[n].Count == 0)],
            [.. (scope.Runs ?? []).Where(n => !found.ContainsKey(n))],
            [.. _remarks.Order(StringComparer.Ordinal)]
        );
    }

    private void Add(RunDocument run, SortedDictionary<int, List<RawPlace>> found)
    {
        if (run.Number is not { } number)
        {
            return;
        }

        if (run.Fault is { } fault)
        {
            _remarks.Add($"run {RunDocument.Padded(number)}: {UntrustedText.Brief(fault.Detail)}");
        }

        found[number] =
        [
            .. run
                .Data.Where(e => e.Type?.StartsWith(Raw, StringComparison.Ordinal) == true)
                .Select(e => new RawPlace(number, e.Type!, e.Location ?? e.Host ?? "unknown", e.Status ?? "unknown", e.Hash)
                {
                    Did = e.Did,
                    InRucio = e.InRucio,
                    SizeMb = e.SizeMb,
                })
                .OrderBy(p => p.Type, StringComparer.Ordinal)
                .ThenByDescending(p => p.InRucio)
                .ThenBy(p => p.Rse, StringComparer.Ordinal),
        ];
    }

    /// <summary>Each dataset is listed once, however many RSEs have it.</summary>
    private async Task<Func<RawPlace, RawPlace>> ListAsync(IReadOnlyList<RawPlace> places)
    {
        var dids = places.Where(p => p is { InRucio: true, Did: not null }).Select(p => p.Did!).Distinct(StringComparer.Ordinal).ToList();
        using var progress = context.Messages.Progress("datasets listed", dids.Count);
        var listings = await new ManyDatasets(datasets, context.Loaded.Settings.MaxParallelRequests)
            .ListAsync(dids, () => progress.Advance(), context.Cancellation)
            .ConfigureAwait(false);
        foreach (var (did, answer) in listings.Where(l => l.Value.Files is null))
        {
            _remarks.Add(answer.Error?.TrimEnd('.') ?? $"Rucio does not know {UntrustedText.Brief(did)}");
        }

        return place =>
            !place.InRucio || place.Did is not { } did || !listings.TryGetValue(did, out var answer) || answer.Error is not null ? place
            : answer.Files is { } listing
                ? place with
                {
                    Bytes = listing.Bytes,
                    ChunkFiles = listing.ChunkFiles,
                }
            // The run database is wrong about it.
            : place with
            {
                InRucio = false,
            };
    }
}
