using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Outsource.Errors;
using Outsource.FilterModes;
using Outsource.Http;
using Outsource.Ledger;
using Outsource.Reports;
using Outsource.Runs;

namespace Outsource.RunDb;

/// <summary>
/// Run documents over REST: pages of the listing in parallel, then the full document of each run that the listing cannot decide, once.
/// A run that fails after all tries becomes a document with a fault; the listing must not fail.
/// </summary>
/// <param name="client">The RunDB.</param>
/// <param name="parallel">Requests under way at the same time.</param>
/// <param name="decidedByListing">Whether the fields of a listing are enough to decide on a run, so that its full document is not needed.</param>
public sealed class RestRunSource(RunDbClient client, int parallel, Func<RunDocument, bool> decidedByListing) : IRunSource, ITellsTotal, ITellsTraffic, IDisposable
{
    /// <summary>Up to so many runs asked for by number are fetched without a look at the listing, whose pages would cost more.</summary>
    public const int FewRuns = 100;

    /// <summary>A page holds a thousand entries: more of them at once would be much memory for little time.</summary>
    private const int MostPages = 8;

    /// <summary>The fields that decide on a run as a whole. A page on which one of them never occurs holds limited documents and decides nothing.</summary>
    private static readonly string[] DecidingFields = ["mode", "source", "tags", "detectors"];

    private long _documents;

    public string Name => RunSources.Rest;

    public string Summary => client.Traffic.Summary("RunDB");

    public QueryCost Cost => new(Interlocked.Read(ref _documents), client.Traffic.Bytes, client.Traffic.Requests, client.Traffic.Retries);

    public Action<long>? TotalKnown { get; set; }

    public Action<long>? Listed { get; set; }

    public async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var wanted = new List<int>();
        var decided = 0;
        if (scope.Runs is { Length: <= FewRuns } few)
        {
            wanted.AddRange(few);
        }
        else
        {
            var listing = new Listing(scope, decidedByListing);
            Listed?.Invoke(0);
            await foreach (var page in PagesAsync(cancel).ConfigureAwait(false))
            {
                Listed?.Invoke(page.Entries.Count);
                foreach (var run in listing.Take(page))
                {
                    decided++;
                    yield return run;
                }

                Interlocked.Add(ref _documents, page.Entries.Count);
            }

            wanted.AddRange(listing.Undecided);
        }

        var total = scope.Runs?.Length ?? decided + wanted.Count;
        TotalKnown?.Invoke(total);
        await foreach (var run in DocumentsAsync(wanted, scope, listed: scope.Runs is not { Length: <= FewRuns }, total, cancel).ConfigureAwait(false))
        {
            yield return run;
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>The pages in order, until an empty one. The further the listing reaches, the more pages are asked for ahead.</summary>
    private async IAsyncEnumerable<Page> PagesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var ahead = new Queue<Task<Page>>();
        var next = 1;
        var width = 1;
        try
        {
            while (true)
            {
                while (ahead.Count < width)
                {
                    ahead.Enqueue(PageAsync(next++, stop.Token));
                }

                var page = await ahead.Dequeue().ConfigureAwait(false);
                if (page.Entries.Count == 0)
                {
                    yield break;
                }

                yield return page;
                width = Math.Min(width * 2, Math.Min(parallel, MostPages));
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var page in ahead)
            {
                // What lies past the end is of no interest, not even how it failed.
                await page.ContinueWith(_ => _.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            }
        }
    }

    private Task<Page> PageAsync(int number, CancellationToken cancel)
    {
        const string Expected = "a JSON object with 'results', a list of run documents";
        var request = new ServiceRequest(HttpMethod.Get, "GET /runs/page/{n}", "runs", "page", number.ToString(CultureInfo.InvariantCulture))
        {
            // Some servers answer so past the end.
            Answers = number > 1 ? new HashSet<HttpStatusCode> { HttpStatusCode.NotFound } : new HashSet<HttpStatusCode>(),
        };
        return client.GetAsync(
            request,
            async (answer, ct) =>
            {
                if (answer.Status == HttpStatusCode.NotFound)
                {
                    return new Page(number, [], []);
                }

                var body = await JsonAnswer.BytesAsync(answer.Body, ct).ConfigureAwait(false);
                var results = JsonAnswer.Field(body, "results", Expected) ?? throw new WrongShapeException($"'results' is missing, expected {Expected}");
                var (start, _) = results.GetOffsetAndLength(body.Length);
                var entries = JsonAnswer.Elements(body.AsSpan(results), "results");
                return new Page(number, body, [.. entries.Select(e => new Range(start + e.Start.Value, start + e.End.Value))]);
            },
            cancel);
    }

    private async IAsyncEnumerable<RunDocument> DocumentsAsync(List<int> wanted, RunScope scope, bool listed, int total, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var fetched = Channel.CreateBounded<Fetched>(parallel * 2);
        var work = Task.Run(
            async () =>
            {
                try
                {
                    await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = stop.Token }, async (run, ct) =>
                        await fetched.Writer.WriteAsync(await FetchAsync(run, listed, ct).ConfigureAwait(false), ct).ConfigureAwait(false)).ConfigureAwait(false);
                    fetched.Writer.Complete();
                }
#pragma warning disable CA1031 // Whatever it is, the reader of the channel throws it.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    fetched.Writer.Complete(error);
                }
            },
            CancellationToken.None);
        try
        {
            var reader = new RunDocumentReader(scope.AllTypes ? null : scope.DataTypes);
            var failed = 0;
            await foreach (var one in fetched.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                if (one.Error is { } error)
                {
                    failed++;
                    if (failed > total * RunFilter.MostSourceErrors)
                    {
                        throw new OutsourceException($"the RunDB failed on {failed} of {Counted.Of(total, "run")}, more than {RunFilter.MostSourceErrors:P0} of them; the last: {error}", inner: null);
                    }

                    yield return new RunDocument { Number = one.Run, Fault = new DocumentFault(ReasonCodes.RunNotAnswered, error) };
                }
                else if (one.Json is { } json)
                {
                    Interlocked.Increment(ref _documents);
                    yield return Checked(reader.Read(json.Span, $"run {one.Run}"), one.Run);
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    /// <summary>One run: its document, nothing when it is unknown, or why it failed.</summary>
    private async Task<Fetched> FetchAsync(int run, bool listed, CancellationToken cancel)
    {
        const string Expected = "a JSON object with 'results', a run document";
        var request = new ServiceRequest(HttpMethod.Get, "GET /runs/number/{number}", "runs", "number", run.ToString(CultureInfo.InvariantCulture))
        {
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound },
        };
        try
        {
            return await client.GetAsync(
                request,
                async (answer, ct) =>
                {
                    if (answer.Status == HttpStatusCode.NotFound)
                    {
                        return Missing(run, listed);
                    }

                    var body = await JsonAnswer.BytesAsync(answer.Body, ct).ConfigureAwait(false);
                    var results = JsonAnswer.Field(body, "results", Expected) ?? throw new WrongShapeException($"'results' is missing, expected {Expected}");
                    var json = body.AsMemory(results);
                    return json.Span[0] switch
                    {
                        (byte)'{' => new Fetched(run, json, null),
                        (byte)'n' => Missing(run, listed),
                        (byte)'[' when JsonAnswer.Elements(json.Span, "results").Count == 0 => Missing(run, listed),
                        _ => throw new WrongShapeException($"'results' is no object, expected {Expected}"),
                    };
                },
                cancel).ConfigureAwait(false);
        }
        catch (ServiceException error) when (!error.OfAll)
        {
            return new Fetched(run, null, error.Message);
        }
    }

    private static Fetched Missing(int run, bool listed) =>
        new(run, null, listed ? $"the RunDB lists run {run} but has no document of it" : null);

    /// <summary>A document must be of the run that was asked for.</summary>
    private static RunDocument Checked(RunDocument run, int asked) => run.Number == asked
        ? run
        : run with
        {
            Number = asked,
            Position = null,
            Fault = run.Number is { } other ? new DocumentFault(ReasonCodes.RunNotAnswered, $"the RunDB answered with run {other} when asked for run {asked}") : run.Fault,
        };

    /// <summary>A page of the listing.</summary>
    private sealed record Page(int Number, byte[] Body, List<Range> Entries);

    /// <summary>What came of asking for one run: a document, an error, or neither.</summary>
    private sealed record Fetched(int Run, ReadOnlyMemory<byte>? Json, string? Error);

    /// <summary>Goes through the listing: what it decides is given on, of the rest the numbers are kept.</summary>
    private sealed class Listing(RunScope scope, Func<RunDocument, bool> decided)
    {
        private readonly RunDocumentReader _reader = new([]);
        private readonly Dictionary<int, ulong> _seen = [];
        private readonly SortedSet<int> _undecided = [];

        /// <summary>Runs whose full document is needed, ascending.</summary>
        public IReadOnlyCollection<int> Undecided => _undecided;

        public List<RunDocument> Take(Page page)
        {
            var complete = IsComplete(page);
            var given = new List<RunDocument>();
            for (var i = 0; i < page.Entries.Count; i++)
            {
                var json = page.Body.AsSpan(page.Entries[i]);
                var run = _reader.Read(json, $"page {page.Number}, entry {i + 1}") with { ListingOnly = true };
                if (!scope.Takes(run))
                {
                    continue;
                }

                if (run.Number is not { } number)
                {
                    given.Add(run);
                    continue;
                }

                // Pages shift while they are read, when runs are added: an entry may come twice. One that differs is given on, so that
                // the contradiction is noticed.
                var content = BitConverter.ToUInt64(SHA256.HashData(json));
                var known = _seen.TryGetValue(number, out var before);
                if (known && before == content)
                {
                    continue;
                }

                _seen[number] = content;
                if (complete && run.Fault is null && decided(run))
                {
                    given.Add(run);
                }
                else if (!_undecided.Add(number))
                {
                    given.Add(run);
                }
            }

            return given;
        }

        /// <summary>Whether the page shows all fields that decide.</summary>
        private static bool IsComplete(Page page)
        {
            var missing = DecidingFields.ToHashSet(StringComparer.Ordinal);
            foreach (var entry in page.Entries)
            {
                var reader = new Utf8JsonReader(page.Body.AsSpan(entry));
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                {
                    continue;
                }

                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    missing.Remove(name == "detector" ? "detectors" : name);
                    reader.Skip();
                }

                if (missing.Count == 0)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
