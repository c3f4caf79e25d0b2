using MongoDB.Bson;
using MongoDB.Driver;
using Outsource.Model.Runs;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>
/// The documents of one query, batch by batch. When the stream breaks, the query is made again, so a document may come twice.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="collection">Name of the collection.</param>
/// <param name="scope">What is asked for.</param>
/// <param name="statistics">Where queries, batches and retries are counted.</param>
internal sealed class MongoRunBatches(MongoRunDb database, string collection, RunScope scope, MongoStatistics statistics) : IDisposable
{
    private const int BatchSize = 1000;

    /// <summary>A server that needs longer is not asked for the number.</summary>
    private static readonly TimeSpan CountingTime = TimeSpan.FromSeconds(10);

    /// <summary>One budget for the whole query, however many batches it has.</summary>
    private readonly RetryBudget _tries = database.Tries();

    private IAsyncCursor<RawBsonDocument>? _cursor;
    private bool _broken;

    /// <summary>The query of a scope: what is in it, and what may be in it, unless runs were asked for by number.</summary>
    public static FilterDefinition<RawBsonDocument> Filter(RunScope scope)
    {
        var filter = Builders<RawBsonDocument>.Filter;
        if (scope.Runs is { } runs)
        {
            return filter.In("number", runs);
        }

        var range = filter.Gte("number", scope.Lowest);
        range = scope.Highest is { } highest ? filter.And(range, filter.Lte("number", highest)) : range;

        if (scope.HasTimes)
        {
            range = filter.And(range, Started(scope));
        }

        // A document without a valid number (missing, a text, a list, below zero) is a fault, which is reported.
        return filter.Or(range, filter.Not(filter.Type("number", "number")), filter.Type("number", BsonType.Array), filter.Lt("number", 0));
    }

    /// <summary>Started in these times, or without a usable start, which is reported.</summary>
    private static FilterDefinition<RawBsonDocument> Started(RunScope scope)
    {
        var filter = Builders<RawBsonDocument>.Filter;
        var since = scope.FirstStart is { } first ? filter.Gte("start", new BsonDateTime(first.UtcDateTime)) : filter.Empty;
        var until = scope.LastStart is { } last ? filter.Lte("start", new BsonDateTime(last.UtcDateTime)) : filter.Empty;
        return filter.Or(
            filter.And(since, until),
            filter.Not(filter.Type("start", BsonType.DateTime)),
            filter.Type("start", BsonType.Array)
        );
    }

    /// <summary>
    /// The fields we use, and no other. Lists are taken as a whole: a projection into them would silently drop entries of another shape,
    /// and a run whose tags or data cannot be read would seem good.
    /// </summary>
    public static ProjectionDefinition<RawBsonDocument> Projection { get; } =
        Builders<RawBsonDocument>.Projection.Combine(
            new[] { "number", "mode", "source", "start", "end", "detectors", "detector", "tags", "data" }.Select(f =>
                Builders<RawBsonDocument>.Projection.Include(f)
            )
        );

    /// <summary>The next batch, or null at the end.</summary>
    public Task<IEnumerable<RawBsonDocument>?> NextAsync(CancellationToken cancel) =>
        database.AskAsync(_tries, collection, NextOnceAsync, cancel);

    /// <summary>The number of documents the query gives, or null when the server does not answer that in time.</summary>
    public async Task<long?> CountAsync(CancellationToken cancel)
    {
        try
        {
            return await database
                .Collection(collection)
                .CountDocumentsAsync(Filter(scope), new CountOptions { MaxTime = CountingTime }, cancel)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (MongoRunDb.IsFailure(error) || error is OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }

    public void Dispose() => _cursor?.Dispose();

    private async Task<IEnumerable<RawBsonDocument>?> NextOnceAsync(CancellationToken cancel)
    {
        try
        {
            _cursor ??= await OpenAsync(cancel).ConfigureAwait(false);
            if (!await _cursor.MoveNextAsync(cancel).ConfigureAwait(false))
            {
                return null;
            }

            statistics.Batches++;
            return _cursor.Current;
        }
        catch (Exception error) when (MongoRunDb.IsFailure(error))
        {
            _cursor?.Dispose();
            _cursor = null;
            _broken = true;
            throw;
        }
    }

    private Task<IAsyncCursor<RawBsonDocument>> OpenAsync(CancellationToken cancel)
    {
        statistics.Queries++;
        statistics.Retries += _broken ? 1 : 0;
        return database
            .Collection(collection)
            .Find(Filter(scope), new FindOptions { BatchSize = BatchSize })
            .Project<RawBsonDocument>(Projection)
            .ToCursorAsync(cancel);
    }
}

/// <summary>The queries to a MongoDB, in numbers.</summary>
internal sealed class MongoStatistics
{
    public long Documents { get; set; }

    public long Bytes { get; set; }

    public long Queries { get; set; }

    public long Batches { get; set; }

    public long Retries { get; set; }
}
