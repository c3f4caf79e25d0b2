namespace Outsource.Configuration;

/// <summary>
/// How to get into the RunDB. Kept apart from the settings, which are written to artifacts; this never is, and it shows nothing of
/// itself. An address may hold a password, so it is a secret too.
/// </summary>
public sealed class RunDbCredentials
{
    /// <summary>Of the REST service, without a slash at the end; or null.</summary>
    public Uri? ApiUrl { get; init; }

    public string? ApiUser { get; init; }

    public string? ApiPassword { get; init; }

    /// <summary>How often a request is tried.</summary>
    public int Retry { get; init; } = 3;

    /// <summary><c>host:port</c> of the MongoDB, the last one when several are configured; or null.</summary>
    public string? MongoHost { get; init; }

    public string? MongoUser { get; init; }

    public string? MongoPassword { get; init; }

    public string? MongoDatabase { get; init; }

    public override string ToString() => "RunDB credentials (not shown)";
}
