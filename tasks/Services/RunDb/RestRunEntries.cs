using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Outsource.Model.Runs;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>
/// Entries over REST, by the routes that the analysis software uses: <c>GET /runs/number/{number}/data</c>, and <c>POST</c> and
/// <c>DELETE /run/number/{number}/data/</c> with the entry as body. The one server whose source is public (2019) appends what is posted,
/// and removes all entries that have the fields of what is sent with DELETE.
/// </summary>
/// <param name="client">The RunDB.</param>
public sealed class RestRunEntries(RunDbClient client) : IRunEntries, IReportsRequests, IDisposable
{
    private const string Expected = "a JSON object with 'results', which has 'data', a list";

    private static readonly HashSet<HttpStatusCode> Missing = [HttpStatusCode.NotFound],
        Changed = [HttpStatusCode.Created, HttpStatusCode.NoContent];

    public string Summary => client.Traffic.Summary("RunDB");

    public Task<ImmutableArray<RunEntry>> ReadAsync(int run, CancellationToken cancel)
    {
        var request = new ServiceRequest(HttpMethod.Get, "GET /runs/number/{number}/data", "runs", "number", Number(run), "data")
        {
            Answers = Missing,
        };
        return client.GetAsync(
            request,
            async (answer, ct) =>
            {
                var body = await JsonAnswer.BytesAsync(answer, ct).ConfigureAwait(false);
                return answer.Status == HttpStatusCode.NotFound
                    ? throw new WrongShapeException($"404, so it has no run {Number(run)}, or it is another server")
                    : Entries(body);
            },
            cancel
        );
    }

    public Task AddAsync(int run, string json, CancellationToken cancel) => ChangeAsync(HttpMethod.Post, run, json, cancel);

    public Task RemoveAsync(int run, RunEntry entry, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return ChangeAsync(HttpMethod.Delete, run, entry.Json, cancel);
    }

    public void Dispose() => client.Dispose();

    /// <summary>Sent once: after a lost answer it may have been done, and done again it would not be the same.</summary>
    private Task ChangeAsync(HttpMethod method, int run, string json, CancellationToken cancel)
    {
        var request = new ServiceRequest(method, $"{method} /run/number/{{number}}/data/", "run", "number", Number(run), "data", "")
        {
            Body = () => new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new("application/json") } },
            Answers = Changed,
            Tries = 1,
        };
        return client.GetAsync(
            request,
            async (answer, ct) =>
            {
                // The whole answer must have come: one that breaks off may hide an error.
                await answer.Body.CopyToAsync(Stream.Null, ct).ConfigureAwait(false);
                return true;
            },
            cancel
        );
    }

    private static ImmutableArray<RunEntry> Entries(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonAnswer.Parse(body);
            var results = json.RootElement.GetProperty("results");
            var data = results.ValueKind == JsonValueKind.Array ? results : results.GetProperty("data");
            return data.ValueKind == JsonValueKind.Null ? [] : [.. data.EnumerateArray().Select(Entry)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new WrongShapeException($"expected {Expected}");
        }
    }

    private static RunEntry Entry(JsonElement json)
    {
        var text = json.GetRawText();
        return new RunEntry(RunDocumentReader.ReadEntry(Encoding.UTF8.GetBytes(text)), text);
    }

    private static string Number(int run) => run.ToString(CultureInfo.InvariantCulture);
}
