using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>Context documents from the collection <c>contexts</c> of the MongoDB.</summary>
internal sealed class MongoContextCatalogue(MongoRunDb database, string collection) : IContextCatalogue, IDisposable
{
    public string Name => $"collection '{collection}' of the RunDB ({database.Where})";

    public async Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel)
    {
        var documents = await AskAsync(
                found => found.Find(Builders<RawBsonDocument>.Filter.Eq("name", context)).ToListAsync(cancel),
                cancel
            )
            .ConfigureAwait(false);
        var faults = new List<Fault>();
        var read = new List<ContextDocument>();
        for (var i = 0; i < documents.Count; i++)
        {
            using var json = ToJson(documents[i]);
            if (ContextDocumentReader.Read(json.RootElement, $"context document {i + 1}", Name, faults) is { } document)
            {
                read.Add(document);
            }
        }

        return faults.Count == 0
            ? [.. read.OrderBy(d => d.StraxenVersion, StringComparer.Ordinal).ThenBy(d => d.Tag, StringComparer.Ordinal)]
            : throw new ServiceException(ServiceFault.Shape, string.Join(Environment.NewLine, faults));
    }

    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) =>
        AskAsync<IReadOnlyList<string>>(
            async found =>
                [
                    .. (
                        await found
                            .Find(Builders<RawBsonDocument>.Filter.Empty)
                            .Project<BsonDocument>(Builders<RawBsonDocument>.Projection.Include("name").Exclude("_id"))
                            .ToListAsync(cancel)
                            .ConfigureAwait(false)
                    )
                        .Select(d => d.GetValue("name", BsonNull.Value))
                        .Where(n => n.IsString)
                        .Select(n => n.AsString)
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal),
                ],
            cancel
        );

    public void Dispose() => database.Dispose();

    private static JsonDocument ToJson(RawBsonDocument document)
    {
        var bytes = new byte[document.Slice.Length];
        document.Slice.GetBytes(0, bytes, 0, bytes.Length);
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            BsonText.Write(bytes, json);
        }

        return JsonDocument.Parse(text.ToArray());
    }

    private async Task<T> AskAsync<T>(Func<IMongoCollection<RawBsonDocument>, Task<T>> ask, CancellationToken cancel)
    {
        await database.CheckReachableAsync(cancel).ConfigureAwait(false);
        return await database
            .AskAsync(database.Tries(), collection, _ => ask(database.Collection(collection)), cancel)
            .ConfigureAwait(false);
    }
}
