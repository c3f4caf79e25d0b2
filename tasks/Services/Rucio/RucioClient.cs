using Outsource.Foundation.Errors;
using Outsource.Services.Http;

namespace Outsource.Services.Rucio;

/// <summary>Rucio over REST: requests with a token. Safe to use from several threads.</summary>
/// <param name="transport">Sends requests to <c>rucio_host</c>.</param>
/// <param name="login">Gives tokens.</param>
public sealed class RucioClient(Transport transport, RucioLogin login) : IDisposable
{
    /// <summary>What the requests so far have cost, for people.</summary>
    public string Summary => transport.Traffic.Summary("Rucio");

    /// <summary>Sends a request with a token, and once more with a new one when that is refused.</summary>
    /// <param name="request">The request; the headers are added here.</param>
    /// <param name="read">Reads the answer; <c>Answered</c> is false when the token is refused.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="ServiceException">The service failed.</exception>
    /// <exception cref="UsageException">The login is refused.</exception>
    public async Task<T> SendAsync<T>(
        ServiceRequest request,
        Func<Answer, CancellationToken, Task<(bool Answered, T Value)>> read,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        RucioToken? refused = null;
        while (true)
        {
            var token = await login.TokenAsync(refused, cancel).ConfigureAwait(false);
            var (answered, value) = await transport
                .SendAsync(
                    request with
                    {
                        Headers = login.Headers(("X-Rucio-Auth-Token", token.Secret), ("Accept", "application/x-json-stream")),
                    },
                    read,
                    cancel
                )
                .ConfigureAwait(false);
            if (answered)
            {
                return value;
            }

            if (refused is not null)
            {
                throw new UsageException(
                    $"Rucio: {request.Method} {transport.Service.UrlOf(request.Path).GetLeftPart(UriPartial.Path)} is refused (401) "
                        + "although the login has just succeeded. Check whether the account may read there, and whether "
                        + $"{transport.Service.AddressKey} and auth_host belong together."
                );
            }

            refused = token;
        }
    }

    public void Dispose()
    {
        login.Dispose();
        transport.Dispose();
    }
}
