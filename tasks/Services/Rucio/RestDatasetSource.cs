using System.Net;
using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>Dataset listings over REST, read line by line as they arrive.</summary>
/// <param name="client">Sends the requests.</param>
/// <param name="files">Whether listings keep their files one by one.</param>
public sealed class RestDatasetSource(RucioClient client, ListedFiles files = ListedFiles.Sized)
    : IDatasetSource,
        IReportsRequests,
        IDisposable
{
    /// <summary>Chunk numbers have six digits: a million lines at most. In bytes.</summary>
    private const long LongestListing = 256 << 20;

    /// <summary>Datasets in one question. More hardly help: 20, 100, 400 take 4.7, 4.5, 4.5 s for 1,200 datasets at 50 ms.</summary>
    private const int MostAtOnce = 50;

    /// <summary>Datasets in one question when each file is kept.</summary>
    private const int FewAtOnce = 8;

    /// <summary>After so many questions for many datasets that failed, no more are asked.</summary>
    private const int MostBulkFaults = 3;

    private static readonly Dictionary<string, DatasetListing> NoListings = [];

    private volatile bool _withoutBulk;
    private int _bulkFaults;

    public string Name => new SourceChoice.Rest().ToString();

    public string Summary => client.Summary;

    public async Task<DatasetListing?> ListAsync(string did, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(did);
        var colon = did.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == did.Length - 1)
        {
            throw new SourceErrorException($"'{did}' is not a valid DID, expected SCOPE:NAME");
        }

        try
        {
            return await AskAsync(did[..colon], did[(colon + 1)..], cancel).ConfigureAwait(false);
        }
        catch (ServiceException error) when (!error.OfAll)
        {
            throw new SourceErrorException(error.Message, error);
        }
    }

    public int AtOnce => _withoutBulk ? 1 : files == ListedFiles.Kept ? FewAtOnce : MostAtOnce;

    public async Task<IReadOnlyDictionary<string, DatasetListing>> ListManyAsync(IReadOnlyList<string> dids, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dids);
        if (_withoutBulk)
        {
            return NoListings;
        }

        var asked = BulkQuestion.Of(dids, files);
        var request = new ServiceRequest(HttpMethod.Post, "POST /dids/bulkfiles", "dids", "bulkfiles")
        {
            Body = asked.Body,
            Answers = BulkQuestion.Answers,
            Largest = LongestListing,
            Tries = BulkQuestion.Tries,
        };
        try
        {
            if (await client.SendAsync(request, asked.ReadAsync, cancel).ConfigureAwait(false) is { } found)
            {
                return found;
            }

            _withoutBulk = true;
        }
        catch (ServiceException error) when (!error.OfAll)
        {
            // The datasets are asked for one by one, and each fault is that of one dataset.
            _withoutBulk |= Interlocked.Increment(ref _bulkFaults) >= MostBulkFaults;
        }

        return NoListings;
    }

    public void Dispose() => client.Dispose();

    private async Task<DatasetListing?> AskAsync(string scope, string name, CancellationToken cancel)
    {
        var request = new ServiceRequest(HttpMethod.Get, "GET /dids/{scope}/{name}/files", "dids", scope, name, "files")
        {
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound, HttpStatusCode.Unauthorized },
            Largest = LongestListing,
        };
        var listing = await client
            .SendAsync(request, (answer, ct) => ReadAsync(answer, $"{scope}:{name}", ct), cancel)
            .ConfigureAwait(false);
        return listing?.Contradiction is { } wrong
            ? throw new SourceErrorException($"Rucio: {wrong}. To look at it: rucio list-files {scope}:{name}")
            : listing;
    }

    private async Task<(bool Answered, DatasetListing? Listing)> ReadAsync(Answer answer, string did, CancellationToken cancel)
    {
        switch (answer.Status)
        {
            case HttpStatusCode.Unauthorized:
                return (false, null);
            case HttpStatusCode.NotFound:
                await CheckUnknownAsync(answer, cancel).ConfigureAwait(false);
                return (true, null);
        }

        var listing = new DatasetListing(did, files);
        await new FileLines(f => listing.Add(f.Name, f.Bytes, f.Scope)).ReadAsync(answer, cancel).ConfigureAwait(false);
        return (true, listing);
    }

    /// <summary>
    /// "Not found" must be Rucio's own answer about the DID, with its exception class in the header or in the body (Rucio 1.29 to 41: both,
    /// made by <c>generate_http_error_flask</c>): a wrong address, or a front end, answers 404 to everything.
    /// </summary>
    internal static async Task CheckUnknownAsync(Answer answer, CancellationToken cancel)
    {
        const string Unknown = "DataIdentifierNotFound";
        var body = await JsonAnswer.BytesAsync(answer, cancel).ConfigureAwait(false);
        var name = answer.Headers.TryGetValues("ExceptionClass", out var names) ? names.First() : ExceptionClass(body);
        if (name is null)
        {
            var html = body.Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
            throw new WrongShapeException(
                $"404 {(html ? "with an HTML page" : "without Rucio's exception class")}, expected {Unknown} for an unknown DID; it "
                    + "may come from another server, or from a front end"
            );
        }

        if (name != Unknown)
        {
            throw new WrongShapeException($"404 with {UntrustedText.Brief(name, 100)}, expected {Unknown} for an unknown DID");
        }
    }

    private static string? ExceptionClass(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonAnswer.Parse(body);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("ExceptionClass", out var name)
                && name.ValueKind == JsonValueKind.String
                ? name.GetString()
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
