using System.Collections.Immutable;

namespace Outsource.Settings.Keys;

/// <summary>
/// Addresses and credentials of the RunDB. They are separate from the settings, which are written to artifacts: these are never written or
/// shown. An address may contain a password, so it is a secret too.
/// </summary>
public sealed class RunDbCredentials
{
    /// <summary>Address of the REST service, without a slash at the end; or null.</summary>
    public Uri? ApiUrl { get; init; }

    /// <summary>Address of a REST service for tokens that is tried first, without a slash at the end; or null.</summary>
    public Uri? TokenUrl { get; init; }

    public string? ApiUser { get; init; }

    public string? ApiPassword { get; init; }

    /// <summary>Number of tries of a request.</summary>
    public int Retry { get; init; } = 3;

    /// <c>host:port</c> of the MongoDB, several if all of them are used; empty if none is configured.
    public ImmutableArray<string> MongoHosts { get; init; } = [];

    /// <summary>Whether to connect to the host directly, not through its replica set.</summary>
    public bool MongoDirect { get; init; } = true;

    /// <summary>Which members are read, in MongoDB's spelling: <c>secondary</c>.</summary>
    public string MongoReadPreference { get; init; } = "secondary";

    /// <summary>Maximum connections to the MongoDB.</summary>
    public int MongoPool { get; init; } = 100;

    /// <summary>Timeout for a connection.</summary>
    public TimeSpan MongoConnect { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Timeout for an answer.</summary>
    public TimeSpan MongoAnswer { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Its user, decoded.</summary>
    public string? MongoUser { get; init; }

    /// <summary>Its password, decoded.</summary>
    public string? MongoPassword { get; init; }

    public string? MongoDatabase { get; init; }

    public override string ToString() => "RunDB credentials (not shown)";
}
