using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>Dataset listings over REST, read line by line as they arrive.</summary>
/// <param name="transport">Sends requests to <c>rucio_host</c>.</param>
/// <param name="login">Gives tokens.</param>
/// <param name="files">Whether listings keep their files one by one.</param>
public sealed class RestDatasetSource(Transport transport, RucioLogin login, ListedFiles files = ListedFiles.Counted)
    : IDatasetSource,
        IReportsRequests,
        IDisposable
{
    private const string Expected = "one JSON object a line, a file with 'name' and 'bytes'";

    /// <summary>No line of a listing is longer.</summary>
    private const int LongestLine = 1 << 20;

    /// <summary>Chunk numbers have six digits: a million lines at most. In bytes.</summary>
    private const long LongestListing = 256 << 20;

    public string Name => new SourceChoice.Rest().ToString();

    public string Summary => transport.Traffic.Summary("Rucio");

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

    public void Dispose()
    {
        login.Dispose();
        transport.Dispose();
    }

    private async Task<DatasetListing?> AskAsync(string scope, string name, CancellationToken cancel)
    {
        RucioToken? refused = null;
        while (true)
        {
            var token = await login.TokenAsync(refused, cancel).ConfigureAwait(false);
            var request = new ServiceRequest(HttpMethod.Get, "GET /dids/{scope}/{name}/files", "dids", scope, name, "files")
            {
                Headers = login.Headers(("X-Rucio-Auth-Token", token.Secret), ("Accept", "application/x-json-stream")),
                Answers = new HashSet<HttpStatusCode> { HttpStatusCode.NotFound, HttpStatusCode.Unauthorized },
                Largest = LongestListing,
            };
            var (answered, listing) = await transport
                .SendAsync(request, (answer, ct) => ReadAsync(answer, $"{scope}:{name}", ct), cancel)
                .ConfigureAwait(false);
            if (answered)
            {
                return listing?.Contradiction is { } wrong
                    ? throw new SourceErrorException($"Rucio: {wrong}. To look at it: rucio list-files {scope}:{name}")
                    : listing;
            }

            if (refused is not null)
            {
                throw new UsageException(
                    $"Rucio: GET {transport.Service.UrlOf(request.Path).GetLeftPart(UriPartial.Path)} is refused (401) although the "
                        + "login has just succeeded. Check whether the account may read there, and whether "
                        + $"{transport.Service.AddressKey} and auth_host belong together."
                );
            }

            refused = token;
        }
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
        var pipe = PipeReader.Create(answer.Body);
        var line = 0;
        while (true)
        {
            var part = await pipe.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = part.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                Take(buffer.Slice(0, end), ++line, listing);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (part.IsCompleted)
            {
                Take(buffer, ++line, listing);
                return (true, listing);
            }

            if (buffer.Length > LongestLine)
            {
                throw new WrongShapeException($"line {line + 1} does not end, expected {Expected}");
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>
    /// "Not found" must be Rucio's own answer about the DID, with its exception class in the header or in the body (Rucio 1.29 to 41: both,
    /// made by <c>generate_http_error_flask</c>): a wrong address, or a front end, answers 404 to everything.
    /// </summary>
    private static async Task CheckUnknownAsync(Answer answer, CancellationToken cancel)
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

    private static void Take(ReadOnlySequence<byte> json, int line, DatasetListing listing)
    {
        try
        {
            TakeFile(json, line, listing);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            if (PythonNumbers.Replaced(json.ToArray()) is { } replaced)
            {
                Take(new ReadOnlySequence<byte>(replaced), line, listing);
                return;
            }

            var html = line == 1 && json.FirstSpan.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
            throw new WrongShapeException(
                html
                    ? $"found an HTML page, expected {Expected}; it may come from a proxy or a login page in between"
                    : $"line {line} is not JSON, expected {Expected}"
            );
        }
    }

    private static void TakeFile(ReadOnlySequence<byte> json, int line, DatasetListing listing)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        string? name = null,
            scope = null;
        decimal? bytes = null;
        if (!reader.Read())
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new WrongShapeException($"line {line} is {JsonShape.Kind(reader.TokenType)}, expected {Expected}");
        }

        while (Next(ref reader, line) && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            var isScope = reader.ValueTextEquals("scope"u8);
            var isBytes = reader.ValueTextEquals("bytes"u8);
            Next(ref reader, line);
            name = isName && reader.TokenType == JsonTokenType.String ? reader.GetString() : name;
            scope = isScope && reader.TokenType == JsonTokenType.String ? reader.GetString() : scope;
            bytes = isBytes ? SizeOf(ref reader) : bytes;
            if (!reader.TrySkip())
            {
                throw new BrokenAnswerException($"line {line} is incomplete");
            }
        }

        listing.Add(name ?? throw new WrongShapeException($"line {line} has no 'name', expected {Expected}"), bytes, scope);
    }

    /// <summary>A size as it is listed: null when it is not a number; the largest number when it is larger than that.</summary>
    internal static decimal? SizeOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.Number ? null
        : reader.TryGetDecimal(out var size) ? size
        : decimal.MaxValue;

    private static bool Next(ref Utf8JsonReader reader, int line) =>
        reader.Read() ? true : throw new BrokenAnswerException($"line {line} is incomplete");
}
