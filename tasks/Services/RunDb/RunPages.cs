using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Foundation.Files;
using Outsource.Model.Runs;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>Asks for the pages of the RunDB's listing, several at once.</summary>
/// <param name="client">The RunDB.</param>
/// <param name="parallel">Requests at the same time.</param>
internal sealed partial class RunPages(RunDbClient client, int parallel)
{
    private const string Expected = "a JSON object with 'results', a list of run documents";

    /// <summary>A page has a thousand entries: more pages at once would need much memory and save little time.</summary>
    private const int MostAtOnce = 8;

    /// <summary>A page has a thousand entries; an answer with more than this is not a page.</summary>
    private const int LongestPage = 100_000;

    /// <summary>Most bytes of a page; it is read entry by entry and never held.</summary>
    private const long LargestPage = 512 << 20;

    /// <summary>
    /// The fields that decide on a run as a whole. A page on which one of them never occurs contains limited documents and decides nothing.
    /// </summary>
    private static readonly string[] DecidingFields = ["mode", "source", "tags", "detectors"];

    /// <summary>The pages in order, until an empty one. The longer the listing is, the more pages are asked for ahead.</summary>
    public async IAsyncEnumerable<ListingPage> AllAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var ahead = new Queue<Task<ListingPage>>();
        var next = 1;
        var width = 1;
        try
        {
            while (true)
            {
                while (ahead.Count < width)
                {
                    ahead.Enqueue(AskAsync(next++, stop.Token));
                }

                var page = await ahead.Dequeue().ConfigureAwait(false);
                if (page.Entries.Count == 0)
                {
                    yield break;
                }

                yield return page;
                width = Math.Min(width * 2, Math.Min(parallel, MostAtOnce));
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var page in ahead)
            {
                // Pages after the end do not matter, not even why they failed.
                await page.ContinueWith(_ => _.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>One page; empty after the end of the listing.</summary>
    public Task<ListingPage> AskAsync(int number, CancellationToken cancel)
    {
        var request = new ServiceRequest(
            HttpMethod.Get,
            "GET /runs/page/{n}",
            "runs",
            "page",
            number.ToString(CultureInfo.InvariantCulture)
        )
        {
            // So the RunDB's server answers after the end, and when the database is empty; it says why.
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound },
            Largest = LargestPage,
        };
        return client.GetAsync(request, (answer, ct) => ReadAsync(answer, number, ct), cancel);
    }

    private static async Task<ListingPage> ReadAsync(Answer answer, int number, CancellationToken cancel)
    {
        if (answer.Status == HttpStatusCode.NotFound)
        {
            await CheckEmptyAsync(answer, number, cancel).ConfigureAwait(false);
            return new ListingPage(number, [], false);
        }

        var cutter = DocumentCutter.OfAnswer(why => new WrongShapeException(why), why => new BrokenAnswerException(why), Expected);
        var reader = new RunDocumentReader([]);
        var entries = new List<ListingEntry>();
        var missing = DecidingFields.ToHashSet(StringComparer.Ordinal);
        while (true)
        {
            while (cutter.TryNext(out var piece))
            {
                var run = reader.Read(piece.Json.Span, $"page {number}, entry {entries.Count + 1}") with { ListingOnly = true };
                entries.Add(new ListingEntry(run, BitConverter.ToUInt64(SHA256.HashData(piece.Json.Span))));
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
                return new ListingPage(number, entries, missing.Count == 0);
            }

            cutter.Filled(await answer.Body.ReadAsync(cutter.Space(), cancel).ConfigureAwait(false));
        }
    }

    /// <summary>
    /// A page that is not found is the end of the listing, or an empty database, only when the server says so: another server, or a front
    /// end that has lost it, answers 404 to everything, and the runs of all further pages would be missing without a message.
    /// </summary>
    private static async Task CheckEmptyAsync(Answer answer, int page, CancellationToken cancel)
    {
        if (!NoRuns().IsMatch(Encoding.UTF8.GetString((await JsonAnswer.BytesAsync(answer, cancel).ConfigureAwait(false)).Span)))
        {
            throw new WrongShapeException(
                page == 1
                    ? "404 instead of the list of runs"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"404 instead of page {page} of the list of runs, and the answer does not say that the list ends"
                    )
            );
        }
    }

    [GeneratedRegex(
        @"^\s*\{[^{}]*""\s*:\s*""No runs? ",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex NoRuns();

    /// <summary>Removes the fields that an entry shows from those that no entry has shown so far.</summary>
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
}
