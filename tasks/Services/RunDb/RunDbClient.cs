using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// The RunDB over REST: logs in when it has to, and asks. A token is used as long as it lives; one that the service refuses all the same is
/// made anew once. Safe to use from several threads.
/// </summary>
public sealed class RunDbClient : IDisposable
{
    private const int LoginTries = 3;

    /// <summary>A token has some hundred bytes.</summary>
    private const long LargestLogin = 1 << 20;

    private readonly Transport _transport;
    private readonly ImmutableArray<Transport> _logins;
    private readonly RunDbCredentials _credentials;
    private readonly string _configFile;
    private readonly TokenFile _file;
    private readonly bool _keepToken;
    private readonly IOperatorLog _messages;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _login = new(1);
    private RunDbToken? _token;
    private bool _fresh;
    private TimeSpan _least;

    /// <param name="transport">The way there.</param>
    /// <param name="logins">The ways to those who give tokens, in the order they are asked.</param>
    /// <param name="credentials">Who we are.</param>
    /// <param name="configFile">Where the credentials stand, for errors.</param>
    /// <param name="file">Where the token lies.</param>
    /// <param name="keepToken">Whether a new token is written to the file; else it stays in memory.</param>
    /// <param name="messages">Words for the operator.</param>
    /// <param name="clock">The true time: a token's age has nothing to do with the time of planning.</param>
    public RunDbClient(
        Transport transport,
        ImmutableArray<Transport> logins,
        RunDbCredentials credentials,
        string configFile,
        TokenFile file,
        bool keepToken,
        IOperatorLog messages,
        TimeProvider clock
    )
    {
        _transport = transport;
        _logins = logins;
        _credentials = credentials;
        _configFile = configFile;
        _file = file;
        _keepToken = keepToken;
        _messages = messages;
        _clock = clock;
    }

    /// <summary>What the requests have cost so far.</summary>
    public RequestStatistics Traffic => _transport.Traffic;

    /// <summary>Makes sure that there is a token, and that the jobs will find it where they look for it.</summary>
    /// <param name="least">What it must still have; one that has less is made anew.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">No token is to be had, or it cannot be written.</exception>
    public Task EnsureTokenAsync(TimeSpan least, CancellationToken cancel)
    {
        _least = least;
        return TokenAsync(null, cancel);
    }

    /// <summary>Asks, with the token, and reads the answer.</summary>
    /// <param name="request">What to ask; the token is added here.</param>
    /// <param name="read">Reads the answer, as for <see cref="Transport.SendAsync"/>.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="ServiceException">The service failed.</exception>
    /// <exception cref="UsageException">It does not let us in.</exception>
    public async Task<T> GetAsync<T>(ServiceRequest request, Func<Answer, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        RunDbToken? refused = null;
        while (true)
        {
            var token = await TokenAsync(refused, cancel).ConfigureAwait(false);
            var (answered, result) = await _transport
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
                throw new UsageException(
                    $"RunDB: {request.Method} "
                        + $"{_transport.Service.Address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{string.Join('/', request.Path)} "
                        + "is refused (401) although the login has just succeeded. See whether the user of rundb_api_user in [RunDB] "
                        + $"of {_configFile} may read there."
                );
            }

            refused = token;
        }
    }

    /// <summary>An error of the service as a whole, with its address and where that is mended.</summary>
    /// <param name="fault">In which way it failed.</param>
    /// <param name="what">What is wrong, of it: a main clause.</param>
    public ServiceException Error(ServiceFault fault, string what) =>
        new(
            fault,
            $"RunDB at {_transport.Service.Address.GetLeftPart(UriPartial.Path)}: {what}. See whether {_transport.Service.AddressKey} "
                + "is right."
        );

    public void Dispose()
    {
        foreach (var login in _logins.Where(l => l != _transport))
        {
            login.Dispose();
        }

        _transport.Dispose();
        _login.Dispose();
    }

    /// <summary>A token, but not the refused one.</summary>
    private async Task<RunDbToken> TokenAsync(RunDbToken? refused, CancellationToken cancel)
    {
        if (_token is { } known && known != refused)
        {
            return known;
        }

        await _login.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Another thread may have been faster.
            if (_token is { } made && made != refused)
            {
                return made;
            }

            string? why = "the RunDB has refused it";
            if (refused is null)
            {
                (_token, why) = _file.Read(_credentials.ApiUser!, _clock.GetUtcNow());
                if (_token is not null && _token.LeftAt(_clock.GetUtcNow()) < _least)
                {
                    (_token, why) = (null, "it would not outlive the workflow");
                }

                if (_token is not null)
                {
                    CloseFile();
                    return _token;
                }
            }
            else if (_fresh)
            {
                return refused;
            }

            _token = await LogInAsync(cancel).ConfigureAwait(false);
            _fresh = true;
            if (_keepToken)
            {
                _file.Write(_token);
                _messages.Detail($"a new RunDB token was put into {_file.FilePath}: {why}.");
            }
            else
            {
                _messages.Detail($"logged in to the RunDB without touching {_file.FilePath}: {why}.");
            }

            return _token;
        }
        finally
        {
            _login.Release();
        }
    }

    private void CloseFile()
    {
        if (_keepToken)
        {
            _file.CloseAloud(_messages);
        }
    }

    private async Task<RunDbToken> LogInAsync(CancellationToken cancel)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await LogInAsync(_logins[i], cancel).ConfigureAwait(false);
            }
            catch (ServiceException error) when (i < _logins.Length - 1)
            {
                _messages.Warn(
                    $"{error.Message.TrimEnd('.')}. The token is asked for at "
                        + $"{_logins[i + 1].Service.Address.GetLeftPart(UriPartial.Path)} instead."
                );
            }
        }
    }

    private async Task<RunDbToken> LogInAsync(Transport to, CancellationToken cancel)
    {
        const string Expected = "a JSON object with 'access_token'";
        var request = new ServiceRequest(HttpMethod.Post, "POST /login", "login")
        {
            Tries = LoginTries,
            Answers = new HashSet<HttpStatusCode>
            {
                HttpStatusCode.Created,
                HttpStatusCode.Unauthorized,
                HttpStatusCode.Forbidden,
                HttpStatusCode.BadRequest,
            },
            Largest = LargestLogin,
            Body = () =>
                new ByteArrayContent(
                    JsonSerializer.SerializeToUtf8Bytes(
                        new Dictionary<string, string> { ["username"] = _credentials.ApiUser!, ["password"] = _credentials.ApiPassword! }
                    )
                )
                {
                    Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                },
        };
        var created = _clock.GetUtcNow();
        var secret = await to.SendAsync(
                request,
                async (answer, ct) =>
                {
                    if (!(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created))
                    {
                        throw new UsageException(
                            $"RunDB: the login at {to.Service.Address.GetLeftPart(UriPartial.Path)} is refused ({(int)answer.Status}). "
                                + $"Correct rundb_api_user and rundb_api_password in [RunDB] of {_configFile}."
                        );
                    }

                    var body = await JsonAnswer.BytesAsync(answer, ct).ConfigureAwait(false);
                    var range =
                        JsonAnswer.Field(body.Span, "access_token", Expected)
                        ?? throw new WrongShapeException($"'access_token' is missing, expected {Expected}");
                    using var json = JsonAnswer.Parse(body[range]);
                    return json.RootElement.ValueKind == JsonValueKind.String && TokenFile.IsHeader(json.RootElement.GetString()!)
                        ? json.RootElement.GetString()!
                        : throw new WrongShapeException("'access_token' is no token, expected a JSON Web Token as a string");
                },
                cancel
            )
            .ConfigureAwait(false);
        return new RunDbToken(secret, created, _credentials.ApiUser!);
    }
}
