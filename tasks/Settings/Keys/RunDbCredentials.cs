using System.Collections.Immutable;

namespace Outsource.Settings.Keys;

/// <summary>
/// How to get into the RunDB. Kept apart from the settings, which are written to artifacts; this never is, and it shows nothing of
/// itself. An address may hold a password, so it is a secret too.
/// </summary>
public sealed class RunDbCredentials
{
    /// <summary>Of the REST service, without a slash at the end; or null.</summary>
    public Uri? ApiUrl { get; init; }

    /// <summary>Of a REST service that gives tokens and is asked first, without a slash at the end; or null.</summary>
    public Uri? TokenUrl { get; init; }

    public string? ApiUser { get; init; }

    public string? ApiPassword { get; init; }

    /// <summary>How often a request is tried.</summary>
    public int Retry { get; init; } = 3;

    /// <summary><c>host:port</c> of the MongoDB, several where they are all to be used; empty when none is configured.</summary>
    public ImmutableArray<string> MongoHosts { get; init; } = [];

    /// <summary>Whether the host is asked itself, whatever its replica set is.</summary>
    public bool MongoDirect { get; init; } = true;

    /// <summary>Which members are read, as MongoDB spells it: <c>secondary</c>.</summary>
    public string MongoReadPreference { get; init; } = "secondary";

    /// <summary>Connections to the MongoDB at most.</summary>
    public int MongoPool { get; init; } = 100;

    /// <summary>Time for a connection to stand.</summary>
    public TimeSpan MongoConnect { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for an answer.</summary>
    public TimeSpan MongoAnswer { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Its user, decoded.</summary>
    public string? MongoUser { get; init; }

    /// <summary>Its password, decoded.</summary>
    public string? MongoPassword { get; init; }

    public string? MongoDatabase { get; init; }

    public override string ToString() => "RunDB credentials (not shown)";
}
