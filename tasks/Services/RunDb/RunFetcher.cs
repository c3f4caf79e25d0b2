using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>The result for one run: a document, an error, or neither when the run is unknown.</summary>
internal sealed record FetchedRun(int Run, RunDocument? Document, string? Error);

/// <summary>Asks for the full documents of runs, several at once.</summary>
/// <param name="client">The RunDB.</param>
/// <param name="parallel">Requests at the same time.</param>
/// <param name="scope">What is asked for.</param>
internal sealed class RunFetcher(RunDbClient client, int parallel, RunScope scope)
{
    private const string Expected = "a JSON object with 'results', a run document";

    private readonly ConcurrentBag<RunDocumentReader> _readers = [];

    /// <summary>
    /// Whether the routes of single documents end in a slash; null: not known yet. Those of the server whose source is public do
    /// (docs/domain.md §3).
    /// </summary>
    private bool? _slash;

    /// <summary>Whether the runs are known from the listing: then each must have a document.</summary>
    public required bool Listed { get; init; }

    /// <summary>The runs, in the order in which they are answered.</summary>
    public async IAsyncEnumerable<FetchedRun> AllAsync(IReadOnlyList<int> runs, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var fetched = Channel.CreateBounded<FetchedRun>(parallel * 2);
        var work = Task.Run(() => FillAsync(fetched.Writer, runs, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var one in fetched.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                yield return one;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    private async Task FillAsync(ChannelWriter<FetchedRun> fetched, IReadOnlyList<int> runs, CancellationToken stop)
    {
        try
        {
            await Parallel
                .ForEachAsync(
                    runs,
                    new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = stop },
                    async (run, ct) => await fetched.WriteAsync(await FetchAsync(run, ct).ConfigureAwait(false), ct).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
            fetched.Complete();
        }
#pragma warning disable CA1031 // The reader of the channel throws it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            fetched.Complete(error);
        }
    }

    /// <summary>One run: its document, nothing when it is unknown, or why it failed.</summary>
    private async Task<FetchedRun> FetchAsync(int run, CancellationToken cancel)
    {
        try
        {
            var slash = _slash ?? true;
            var (known, document) = await AskAsync(run, slash, cancel).ConfigureAwait(false);
            if (!known && _slash is null)
            {
                // A server whose routes do not end in a slash knows no run with one.
                (_, document) = await AskAsync(run, slash = !slash, cancel).ConfigureAwait(false);
            }

            _slash = document is null ? _slash : slash;
            var error = document is null && Listed ? $"the RunDB lists run {run} but has no document of it" : null;
            return new FetchedRun(run, document, error);
        }
        catch (ServiceException failed) when (!failed.OfAll)
        {
            return new FetchedRun(run, null, failed.Message);
        }
    }

    /// <summary>The document of a run, or null when there is none; and whether the route is known, as far as the answer shows.</summary>
    private Task<(bool Known, RunDocument? Document)> AskAsync(int run, bool slash, CancellationToken cancel)
    {
        var number = run.ToString(CultureInfo.InvariantCulture);
        var request = new ServiceRequest(
            HttpMethod.Get,
            "GET /runs/number/{number}/",
            slash ? ["runs", "number", number, ""] : ["runs", "number", number]
        )
        {
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound },
        };
        return client.GetAsync(request, (answer, ct) => ReadAsync(answer, run, ct), cancel);
    }

    private async Task<(bool Known, RunDocument? Document)> ReadAsync(Answer answer, int run, CancellationToken cancel)
    {
        var body = await JsonAnswer.BytesAsync(answer, cancel).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.NotFound)
        {
            return body.Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..] && _slash is not null
                ? throw new WrongShapeException("404 with an HTML page, which may come from a proxy or a front end in between")
                : (false, null);
        }

        var results =
            JsonAnswer.Field(body.Span, "results", Expected)
            ?? throw new WrongShapeException($"'results' is missing, expected {Expected}");
        var json = body[results];
        return json.Span[0] switch
        {
            (byte)'{' => (true, Read(json.Span, run)),
            (byte)'n' => (true, null),
            (byte)'[' when !json.Span[1..^1].ContainsAnyExcept(" \t\r\n"u8) => (true, null),
            _ => throw new WrongShapeException($"'results' is not an object, expected {Expected}"),
        };
    }

    private RunDocument Read(ReadOnlySpan<byte> json, int run)
    {
        // One for each thread, and each keeps the strings that recur.
        var reader = _readers.TryTake(out var free) ? free : new RunDocumentReader(scope.AllTypes ? null : scope.DataTypes);
        var document = reader.Read(json, $"run {run}");
        _readers.Add(reader);
        return document;
    }

    /// <summary>A document must be of the run that was asked for.</summary>
    internal static RunDocument Checked(RunDocument run, int requested) =>
        run.Number == requested
            ? run
            : run with
            {
                Number = requested,
                Position = null,
                Fault = run.Number is { } other
                    ? new DocumentFault(
                        Reason.RunNotAnswered,
                        $"the RunDB answered with run {other} when asked for run {requested}"
                    )
                    : run.Fault,
            };
}
