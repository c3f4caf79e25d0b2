using System.Net;
using System.Net.Http.Headers;
using Flurl;

namespace Outsource.Services.Http;

/// <summary>A service, as error messages name it.</summary>
/// <param name="Name"><c>RunDB</c>, <c>Rucio</c>.</param>
/// <param name="Address">Base of all its URLs. It contains no user and no password.</param>
/// <param name="AddressKey">Where the operator corrects the address: <c>rundb_api_url in [RunDB] of /home/x/.xenon_config</c>.</param>
/// <param name="TrustRemedy">What to do when its certificate is not trusted; a sentence.</param>
public sealed record Service(string Name, Uri Address, string AddressKey, string TrustRemedy)
{
    /// <summary>The full address of a path; every segment is quoted, so that none can lead elsewhere.</summary>
    /// <param name="path">Path segments; an empty one at the end makes a slash there.</param>
    public Uri UrlOf(IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var url = new Url(Address.AbsoluteUri.TrimEnd('/'));
        return path.Aggregate(url, (u, segment) => u.AppendPathSegment(segment, fullyEncode: true)).ToUri();
    }

    /// <summary>The address in messages: without a query.</summary>
    public string Where => Address.GetLeftPart(UriPartial.Path);
}

/// <summary>A request; it is sent again when a try fails.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Endpoint">Its name in statistics: <c>GET /runs/page/{n}</c>.</param>
/// <param name="Path">Path segments after the service's address, as <see cref="Service.UrlOf"/> takes them.</param>
public sealed record ServiceRequest(HttpMethod Method, string Endpoint, params IReadOnlyList<string> Path)
{
    /// <summary>Headers, credentials among them. They are sent to the service's own address and nowhere else.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Makes the body, once for every try; null: no body.</summary>
    public Func<HttpContent>? Body { get; init; }

    /// <summary>Most tries; null: those of <see cref="TransportLimits"/>.</summary>
    public int? Tries { get; init; }

    /// <summary>Statuses besides 200 that the reader handles; they are no failure.</summary>
    public IReadOnlySet<HttpStatusCode> Answers { get; init; } = new HashSet<HttpStatusCode>();

    /// <summary>
    /// Most bytes of the answer's body, after decompression; a longer one is refused. With a status other than 200 it is 1 MB at most.
    /// </summary>
    public long Largest { get; init; } = 64 << 20;
}

/// <summary>An answer while it is read.</summary>
/// <param name="Status">Its status: 200, or one of <see cref="ServiceRequest.Answers"/>.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body, decompressed, as it arrives; reading more of it than the request allows throws.</param>
/// <param name="Turn">Waits until no other long answer is held in memory.</param>
public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, Stream Body, Func<CancellationToken, Task>? Turn = null)
{
    /// <summary>Only one request at a time holds an answer that is longer. In bytes.</summary>
    public const int Small = 4 << 20;

    /// <summary>Call it before more than <see cref="Small"/> bytes are held; the turn ends when the answer has been read.</summary>
    public Task TakeTurnAsync(CancellationToken cancel) => Turn?.Invoke(cancel) ?? Task.CompletedTask;
}
