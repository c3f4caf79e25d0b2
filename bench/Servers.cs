using MongoDB.Bson;
using Outsource.Tests.Fixtures;

namespace Outsource.Bench;

/// <summary>The services, with worlds of the sizes that matter.</summary>
internal static class Servers
{
    public const int RestRuns = 2000,
        RestSelected = 1200,
        MongoRuns = 60000;

    public const string Hash = "aaaaaaaaaa";

    private const int FirstRun = 10000,
        Chunks = 30;

    public static async Task<int> RestAsync()
    {
        await using var rundb = await FakeRunDb.StartAsync(
            Enumerable.Range(0, RestRuns).Select(i => Document(FirstRun + i, i < RestSelected ? "tpc_bkg" : "tpc_noise"))
        );
        await using var rucio = await FakeRucio.StartAsync();
        for (var i = 0; i < RestSelected; i++)
        {
            rucio.Add($"xnt_{FirstRun + i:D6}:raw_records-{Hash}", Chunks);
        }

        rundb.Server.Delay = rucio.Server.Delay = TimeSpan.FromMilliseconds(50);
        Console.WriteLine($"{rundb.Server.Address} {rucio.Server.Address}");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    public static Task<int> ServeAsync(string which) => which == "rest" ? RestAsync() : MongoAsync();

    public static async Task<int> MongoAsync()
    {
        await using var mongo = new FakeMongo
        {
            Stream = _ =>
                Enumerable
                    .Range(0, MongoRuns)
                    .Select(i => BsonDocument.Parse(Document(FirstRun + i, "tpc_bkg")).Add("_id", ObjectId.GenerateNewId())),
        };
        Console.WriteLine(mongo.Address);
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>A run document of a usual size: some twenty data entries, here and elsewhere.</summary>
    private static string Document(int number, string mode)
    {
        var raw =
            """{"type": "raw_records", "host": "rucio-catalogue", "location": "UC_OSG_USERDISK","""
            + $$""" "did": "xnt_{{number:D6}}:raw_records-{{Hash}}", "status": "transferred", "protocol": "rucio","""
            + $$""" "meta": {"lineage_hash": "{{Hash}}", "size_mb": 91234.5, "avg_chunk_mb": 170.2,"""
            + $$""" "file_count": {{Chunks + 1}}, "strax_version": "1.6.0", "straxen_version": "2.2.1"} }""";
        var others = string.Join(
            ", ",
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    $$"""{"type": "type_{{i}}", "host": "rucio-catalogue", "location": "UC_DALI_USERDISK","""
                    + $$""" "did": "xnt_{{number:D6}}:type_{{i}}-bbbbbbbbbb", "status": "transferred", "protocol": "rucio","""
                    + """ "meta": {"lineage_hash": "bbbbbbbbbb", "size_mb": 12.5, "file_count": 3} }"""
                )
        );
        return $$"""{"number": {{number}}, "name": "{{number:D6}}", "start": "2024-01-01T00:00:00", "end": "2024-01-01T01:00:00","""
            + $$""" "mode": "{{mode}}", "source": "none", "detectors": ["tpc"],"""
            + $$""" "tags": [{"name": "_sr1", "user": "u", "date": "d"}], "data": [{{raw}}, {{others}}]}""";
    }
}
