using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
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
        await ServeUntilStoppedAsync($"{rundb.Server.Address} {rucio.Server.Address}");
        return 0;
    }

    /// <summary>Says the addresses, and serves until SIGTERM or SIGINT comes.</summary>
    private static async Task ServeUntilStoppedAsync(string addresses)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        Console.WriteLine(addresses);
        await stopped.Task;
    }

    public static Task<int> ServeAsync(string which) => which == "rest" ? RestAsync() : MongoAsync();

    public static async Task<int> MongoAsync()
    {
        var template = BsonDocument.Parse(Document(FirstRun, "tpc_bkg")).Add("_id", ObjectId.GenerateNewId()).ToBson();
        var numbers = Places(template, Encoding.ASCII.GetBytes($"{FirstRun:D6}"));
        int[] own = [Places(template, [0x10, .. "number\0"u8])[0] + 8, Places(template, [0x07, .. "_id\0"u8])[0] + 5];
        await using var mongo = new FakeMongo
        {
            Stream = _ => Enumerable.Range(FirstRun, MongoRuns).Select(run => Prepared(template, run, own, numbers)),
        };
        await ServeUntilStoppedAsync(mongo.Address);
        return 0;
    }

    /// <summary>The document of a run, made of another one's bytes: a server has its documents, and need not make them.</summary>
    /// <param name="template">The bytes.</param>
    /// <param name="run">The run.</param>
    /// <param name="own">Where its number is, and its identity.</param>
    /// <param name="numbers">Where its six digits are.</param>
    private static RawBsonDocument Prepared(byte[] template, int run, int[] own, IReadOnlyList<int> numbers)
    {
        var bytes = template.ToArray();
        foreach (var place in own)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place), run);
        }

        Span<byte> digits = stackalloc byte[6];
        _ = run.TryFormat(digits, out _, "D6", CultureInfo.InvariantCulture);
        foreach (var place in numbers)
        {
            digits.CopyTo(bytes.AsSpan(place));
        }

        return new RawBsonDocument(bytes);
    }

    private static List<int> Places(byte[] bytes, ReadOnlySpan<byte> sought)
    {
        List<int> places = [];
        for (var at = 0; bytes.AsSpan(at).IndexOf(sought) is >= 0 and var found; at += found + 1)
        {
            places.Add(at + found);
        }

        return places;
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
