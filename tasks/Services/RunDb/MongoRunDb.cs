using System.Globalization;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>The connection to a RunDB that is a MongoDB: retries, and messages for everything that can fail.</summary>
internal sealed class MongoRunDb(
    MongoClientSettings settings,
    string database,
    string configFile,
    TransportLimits limits,
    IOperatorLog messages
) : IDisposable
{
    private readonly Lazy<MongoClient> _client = new(() => new MongoClient(settings));
    private readonly RetryPipeline _retries = new(limits);
    private readonly MongoMessages _messages = new(settings, database, configFile);

    /// <summary>Its name in messages; no secret.</summary>
    public string Where => _messages.Where;

    public IMongoCollection<RawBsonDocument> Collection(string name) =>
        _client.Value.GetDatabase(database).GetCollection<RawBsonDocument>(name);

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    /// <summary>Whether an exception is of the driver, the network or the data.</summary>
    public static bool IsFailure(Exception error) =>
        error is MongoException or TimeoutException or IOException or FormatException or BsonException;

    /// <summary>The tries of one query.</summary>
    public RetryBudget Tries() =>
        new(limits.Tries, error => new RetryAdvice(IsFailure(error) && MayPass(error) ? NextTry.AfterPause : NextTry.None));

    /// <summary>Asks, again as long as the tries allow it.</summary>
    /// <param name="tries">The tries of the query.</param>
    /// <param name="collection">The collection, for error messages.</param>
    /// <param name="ask">One try.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">All tries failed.</exception>
    public async Task<T> AskAsync<T>(RetryBudget tries, string collection, Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        try
        {
            return await _retries
                .RunAsync(
                    tries,
                    async ct =>
                    {
                        using var awaited = messages.Awaiting(
                            string.Create(CultureInfo.InvariantCulture, $"RunDB {Where} (try {tries.Failed + 1} of {limits.Tries})"),
                            settings.ServerSelectionTimeout
                        );
                        return await ask(ct).ConfigureAwait(false);
                    },
                    cancel
                )
                .ConfigureAwait(false);
        }
        catch (Exception error) when (IsFailure(error))
        {
            cancel.ThrowIfCancellationRequested();
            throw _messages.Explain(error, collection);
        }
    }

    /// <summary>
    /// Opens a connection before the driver does: where no program listens, the driver would try for a minute, and then only report that
    /// the time is over.
    /// </summary>
    /// <exception cref="ServiceException">No server can be reached.</exception>
    public async Task CheckReachableAsync(CancellationToken cancel)
    {
        Exception? failed = null;
        foreach (var server in settings.Servers)
        {
            using var socket = new TcpClient();
            using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            clock.CancelAfter(settings.ConnectTimeout);
            using var awaited = messages.Awaiting($"RunDB {Where} (connection)", settings.ConnectTimeout);
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

        throw _messages.Unreachable(failed!);
    }

    /// <summary>It gives more documents than a RunDB ever has.</summary>
    public ServiceException TooMany(int most, string collection) =>
        new(
            ServiceFault.Shape,
            string.Create(
                CultureInfo.InvariantCulture,
                $"RunDB: {Where} gives more than {most:N0} documents of collection '{collection}', so it is not a RunDB. Check xent_url "
                    + $"and xent_database in [RunDB] of {configFile}."
            )
        );

    /// <summary>Whether another try may succeed.</summary>
    private static bool MayPass(Exception error) =>
        error
            is MongoConnectionException { InnerException: not MongoAuthenticationException }
                and not MongoAuthenticationException
                or MongoNodeIsRecoveringException
                or MongoNotPrimaryException
                or MongoCursorNotFoundException
                or MongoExecutionTimeoutException
                or IOException;
}
