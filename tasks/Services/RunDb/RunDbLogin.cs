using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Logs in to the RunDB over REST, which gives a token.</summary>
/// <param name="services">The services that give tokens, in the order in which they are asked.</param>
/// <param name="credentials">User and password.</param>
/// <param name="configFile">Where the credentials are, for error messages.</param>
/// <param name="messages">Messages for the operator.</param>
/// <param name="clock">The true time: a token's age has nothing to do with the time of planning.</param>
public sealed class RunDbLogin(
    ImmutableArray<Transport> services,
    RunDbCredentials credentials,
    string configFile,
    IOperatorLog messages,
    TimeProvider clock
) : IDisposable
{
    private const string Expected = "a JSON object with 'access_token'";

    private const int Tries = 3;

    /// <summary>A token has some hundred bytes.</summary>
    private const long LargestAnswer = 1 << 20;

    /// <summary>A new token.</summary>
    /// <exception cref="ServiceException">No service gives one.</exception>
    /// <exception cref="UsageException">The login is refused.</exception>
    public async Task<RunDbToken> LogInAsync(CancellationToken cancel)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await LogInAsync(services[i], cancel).ConfigureAwait(false);
            }
            catch (ServiceException error) when (i < services.Length - 1)
            {
                messages.Warn($"{error.Message.TrimEnd('.')}. The token is requested from {services[i + 1].Service.Where} instead.");
            }
        }
    }

    public void Dispose()
    {
        foreach (var service in services)
        {
            service.Dispose();
        }
    }

    private async Task<RunDbToken> LogInAsync(Transport service, CancellationToken cancel)
    {
        var request = new ServiceRequest(HttpMethod.Post, "POST /login", "login")
        {
            Tries = Tries,
            Answers = new HashSet<HttpStatusCode>
            {
                HttpStatusCode.Created,
                HttpStatusCode.Unauthorized,
                HttpStatusCode.Forbidden,
                HttpStatusCode.BadRequest,
            },
            Largest = LargestAnswer,
            Body = () =>
                new ByteArrayContent(
                    JsonSerializer.SerializeToUtf8Bytes(
                        new Dictionary<string, string> { ["username"] = credentials.ApiUser!, ["password"] = credentials.ApiPassword! }
                    )
                )
                {
                    Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                },
        };
        var created = clock.GetUtcNow();
        var secret = await service
            .SendAsync(request, (answer, ct) => ReadAsync(answer, service.Service, ct), cancel)
            .ConfigureAwait(false);
        return new RunDbToken(secret, created, credentials.ApiUser!);
    }

    private async Task<string> ReadAsync(Answer answer, Service service, CancellationToken cancel)
    {
        if (!(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created))
        {
            throw new UsageException(
                $"RunDB: the login at {service.Where} is refused ({(int)answer.Status}). Correct rundb_api_user and rundb_api_password in "
                    + $"[RunDB] of {configFile}."
            );
        }

        var body = await JsonAnswer.BytesAsync(answer, cancel).ConfigureAwait(false);
        var range =
            JsonAnswer.Field(body.Span, "access_token", Expected)
            ?? throw new WrongShapeException($"'access_token' is missing, expected {Expected}");
        using var json = JsonAnswer.Parse(body[range]);
        return json.RootElement.ValueKind == JsonValueKind.String && TokenFile.IsHeader(json.RootElement.GetString()!)
            ? json.RootElement.GetString()!
            : throw new WrongShapeException("'access_token' is not a token, expected a JSON Web Token as a string");
    }
}
