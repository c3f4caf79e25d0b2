using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
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
/// <param name="parallel">Requests under way at the same time.</param>
/// <param name="decidedByListing">Whether the fields of a listing are enough to decide on a run, so that its full document is not
/// needed.</param>
public sealed partial class RestRunSource(RunDbClient client, int parallel, Func<RunDocument, bool> decidedByListing)
    : IRunSource,
        IProgressSource,
        IReportsRequests,
        IDisposable
{
    /// <summary>Up to so many runs asked for by number are fetched without a look at the listing, whose pages would cost more.</summary>
    public const int FewRuns = 100;

    /// <summary>A page holds a thousand entries: more of them at once would be much memory for little time.</summary>
    private const int MostPages = 8;

    /// <summary>A page has a thousand entries; nothing that has more than this is a page.</summary>
    private const int LongestPage = 100_000;

    /// <summary>Of a thousand entries each, these would be five million runs: a listing that goes on has lost its end.</summary>
    private const int MostPagesInAll = 5_000;

    /// <summary>Most bytes of a page; it is read entry by entry and never held.</summary>
    private const long LargestPage = 512 << 20;

    /// <summary>
    /// The fields that decide on a run as a whole. A page on which one of them never occurs holds limited documents and decides nothing.
    /// </summary>
    private static readonly string[] DecidingFields = ["mode", "source", "tags", "detectors"];

    private readonly ConcurrentBag<RunDocumentReader> _readers = [];

    /// <summary>
    /// Whether the routes of single documents end in a slash; null: not known yet. Those of the server whose source is public do
    /// (docs/domain.md §3).
    /// </summary>
    private bool? _slash;
    private long _documents;

    public string Name => SourceNames.Rest;

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

                if (listing.WhyEndless(page) is { } why)
                {
                    throw client.Error(ServiceFault.Shape, $"its listing does not end: {why}");
                }

                Interlocked.Add(ref _documents, page.Entries.Count);
            }

            wanted.AddRange(listing.Undecided);
        }

        var total = scope.Runs?.Length ?? decided + wanted.Count;
        TotalKnown?.Invoke(total);
        await foreach (
            var run in DocumentsAsync(wanted, scope, listed: scope.Runs is not { Length: <= FewRuns }, total, cancel).ConfigureAwait(false)
        )
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
                await page.ContinueWith(_ => _.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)
                    .ConfigureAwait(false);
            }
        }
    }

    private Task<Page> PageAsync(int number, CancellationToken cancel)
    {
        const string Expected = "a JSON object with 'results', a list of run documents";
        var request = new ServiceRequest(
            HttpMethod.Get,
            "GET /runs/page/{n}",
            "runs",
            "page",
            number.ToString(CultureInfo.InvariantCulture)
        )
        {
            // The server of the RunDB answers so past the end, and to an empty set, and says why.
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound },
            Largest = LargestPage,
        };
        return client.GetAsync(
            request,
            async (answer, ct) =>
            {
                if (answer.Status == HttpStatusCode.NotFound)
                {
                    await CheckEmptyAsync(answer, number, ct).ConfigureAwait(false);
                    return new Page(number, [], false);
                }

                var cutter = DocumentCutter.OfAnswer(why => new WrongShapeException(why), why => new BrokenAnswerException(why), Expected);
                var reader = new RunDocumentReader([]);
                var entries = new List<Entry>();
                var missing = DecidingFields.ToHashSet(StringComparer.Ordinal);
                while (true)
                {
                    while (cutter.TryNext(out var piece))
                    {
                        var run = reader.Read(piece.Json.Span, $"page {number}, entry {entries.Count + 1}") with { ListingOnly = true };
                        entries.Add(new Entry(run, BitConverter.ToUInt64(SHA256.HashData(piece.Json.Span))));
                        RemoveShown(piece.Json.Span, missing);
                        if (entries.Count > LongestPage)
                        {
                            throw new WrongShapeException(
                                string.Create(CultureInfo.InvariantCulture, $"the page has more than {LongestPage:N0} entries")
                            );
                        }
                    }

                    if (cutter.Ended)
                    {
                        return new Page(number, entries, missing.Count == 0);
                    }

                    cutter.Filled(await answer.Body.ReadAsync(cutter.Space(), ct).ConfigureAwait(false));
                }
            },
            cancel
        );
    }

    /// <summary>
    /// A page that is not found is the end of the listing, or an empty database, only when the server says so; any other server, or a front
    /// that has lost it in the middle, answers so to everything, and the runs of all further pages would be missing without a word.
    /// </summary>
    private static async Task CheckEmptyAsync(Answer answer, int page, CancellationToken cancel)
    {
        if (!NoRuns().IsMatch(Encoding.UTF8.GetString((await JsonAnswer.BytesAsync(answer, cancel).ConfigureAwait(false)).Span)))
        {
            throw new WrongShapeException(
                page == 1
                    ? "404 where the list of runs should be"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"404 where page {page} of the list of runs should be, and not a word of its end"
                    )
            );
        }
    }

    [GeneratedRegex(
        @"^\s*\{[^{}]*""\s*:\s*""No runs? ",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex NoRuns();

    /// <summary>Takes the fields that an entry shows out of those that no entry has shown so far.</summary>
    private static void RemoveShown(ReadOnlySpan<byte> json, HashSet<string> missing)
    {
        if (missing.Count == 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                missing.Remove(name == "detector" ? "detectors" : name);
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Another entry may show them.
        }
    }

    private async IAsyncEnumerable<RunDocument> DocumentsAsync(
        List<int> wanted,
        RunScope scope,
        bool listed,
        int total,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var fetched = Channel.CreateBounded<Fetched>(parallel * 2);
        var work = Task.Run(
            async () =>
            {
                try
                {
                    await Parallel
                        .ForEachAsync(
                            wanted,
                            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = stop.Token },
                            async (run, ct) =>
                                await fetched
                                    .Writer.WriteAsync(await FetchAsync(run, scope, listed, ct).ConfigureAwait(false), ct)
                                    .ConfigureAwait(false)
                        )
                        .ConfigureAwait(false);
                    fetched.Writer.Complete();
                }
#pragma warning disable CA1031 // Whatever it is, the reader of the channel throws it.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    fetched.Writer.Complete(error);
                }
            },
            CancellationToken.None
        );
        try
        {
            var failed = 0;
            var unknown = 0;
            await foreach (var one in fetched.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                if (one.Error is { } error)
                {
                    failed++;
                    if (failed > total * RunRules.MostSourceErrors)
                    {
                        throw new OutsourceException(
                            $"the RunDB failed on {failed} of {Counted.Of(total, "run")}, more than {RunRules.MostSourceErrors:P0} of "
                                + $"them; the last: {error}",
                            inner: null
                        );
                    }

                    yield return new RunDocument { Number = one.Run, Fault = new DocumentFault(Reason.RunNotAnswered, error) };
                }
                else if (one.Document is { } document)
                {
                    Interlocked.Increment(ref _documents);
                    yield return Checked(document, one.Run);
                }
                else
                {
                    unknown++;
                }
            }

            if (unknown > 0 && unknown == wanted.Count)
            {
                // No run that was named is known: or is it the wrong server? The listing tells, with an error of its own.
                _ = await PageAsync(1, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    /// <summary>One run: its document, nothing when it is unknown, or why it failed.</summary>
    private async Task<Fetched> FetchAsync(int run, RunScope scope, bool listed, CancellationToken cancel)
    {
        try
        {
            var slash = _slash ?? true;
            var (known, document) = await DocumentAsync(run, scope, slash, cancel).ConfigureAwait(false);
            if (!known && _slash is null)
            {
                // A server whose routes end otherwise knows no run at all.
                (_, document) = await DocumentAsync(run, scope, slash = !slash, cancel).ConfigureAwait(false);
            }

            _slash = document is null ? _slash : slash;
            return new Fetched(run, document, document is null && listed ? $"the RunDB lists run {run} but has no document of it" : null);
        }
        catch (ServiceException error) when (!error.OfAll)
        {
            return new Fetched(run, null, error.Message);
        }
    }

    /// <summary>The document of a run; null: there is none. Whether the route is known, as far as the answer tells.</summary>
    private Task<(bool Known, RunDocument? Document)> DocumentAsync(int run, RunScope scope, bool slash, CancellationToken cancel)
    {
        const string Expected = "a JSON object with 'results', a run document";
        var number = run.ToString(CultureInfo.InvariantCulture);
        var request = new ServiceRequest(
            HttpMethod.Get,
            "GET /runs/number/{number}/",
            slash ? ["runs", "number", number, ""] : ["runs", "number", number]
        )
        {
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound },
        };
        return client.GetAsync<(bool, RunDocument?)>(
            request,
            async (answer, ct) =>
            {
                var body = await JsonAnswer.BytesAsync(answer, ct).ConfigureAwait(false);
                if (answer.Status == HttpStatusCode.NotFound)
                {
                    return body.Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..] && _slash is not null
                        ? throw new WrongShapeException("404 with an HTML page, which may come from a proxy or a front in between")
                        : (false, null);
                }

                var results =
                    JsonAnswer.Field(body.Span, "results", Expected)
                    ?? throw new WrongShapeException($"'results' is missing, expected {Expected}");
                var json = body[results];
                return json.Span[0] switch
                {
                    (byte)'{' => (true, Read(json.Span, run, scope)),
                    (byte)'n' => (true, null),
                    (byte)'[' when !json.Span[1..^1].ContainsAnyExcept(" \t\r\n"u8) => (true, null),
                    _ => throw new WrongShapeException($"'results' is no object, expected {Expected}"),
                };
            },
            cancel
        );
    }

    private RunDocument Read(ReadOnlySpan<byte> json, int run, RunScope scope)
    {
        // One for each thread, and each keeps the strings that recur.
        var reader = _readers.TryTake(out var free) ? free : new RunDocumentReader(scope.AllTypes ? null : scope.DataTypes);
        var document = reader.Read(json, $"run {run}");
        _readers.Add(reader);
        return document;
    }

    /// <summary>A document must be of the run that was asked for.</summary>
    private static RunDocument Checked(RunDocument run, int asked) =>
        run.Number == asked
            ? run
            : run with
            {
                Number = asked,
                Position = null,
                Fault = run.Number is { } other
                    ? new DocumentFault(Reason.RunNotAnswered, $"the RunDB answered with run {other} when asked for run {asked}")
                    : run.Fault,
            };

    /// <summary>An entry of the listing, and a mark of its text.</summary>
    private readonly record struct Entry(RunDocument Run, ulong Content);

    /// <summary>A page of the listing, and whether it shows all fields that decide.</summary>
    private sealed record Page(int Number, List<Entry> Entries, bool IsComplete);

    /// <summary>What came of asking for one run: a document, an error, or neither.</summary>
    private sealed record Fetched(int Run, RunDocument? Document, string? Error);

    /// <summary>Goes through the listing: what it decides is given on, of the rest the numbers are kept.</summary>
    private sealed class Listing(RunScope scope, Func<RunDocument, bool> decided)
    {
        private readonly Dictionary<int, ulong> _seen = [];
        private readonly HashSet<ulong> _unnumbered = [];
        private readonly SortedSet<int> _undecided = [];
        private bool _anyNew;
        private long _entries;

        /// <summary>Runs whose full document is needed, ascending.</summary>
        public IReadOnlyCollection<int> Undecided => _undecided;

        public List<RunDocument> Take(Page page)
        {
            var given = new List<RunDocument>();
            _anyNew = false;
            _entries += page.Entries.Count;
            foreach (var (run, content) in page.Entries)
            {
                if (run.Number is not { } number)
                {
                    _anyNew |= _unnumbered.Add(content);
                    if (scope.Takes(run))
                    {
                        given.Add(run);
                    }

                    continue;
                }

                // Pages shift while they are read, when runs are added: an entry may come twice. One that differs is given on, so that
                // the contradiction is noticed.
                var known = _seen.TryGetValue(number, out var before);
                _seen[number] = content;
                _anyNew |= !known;
                if (!scope.Takes(run) || (known && before == content))
                {
                    continue;
                }

                if (page.IsComplete && run.Fault is null && decided(run))
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

        /// <summary>Why this page cannot be one of a listing that ends; null: it can.</summary>
        public string? WhyEndless(Page page) =>
            !_anyNew ? $"page {page.Number} has no run that the pages before did not have"
            : _entries > RunScope.MostEntries
                ? string.Create(CultureInfo.InvariantCulture, $"it has more than {RunScope.MostEntries:N0} entries")
            : page.Number >= MostPagesInAll ? string.Create(CultureInfo.InvariantCulture, $"it has more than {MostPagesInAll:N0} pages")
            : null;
    }
}
