using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// Run documents over MongoDB: one query for all in scope, with a projection of the fields we use, streamed batch by batch. When the stream
/// breaks, the query is made again and what was given already is left out.
/// </summary>
internal sealed class MongoRunSource : IRunSource, IProgressSource, IReportsRequests, IDisposable
{
    private const int BatchSize = 1000;

    /// <summary>A server that is longer at it has better things to do.</summary>
    private static readonly TimeSpan CountingTime = TimeSpan.FromSeconds(10);

    private readonly MongoRunDb _database;
    private readonly string _collection;
    private readonly TransportLimits _limits;
    private long _documents;
    private long _bytes;
    private long _queries;
    private long _batches;
    private long _retries;

    /// <param name="database">The way there.</param>
    /// <param name="collection">Name of the collection.</param>
    /// <param name="limits">How often to ask again.</param>
    public MongoRunSource(MongoRunDb database, string collection, TransportLimits limits)
    {
        _database = database;
        _collection = collection;
        _limits = limits;
    }

    public string Name => SourceNames.Mongo;

    public Action<long>? TotalKnown { get; set; }

    /// <summary>Never told: nothing is listed before.</summary>
    public Action<long>? Listed { get; set; }

    public QueryCost Cost => new(_documents, _bytes, _batches, _retries);

    public string Summary =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"RunDB: {Counted.Of(_queries, "query", "queries")} in {Counted.Of(_batches, "batch", "batches")}, "
                + $"{Counted.Of(_retries, "retry", "retries")}, {_bytes / 1e6:N1} MB"
        );

    /// <summary>The query of a scope: what is in it, and what does not tell whether it is, unless runs were asked for by number.</summary>
    public static FilterDefinition<RawBsonDocument> Filter(RunScope scope)
    {
        var filter = Builders<RawBsonDocument>.Filter;
        if (scope.Runs is { } runs)
        {
            return filter.In("number", runs);
        }

        var range = filter.Gte("number", scope.Lowest);
        range = scope.Highest is { } highest ? filter.And(range, filter.Lte("number", highest)) : range;

        // A number that is none (missing, a text, a list, below zero) is a faulty document, and the operator hears of it.
        return filter.Or(range, filter.Not(filter.Type("number", "number")), filter.Type("number", BsonType.Array), filter.Lt("number", 0));
    }

    /// <summary>
    /// The fields we use, and no other. Lists are taken whole: a projection into them would silently drop entries of another shape, and a
    /// run whose tags or data cannot be read would pass for a good one.
    /// </summary>
    public static ProjectionDefinition<RawBsonDocument> Projection { get; } =
        Builders<RawBsonDocument>.Projection.Combine(
            new[] { "number", "mode", "source", "start", "end", "detectors", "detector", "tags", "data" }.Select(f =>
                Builders<RawBsonDocument>.Projection.Include(f)
            )
        );

    public async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var reader = new RunDocumentReader(scope.AllTypes ? null : scope.DataTypes);
        var given = new HashSet<string>(StringComparer.Ordinal);
        var bytes = Array.Empty<byte>();
        using var text = new MemoryStream();
        using var json = new Utf8JsonWriter(text);
        await _database.KnockAsync(cancel).ConfigureAwait(false);
        using var counting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var counted = TotalKnown is null || scope.Runs is not null ? null : CountAsync(scope, counting.Token);
        for (var attempt = 1; ; attempt++)
        {
            await using var batches = BatchesAsync(scope, cancel).GetAsyncEnumerator(cancel);
            while (true)
            {
                try
                {
                    if (!await batches.MoveNextAsync().ConfigureAwait(false))
                    {
                        await counting.CancelAsync().ConfigureAwait(false);
                        yield break;
                    }

                    if (counted is { IsCompleted: true })
                    {
                        Tell(await counted.ConfigureAwait(false));
                        counted = null;
                    }
                }
                catch (Exception error)
                    when (error is MongoException or TimeoutException or IOException or FormatException or BsonException)
                {
                    cancel.ThrowIfCancellationRequested();
                    if (attempt >= _limits.Tries || !MongoRunDb.Again(error))
                    {
                        throw _database.Explain(error, _collection);
                    }

                    break;
                }

                foreach (var document in batches.Current)
                {
                    var known = document.TryGetValue("_id", out var id) && !given.Add(id.ToString()!);
                    var length = document.Slice.Length;
                    bytes = bytes.Length < length ? new byte[length * 2] : bytes;
                    document.Slice.GetBytes(0, bytes, 0, length);
                    document.Dispose();
                    if (known)
                    {
                        continue;
                    }

                    _documents++;
                    _bytes += length;
                    if (_documents > RunScope.MostEntries)
                    {
                        throw _database.Endless(RunScope.MostEntries, _collection);
                    }

                    var run = ReadDocument(reader, bytes.AsSpan(0, length), text, json);
                    if (scope.Takes(run))
                    {
                        yield return run;
                    }
                }
            }

            _retries++;
            await _limits.Pause(_limits.PauseAfter(attempt, null, Random.Shared.NextDouble())!.Value, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose() => _database.Dispose();

    /// <summary>One document. What is no BSON within costs it alone.</summary>
    private RunDocument ReadDocument(RunDocumentReader reader, ReadOnlySpan<byte> bson, MemoryStream text, Utf8JsonWriter json)
    {
        text.SetLength(0);
        json.Reset();
        try
        {
            BsonText.Write(bson, json);
            json.Flush();
        }
        catch (FormatException error)
        {
            return new RunDocument { Position = $"document {_documents}", Fault = new DocumentFault(Reason.NotJson, error.Message) };
        }

        return reader.Read(text.GetBuffer().AsSpan(0, (int)text.Length), $"document {_documents}");
    }

    private void Tell(long? total)
    {
        if (total is { } known)
        {
            TotalKnown?.Invoke(known);
        }
    }

    /// <summary>
    /// How many documents the query will give, asked beside it; null where that is not answered: only progress is poorer then.
    /// </summary>
    private async Task<long?> CountAsync(RunScope scope, CancellationToken cancel)
    {
        try
        {
            return await _database
                .Collection(_collection)
                .CountDocumentsAsync(Filter(scope), new CountOptions { MaxTime = CountingTime }, cancel)
                .ConfigureAwait(false);
        }
        catch (Exception error)
            when (error
                    is MongoException
                        or TimeoutException
                        or IOException
                        or FormatException
                        or BsonException
                        or OperationCanceledException
                        or ObjectDisposedException
            )
        {
            return null;
        }
    }

    private async IAsyncEnumerable<IEnumerable<RawBsonDocument>> BatchesAsync(
        RunScope scope,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        _queries++;
        using var cursor = await _database
            .Collection(_collection)
            .Find(Filter(scope), new FindOptions { BatchSize = BatchSize })
            .Project<RawBsonDocument>(Projection)
            .ToCursorAsync(cancel)
            .ConfigureAwait(false);
        while (await cursor.MoveNextAsync(cancel).ConfigureAwait(false))
        {
            _batches++;
            yield return cursor.Current;
        }
    }
}
