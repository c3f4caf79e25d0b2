using System.Globalization;
using System.Net;
using Outsource.Foundation.Errors;
using Outsource.Services.Http;

namespace Outsource.Services.Rucio;

/// <summary>A Rucio token. <see cref="ToString"/> does not show it.</summary>
/// <param name="secret">The token.</param>
/// <param name="ends">When it ends, UTC.</param>
public sealed class RucioToken(string secret, DateTimeOffset ends)
{
    public string Secret { get; } = secret;

    public DateTimeOffset Ends { get; } = ends;

    public override string ToString() => "Rucio token (not shown)";
}

/// <summary>Logs in to Rucio, and keeps the token until it ends. Safe to use from several threads.</summary>
public sealed class RucioLogin(RucioConfig config, Transport transport, TimeProvider clock) : IDisposable
{
    /// <summary>A token that ends sooner is not used: requests take a while.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    /// <summary>How long a token is used whose end cannot be read.</summary>
    private static readonly TimeSpan UnknownLife = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim _once = new(1);
    private RucioToken? _token;

    /// <summary>A token, but not the refused one.</summary>
    /// <param name="refused">One that the service no longer takes, or null.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="UsageException">Rucio refuses the login.</exception>
    public async Task<RucioToken> TokenAsync(RucioToken? refused, CancellationToken cancel)
    {
        if (Good(refused) is { } known)
        {
            return known;
        }

        await _once.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return Good(refused) ?? (_token = await LogInAsync(cancel).ConfigureAwait(false));
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose()
    {
        transport.Dispose();
        _once.Dispose();
    }

    /// <summary>The headers of a request, with account and virtual organisation.</summary>
    public IReadOnlyDictionary<string, string> Headers(params (string Name, string Value)[] more)
    {
        var headers = more.ToDictionary(h => h.Name, h => h.Value);
        if (config.Account is { } account)
        {
            headers["X-Rucio-Account"] = account;
        }

        if (config.Vo is { } vo)
        {
            headers["X-Rucio-VO"] = vo;
        }

        return headers;
    }

    private RucioToken? Good(RucioToken? refused) =>
        _token is { } token && token != refused && token.Ends - Margin > clock.GetUtcNow() ? token : null;

    private Task<RucioToken> LogInAsync(CancellationToken cancel)
    {
        var kind = config.AuthType;
        var headers = config.Proxy is null
            ? Headers(("X-Rucio-Username", config.Username!), ("X-Rucio-Password", config.Password!))
            : Headers();
        var request = new ServiceRequest(HttpMethod.Get, $"GET /auth/{kind}", "auth", kind)
        {
            Headers = headers,
            Answers = new HashSet<HttpStatusCode> { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden },
            Largest = 1 << 20,
        };
        return transport.SendAsync(request, (answer, _) => Task.FromResult(Read(answer)), cancel);
    }

    private RucioToken Read(Answer answer)
    {
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw Refused(answer.Status);
        }

        var secret =
            Header(answer, "X-Rucio-Auth-Token") ?? throw new WrongShapeException("the header 'X-Rucio-Auth-Token', the token, is missing");
        var ends =
            Header(answer, "X-Rucio-Auth-Token-Expires") is { } text
            && DateTimeOffset.TryParse(
                text.Replace("UTC", "GMT", StringComparison.Ordinal),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
                ? time
                : clock.GetUtcNow() + UnknownLife;
        return new RucioToken(secret, ends);
    }

    private UsageException Refused(HttpStatusCode status) =>
        new(
            $"Rucio: the login {(config.Account is { } account ? $"of account '{account}'" : "without account")} at "
                + $"{transport.Service.Address.GetLeftPart(UriPartial.Authority)} is refused ({(int)status}). "
                + (
                    config.Proxy is var (path, subject)
                        ? $"Check whether the {(config.KeyFile is null ? "proxy" : "certificate")} '{path}' ({subject}) belongs to a user "
                            + $"of that account ($RUCIO_ACCOUNT, or {config.Key("account")})."
                        : $"Correct username, {config.Key("password")}, or the account ($RUCIO_ACCOUNT, or account there)."
                )
        );

    private static string? Header(Answer answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) && values.FirstOrDefault() is { Length: > 0 } value ? value : null;
}
