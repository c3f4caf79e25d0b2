using System.Runtime.CompilerServices;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// Run documents over REST: pages of the listing in parallel, then the full document of each run that the listing cannot decide, once.
/// A run that fails after all tries becomes a document with a fault; the listing must not fail.
/// </summary>
/// <param name="client">The RunDB.</param>
/// <param name="parallel">Requests at the same time.</param>
/// <param name="decidedByListing">Whether the fields of a listing are enough to decide on a run, so that its full document is not
/// needed.</param>
public sealed class RestRunSource(RunDbClient client, int parallel, Func<RunDocument, bool> decidedByListing)
    : IRunSource,
        IProgressSource,
        IReportsRequests,
        IDisposable
{
    /// <summary>Up to so many runs asked for by number are fetched without the listing, whose pages would take longer.</summary>
    public const int FewRuns = 100;

    private readonly RunPages _pages = new(client, parallel);
    private long _documents;

    public string Name => new SourceChoice.Rest().ToString();

    public string Summary => client.Traffic.Summary("RunDB");

    public QueryCost Cost => new(Interlocked.Read(ref _documents), client.Traffic.Bytes, client.Traffic.Requests, client.Traffic.Retries);

    public Action<long>? TotalKnown { get; set; }

    public Action<long>? Listed { get; set; }

    public async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var wanted = new List<int>();
        var decided = 0;
        var byNumber = scope.Runs is { Length: <= FewRuns };
        if (byNumber)
        {
            wanted.AddRange(scope.Runs!.Value);
        }
        else
        {
            var listing = new RunListing(scope, decidedByListing);
            await foreach (var run in DecidedAsync(listing, cancel).ConfigureAwait(false))
            {
                decided++;
                yield return run;
            }

            wanted.AddRange(listing.Undecided);
        }

        var total = scope.Runs?.Length ?? decided + wanted.Count;
        TotalKnown?.Invoke(total);
        var fetcher = new RunFetcher(client, parallel, scope) { Listed = !byNumber };
        await foreach (var run in DocumentsAsync(fetcher, wanted, total, cancel).ConfigureAwait(false))
        {
            if (scope.Takes(run))
            {
                yield return run;
            }
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>The runs that the listing decides.</summary>
    private async IAsyncEnumerable<RunDocument> DecidedAsync(RunListing listing, [EnumeratorCancellation] CancellationToken cancel)
    {
        Listed?.Invoke(0);
        await foreach (var page in _pages.AllAsync(cancel).ConfigureAwait(false))
        {
            Listed?.Invoke(page.Entries.Count);
            foreach (var run in listing.Take(page))
            {
                yield return run;
            }

            if (listing.WhyEndless(page) is { } why)
            {
                throw client.Error(ServiceFault.Shape, $"its listing does not end: {why}");
            }

            Interlocked.Add(ref _documents, page.Entries.Count);
        }
    }

    /// <summary>The runs that need their full document.</summary>
    private async IAsyncEnumerable<RunDocument> DocumentsAsync(
        RunFetcher fetcher,
        List<int> wanted,
        int total,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var failed = 0;
        var unknown = 0;
        await foreach (var one in fetcher.AllAsync(wanted, cancel).ConfigureAwait(false))
        {
            if (one.Error is { } error)
            {
                CheckFailures(++failed, total, error);
                yield return new RunDocument { Number = one.Run, Fault = new DocumentFault(Reason.RunNotAnswered, error) };
            }
            else if (one.Document is { } document)
            {
                Interlocked.Increment(ref _documents);
                yield return RunFetcher.Checked(document, one.Run);
            }
            else
            {
                unknown++;
            }
        }

        if (unknown > 0 && unknown == wanted.Count)
        {
            // None of the runs is known, so it may be the wrong server: asking for the listing then fails with an error of its own.
            _ = await _pages.AskAsync(1, cancel).ConfigureAwait(false);
        }
    }

    private static void CheckFailures(int failed, int total, string last)
    {
        if (failed > total * RunRules.MostSourceErrors)
        {
            throw new OutsourceException(
                $"the RunDB failed on {failed} of {Counted.Of(total, "run")}, more than {RunRules.MostSourceErrors:P0} of them; the last: "
                    + last,
                inner: null
            );
        }
    }
}
