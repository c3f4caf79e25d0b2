using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MongoDB.Bson;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// Run documents over MongoDB: one query for all in scope, with a projection of the fields we use, streamed batch by batch.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="collection">Name of the collection.</param>
internal sealed class MongoRunSource(MongoRunDb database, string collection) : IRunSource, IProgressSource, IReportsRequests, IDisposable
{
    private readonly MongoStatistics _statistics = new();

    public string Name => new SourceChoice.Mongo().ToString();

    public Action<long>? TotalKnown { get; set; }

    /// <summary>Never called: there is no listing.</summary>
    public Action<long>? Listed { get; set; }

    public QueryCost Cost => new(_statistics.Documents, _statistics.Bytes, _statistics.Batches, _statistics.Retries);

    public string Summary =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"RunDB: {Counted.Of(_statistics.Queries, "query", "queries")} in {Counted.Of(_statistics.Batches, "batch", "batches")}, "
                + $"{Counted.Of(_statistics.Retries, "retry", "retries")}, {_statistics.Bytes / 1e6:N1} MB"
        );

    public async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(scope);
        await database.CheckReachableAsync(cancel).ConfigureAwait(false);
        using var batches = new MongoRunBatches(database, collection, scope, _statistics);
        using var documents = new DocumentReading(scope);
        using var counting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var counted = TotalKnown is null || scope.Runs is not null ? null : batches.CountAsync(counting.Token);
        while (await batches.NextAsync(cancel).ConfigureAwait(false) is { } batch)
        {
            if (counted is { IsCompleted: true })
            {
                Report(await counted.ConfigureAwait(false));
                counted = null;
            }

            foreach (var document in batch)
            {
                if (Read(document, documents) is { } run && scope.Takes(run))
                {
                    yield return run;
                }
            }
        }

        await counting.CancelAsync().ConfigureAwait(false);
    }

    public void Dispose() => database.Dispose();

    /// <summary>The run of a document; null when an earlier query has given it already.</summary>
    private RunDocument? Read(RawBsonDocument document, DocumentReading reading)
    {
        using (document)
        {
            if (!reading.Take(document, out var length))
            {
                return null;
            }

            _statistics.Documents++;
            _statistics.Bytes += length;
        }

        return _statistics.Documents > RunScope.MostEntries
            ? throw database.TooMany(RunScope.MostEntries, collection)
            : reading.Read($"document {_statistics.Documents}");
    }

    private void Report(long? total)
    {
        if (total is { } known)
        {
            TotalKnown?.Invoke(known);
        }
    }

    /// <summary>Reads documents in buffers that are used again for each.</summary>
    private sealed class DocumentReading(RunScope scope) : IDisposable
    {
        private readonly RunDocumentReader _reader = new(scope.AllTypes ? null : scope.DataTypes);
        private readonly HashSet<string> _given = new(StringComparer.Ordinal);
        private readonly MemoryStream _text = new();
        private Utf8JsonWriter? _json;
        private byte[] _bytes = [];
        private int _length;

        /// <summary>Copies a document. False: it was taken before.</summary>
        public bool Take(RawBsonDocument document, out int length)
        {
            length = _length = document.Slice.Length;
            if (document.TryGetValue("_id", out var id) && !_given.Add(id.ToString()!))
            {
                return false;
            }

            _bytes = _bytes.Length < length ? new byte[length * 2] : _bytes;
            document.Slice.GetBytes(0, _bytes, 0, length);
            return true;
        }

        /// <summary>The run of the copied document. Invalid BSON in it is a fault of this document alone.</summary>
        public RunDocument Read(string position)
        {
            _json ??= new Utf8JsonWriter(_text);
            _text.SetLength(0);
            _json.Reset();
            try
            {
                BsonText.Write(_bytes.AsSpan(0, _length), _json);
                _json.Flush();
            }
            catch (FormatException error)
            {
                return new RunDocument { Position = position, Fault = new DocumentFault(Reason.NotJson, error.Message) };
            }

            return _reader.Read(_text.GetBuffer().AsSpan(0, (int)_text.Length), position);
        }

        public void Dispose()
        {
            _json?.Dispose();
            _text.Dispose();
        }
    }
}
