using System.Net;
using Outsource.Foundation.Errors;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>The RunDB over REST: requests with a token. Safe to use from several threads.</summary>
/// <param name="transport">Sends the requests.</param>
/// <param name="tokens">Gives the token.</param>
/// <param name="configFile">Where the credentials are, for error messages.</param>
public sealed class RunDbClient(Transport transport, RunDbTokenSource tokens, string configFile) : IDisposable
{
    /// <summary>The statistics of the requests so far.</summary>
    public RequestStatistics Traffic => transport.Traffic;

    /// <summary>Makes sure that there is a token, and that the jobs will find it where they look for it.</summary>
    /// <param name="least">How long it must still be valid; a token with less is replaced.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">There is no token, or it cannot be written.</exception>
    public Task EnsureTokenAsync(TimeSpan least, CancellationToken cancel)
    {
        tokens.Least = least;
        return tokens.GetAsync(null, cancel);
    }

    /// <summary>Sends a request with the token, and reads the answer.</summary>
    /// <param name="request">The request; the token is added here.</param>
    /// <param name="read">Reads the answer, as for <see cref="Transport.SendAsync"/>.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="ServiceException">The service failed.</exception>
    /// <exception cref="UsageException">The login is refused.</exception>
    public async Task<T> GetAsync<T>(ServiceRequest request, Func<Answer, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        RunDbToken? refused = null;
        while (true)
        {
            var token = await tokens.GetAsync(refused, cancel).ConfigureAwait(false);
            var (answered, result) = await transport
                .SendAsync(
                    request with
                    {
                        Headers = new Dictionary<string, string>(request.Headers) { ["Authorization"] = "Bearer " + token.Secret },
                        Answers = new HashSet<HttpStatusCode>(request.Answers) { HttpStatusCode.Unauthorized },
                    },
                    async (answer, ct) =>
                        answer.Status == HttpStatusCode.Unauthorized
                            ? (false, default(T))
                            : (true, await read(answer, ct).ConfigureAwait(false)),
                    cancel
                )
                .ConfigureAwait(false);
            if (answered)
            {
                return result!;
            }

            if (refused is not null)
            {
                var url = transport.Service.UrlOf(request.Path).GetLeftPart(UriPartial.Path);
                throw new UsageException(
                    $"RunDB: {request.Method} {url} is refused (401) although the login has just succeeded. Check whether the user of "
                        + $"rundb_api_user in [RunDB] of {configFile} may read there."
                );
            }

            refused = token;
        }
    }

    /// <summary>An error of the service as a whole, with its address and where to correct that.</summary>
    /// <param name="fault">In which way it failed.</param>
    /// <param name="what">What is wrong, a main clause.</param>
    public ServiceException Error(ServiceFault fault, string what) =>
        new(fault, $"RunDB at {transport.Service.Where}: {what}. Check {transport.Service.AddressKey}.");

    public void Dispose()
    {
        tokens.Dispose();
        transport.Dispose();
    }
}
