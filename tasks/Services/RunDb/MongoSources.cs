using System.Globalization;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;
using Outsource.Foundation.Errors;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Makes what asks the RunDB over MongoDB.</summary>
internal static class MongoSources
{
    /// <summary>Where a MongoDB listens when no port is given.</summary>
    private const int UsualPort = 27017;

    public static MongoRunSource Runs(RunDbCredentials credentials, OutsourceSettings settings, TransportLimits limits) =>
        new(Database(credentials, settings), "runs", limits);

    public static MongoContextCatalogue Contexts(RunDbCredentials credentials, OutsourceSettings settings, TransportLimits limits) =>
        new(Database(credentials, settings), "contexts", limits);

    /// <summary>The database, by the connection rules of docs/domain.md §3. Nothing is connected yet.</summary>
    private static MongoRunDb Database(RunDbCredentials credentials, OutsourceSettings settings)
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

            // The original's driver logs in at the database of users, whatever is asked for afterwards.
            Credential =
                credentials.MongoUser is { } user && credentials.MongoPassword is { } password
                    ? MongoCredential.CreateCredential("admin", user, password)
                    : null,
        };
        return new MongoRunDb(client, name, settings.ConfigFile);
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

/// <summary>The way to a RunDB that is a MongoDB, with words for whatever goes wrong on it.</summary>
internal sealed class MongoRunDb(MongoClientSettings settings, string database, string configFile) : IDisposable
{
    private readonly Lazy<MongoClient> _client = new(() => new MongoClient(settings));

    /// <summary>How it is called in messages; no secret.</summary>
    public string Where => $"MongoDB at {string.Join(", ", settings.Servers.Select(s => $"{s.Host}:{s.Port}"))}";

    public IMongoCollection<RawBsonDocument> Collection(string name) =>
        _client.Value.GetDatabase(database).GetCollection<RawBsonDocument>(name);

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    /// <summary>
    /// Knocks before the driver does: it would go on trying for a minute where nobody listens, and say no more than that time is up.
    /// </summary>
    /// <exception cref="ServiceException">Nobody answers there.</exception>
    public async Task KnockAsync(CancellationToken cancel)
    {
        Exception? failed = null;
        foreach (var server in settings.Servers)
        {
            using var socket = new TcpClient();
            using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            clock.CancelAfter(settings.ConnectTimeout);
            try
            {
                await socket.ConnectAsync(server.Host, server.Port, clock.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                failed = error;
            }
        }

        throw Unreachable(failed!);
    }

    /// <summary>Whether another try may end better.</summary>
    public static bool Again(Exception error) =>
        error
            is MongoConnectionException { InnerException: not MongoAuthenticationException }
                and not MongoAuthenticationException
                or MongoNodeIsRecoveringException
                or MongoNotPrimaryException
                or MongoCursorNotFoundException
                or MongoExecutionTimeoutException
                or IOException;

    /// <summary>A sentence for the operator.</summary>
    public OutsourceException Explain(Exception error, string collection) =>
        Chain(error).ToList() switch
        {
            var chain when chain.OfType<MongoAuthenticationException>().Any() => new UsageException(
                $"RunDB: {Where} refuses the login. Correct xent_user and xent_password in [RunDB] of {configFile}."
            ),
            var chain when chain.OfType<MongoCommandException>().FirstOrDefault() is { Code: 13 or 18 } refused => new UsageException(
                $"RunDB: {Where} does not let us read collection '{collection}' of database '{database}' ({refused.CodeName}). Correct "
                    + $"xent_user, xent_password and xent_database in [RunDB] of {configFile}."
            ),
            var chain when chain.OfType<MongoCommandException>().FirstOrDefault() is { } no => new ServiceException(
                ServiceFault.Status,
                $"RunDB: {Where} answered the query of collection '{collection}' with {no.CodeName} ({no.Code}). Try again later.",
                inner: error
            ),
            var chain
                when chain.OfType<SocketException>().FirstOrDefault()
                    is { SocketErrorCode: SocketError.HostNotFound or SocketError.ConnectionRefused } socket => Unreachable(socket),
            var chain when chain.Any(e => e is TimeoutException) => new ServiceException(
                ServiceFault.Timeout,
                $"RunDB: {Where} does not answer within {settings.ServerSelectionTimeout.TotalSeconds:0.###} s. Try again later, or "
                    + $"see whether xent_url in [RunDB] of {configFile} is right.",
                inner: error
            ),
            var chain when chain.Any(e => e is FormatException or BsonException) => new ServiceException(
                ServiceFault.Shape,
                $"RunDB: {Where} was not answered as a MongoDB answers. See whether xent_url in [RunDB] of {configFile} is right.",
                inner: error
            ),
            var chain => new ServiceException(
                ServiceFault.Broken,
                $"RunDB: the connection to {Where} broke off ({chain[^1].GetType().Name}). Try again later, or see whether xent_url in "
                    + $"[RunDB] of {configFile} is right.",
                inner: error
            ),
        };

    /// <summary>It gives more documents than a RunDB ever has.</summary>
    public ServiceException Endless(int most, string collection) =>
        new(
            ServiceFault.Shape,
            string.Create(
                CultureInfo.InvariantCulture,
                $"RunDB: {Where} gives more than {most:N0} documents of collection '{collection}', which is no RunDB. See whether "
                    + $"xent_url and xent_database in [RunDB] of {configFile} are right."
            )
        );

    private ServiceException Unreachable(Exception error) =>
        (error as SocketException)?.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => new ServiceException(
                ServiceFault.Address,
                $"RunDB: there is no host '{settings.Servers.Last().Host}'. Correct xent_url in [RunDB] of {configFile}.",
                inner: error
            ),
            SocketError.ConnectionRefused => new ServiceException(
                ServiceFault.Unreachable,
                $"RunDB: {Where} refuses the connection, nothing listens there. Correct xent_url in [RunDB] of {configFile}, or try "
                    + "again when the service is up.",
                inner: error
            ),
            null => new ServiceException(
                ServiceFault.Unreachable,
                $"RunDB: {Where} does not take a connection within {settings.ConnectTimeout.TotalSeconds:0.###} s. See whether "
                    + $"xent_url in [RunDB] of {configFile} is right, and whether a firewall is in between.",
                inner: error
            ),
            _ => new ServiceException(
                ServiceFault.Unreachable,
                $"RunDB: {Where} cannot be reached: {error.Message.TrimEnd('.')}. Try again when the network is well, or correct "
                    + $"xent_url in [RunDB] of {configFile}.",
                inner: error
            ),
        };

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }
}
