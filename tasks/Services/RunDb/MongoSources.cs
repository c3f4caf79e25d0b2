using System.Globalization;
using MongoDB.Driver;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Makes the sources that ask the RunDB over MongoDB.</summary>
internal static class MongoSources
{
    /// <summary>The port of a MongoDB when no other is given.</summary>
    private const int UsualPort = 27017;

    public static MongoRunSource Runs(
        RunDbCredentials credentials,
        OutsourceSettings settings,
        TransportLimits limits,
        IOperatorLog messages
    ) => new(Database(credentials, settings, limits, messages), "runs");

    public static MongoContextCatalogue Contexts(
        RunDbCredentials credentials,
        OutsourceSettings settings,
        TransportLimits limits,
        IOperatorLog messages
    ) => new(Database(credentials, settings, limits, messages), "contexts");

    /// <summary>The database, by the connection rules of docs/domain.md §3. Nothing is connected yet.</summary>
    private static MongoRunDb Database(
        RunDbCredentials credentials,
        OutsourceSettings settings,
        TransportLimits limits,
        IOperatorLog messages
    )
    {
        if (credentials.MongoHosts.IsEmpty || credentials.MongoDatabase is not { } name)
        {
            throw new UsageException(
                "xent_url, xent_user, xent_password and xent_database are needed to ask the RunDB over MongoDB. Write them into "
                    + $"[RunDB] of {settings.ConfigFile}."
            );
        }

        var client = new MongoClientSettings
        {
            ApplicationName = "outsource",
            Servers = [.. credentials.MongoHosts.Select(Address)],
            DirectConnection = credentials.MongoDirect && credentials.MongoHosts.Length == 1,
            ReadPreference = new ReadPreference(Enum.Parse<ReadPreferenceMode>(credentials.MongoReadPreference, ignoreCase: true)),
            MaxConnectionPoolSize = credentials.MongoPool,
            ConnectTimeout = credentials.MongoConnect,
            ServerSelectionTimeout = credentials.MongoConnect,
            SocketTimeout = credentials.MongoAnswer,
            RetryReads = true,

            // Like the driver of the Python original, we log in at the database of users, whichever database is used.
            Credential =
                credentials.MongoUser is { } user && credentials.MongoPassword is { } password
                    ? MongoCredential.CreateCredential("admin", user, password)
                    : null,
        };
        return new MongoRunDb(client, name, settings.ConfigFile, limits, messages);
    }

    private static MongoServerAddress Address(string host)
    {
        var colon = host.LastIndexOf(':');
        var hasPort =
            colon > 0
            && int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && !host.EndsWith(']');
        return new MongoServerAddress(
            (hasPort ? host[..colon] : host).Trim('[', ']'),
            hasPort ? int.Parse(host.AsSpan(colon + 1), CultureInfo.InvariantCulture) : UsualPort
        );
    }
}
