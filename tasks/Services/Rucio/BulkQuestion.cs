using System.Net;
using System.Text.Json;
using Outsource.Services.Http;

namespace Outsource.Services.Rucio;

/// <summary>
/// One question for the files of many datasets: <c>POST /dids/bulkfiles</c> with <c>{"dids": [{"scope", "name"}, …]}</c>. The answer has a
/// line for each file, with <c>parent_scope</c> and <c>parent_name</c>. Datasets that Rucio does not know, and those without files, are
/// left out (<c>bulk_list_files</c> of Rucio 1.29 to 39), so what is not in the answer must be asked for one by one.
/// </summary>
internal sealed class BulkQuestion
{
    /// <summary>Times the question is asked when an answer fails; then the datasets are asked for one by one.</summary>
    public const int Tries = 2;

    /// <summary>404 and 405 come from a server without this question, or from a front end that does not let it pass.</summary>
    public static readonly HashSet<HttpStatusCode> Answers =
    [
        HttpStatusCode.Created,
        HttpStatusCode.NotFound,
        HttpStatusCode.MethodNotAllowed,
        HttpStatusCode.Unauthorized,
    ];

    private readonly List<(string Scope, string Name)> _dids;
    private readonly ListedFiles _files;

    private BulkQuestion(List<(string, string)> dids, ListedFiles files)
    {
        _dids = dids;
        _files = files;
    }

    /// <summary>Makes it; what is not a valid DID is left out.</summary>
    /// <param name="dids"><c>xnt_007157:raw_records-rfzvpzj4mf</c> and others.</param>
    /// <param name="files">Whether listings keep their files one by one.</param>
    public static BulkQuestion Of(IReadOnlyList<string> dids, ListedFiles files) =>
        new([.. dids.Select(d => d.Split(':', 2)).Where(d => d is [not "", not ""]).Select(d => (d[0], d[1]))], files);

    /// <summary>The body of the request.</summary>
    public HttpContent Body() => WithOptions()();

    /// <summary>The body of another question about the same datasets, which has options.</summary>
    /// <param name="options">Name and value.</param>
    public Func<HttpContent> WithOptions(params (string Name, bool Value)[] options) => () => Body(options);

    private ByteArrayContent Body((string Name, bool Value)[] options)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteStartArray("dids"u8);
            foreach (var (scope, name) in _dids)
            {
                json.WriteStartObject();
                json.WriteString("scope"u8, scope);
                json.WriteString("name"u8, name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            foreach (var (name, value) in options)
            {
                json.WriteBoolean(name, value);
            }

            json.WriteEndObject();
        }

        return new ByteArrayContent(text.ToArray()) { Headers = { ContentType = new("application/json") } };
    }

    /// <summary>Reads the answer.</summary>
    /// <returns>Not answered: the token is refused. Null: the server does not know this question. Else the listings that have files and no
    /// contradiction, by DID.</returns>
    /// <exception cref="WrongShapeException">A file belongs to none of the datasets.</exception>
    public async Task<(bool Answered, IReadOnlyDictionary<string, DatasetListing>? Found)> ReadAsync(
        Answer answer,
        CancellationToken cancel
    )
    {
        switch (answer.Status)
        {
            case HttpStatusCode.Unauthorized:
                return (false, null);
            case HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed:
                return (true, null);
        }

        var listings = _dids.Distinct().ToDictionary(d => d, d => new DatasetListing($"{d.Scope}:{d.Name}", _files));
        (string, string) last = default;
        await new FileLines(file =>
        {
            last = (file.ParentScope ?? "", file.ParentName ?? "");
            var listing = listings.GetValueOrDefault(last);
            (listing ?? throw new WrongShapeException("a file has no 'parent_scope' and 'parent_name' of a dataset that was asked for"))
                .Add(file.Name, file.Bytes, file.Scope);
        })
            .ReadAsync(answer, cancel)
            .ConfigureAwait(false);
        if (!IsWhole(last, listings))
        {
            listings.Remove(last);
        }

        return (
            true,
            listings
                .Where(l => l.Value.Contradiction is null && IsAny(l.Value))
                .ToDictionary(l => $"{l.Key.Scope}:{l.Key.Name}", l => l.Value, StringComparer.Ordinal)
        );
    }

    /// <summary>
    /// Rucio answers in the order of the question. Where an answer ends before the last dataset, the rest may be unknown; or the answer
    /// broke off, and then its last dataset lacks files.
    /// </summary>
    private bool IsWhole((string, string) last, Dictionary<(string Scope, string Name), DatasetListing> listings)
    {
        var at = _dids.LastIndexOf(last);
        return at < 0 || _dids.Skip(at + 1).All(d => IsAny(listings[d]));
    }

    private static bool IsAny(DatasetListing listing) => listing.ChunkFiles + listing.Metadata > 0;
}
