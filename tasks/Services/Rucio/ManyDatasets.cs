using System.Collections.Concurrent;

namespace Outsource.Services.Rucio;

/// <summary>What Rucio said about a dataset.</summary>
/// <param name="Files">Its files, or null: it does not know the dataset.</param>
/// <param name="Error">Why there is no answer, or null.</param>
public sealed record DatasetAnswer(DatasetListing? Files, string? Error);

/// <summary>Lists many datasets: in one question as many as the source takes, and alone what such an answer leaves out.</summary>
/// <param name="source">Rucio, or a snapshot of it.</param>
/// <param name="parallel">Maximum questions at the same time.</param>
public sealed class ManyDatasets(IDatasetSource source, int parallel)
{
    /// <summary>Lists them.</summary>
    /// <param name="dids">The datasets, each once.</param>
    /// <param name="listed">Called after each.</param>
    /// <param name="cancel">Ends the requests.</param>
    /// <returns>An answer for each.</returns>
    /// <exception cref="Foundation.Errors.OutsourceException">The source as a whole does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, DatasetAnswer>> ListAsync(
        IReadOnlyList<string> dids,
        Action listed,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(dids);
        ArgumentNullException.ThrowIfNull(listed);
        var answers = new ConcurrentDictionary<string, DatasetAnswer>(StringComparer.Ordinal);

        // Questions for many datasets, but no fewer than may be under way at the same time.
        var size = Math.Clamp((dids.Count + parallel - 1) / parallel, 1, source.AtOnce);
        await Parallel
            .ForEachAsync(
                dids.Chunk(size),
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel },
                async (some, token) =>
                {
                    var found = some.Length > 1 ? await source.ListManyAsync(some, token).ConfigureAwait(false) : null;
                    foreach (var did in some)
                    {
                        answers[did] =
                            found is not null && found.TryGetValue(did, out var files)
                                ? new DatasetAnswer(files, null)
                                : await ListAloneAsync(did, token).ConfigureAwait(false);
                        listed();
                    }
                }
            )
            .ConfigureAwait(false);
        return answers;
    }

    private async Task<DatasetAnswer> ListAloneAsync(string did, CancellationToken cancel)
    {
        try
        {
            return new DatasetAnswer(await source.ListAsync(did, cancel).ConfigureAwait(false), null);
        }
        catch (SourceErrorException error)
        {
            return new DatasetAnswer(null, error.Message);
        }
    }
}
