using System.Collections.Immutable;
using CsCheck;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Model.Planning;

public sealed class JobGroupTests
{
    internal static JobGroup Group(int chunks, int perJob, int run = 43014, string type = "peaklets") =>
        new()
        {
            Run = run,
            Type = type,
            JobName = type,
            Chunks = chunks,
            ChunksPerJob = perJob,
            Resources = new Resources(14500, 50000000),
            CombineResources = perJob > 0 ? new Resources(60000, 120000000) : null,
            Requirements = "A",
            CombineRequirements = perJob > 0 ? "B" : null,
            Input = new PlannedInput(InputKind.Raw, "raw_records", "xnt_043014:raw_records-aaaaaaaaaa", ["UC_OSG_USERDISK"]),
            Hashes = ImmutableSortedDictionary<string, string>.Empty,
        };

    [Test]
    public void Should_cover_every_chunk_exactly_once()
    {
        Gen.Int[1, 3000]
            .Select(Gen.Int[1, 100])
            .Sample(
                (chunks, perJob) =>
                {
                    var group = Group(chunks, perJob);
                    var covered = Enumerable
                        .Range(0, group.ProcessingJobs)
                        .SelectMany(i =>
                        {
                            var (start, stop) = group.ChunksOf(i);
                            return Enumerable.Range(start, stop - start);
                        });
                    var stops = group.ChunkStops.Split(',').Select(int.Parse).ToList();
                    return covered.SequenceEqual(Enumerable.Range(0, chunks))
                        && Enumerable.Range(0, group.ProcessingJobs).All(i => group.ChunksOf(i) is var (a, b) && b > a && b - a <= perJob)
                        && stops.Count == group.ProcessingJobs
                        && stops[^1] == chunks
                        && stops.SequenceEqual(stops.Distinct().Order())
                        && group.ProcessingJobs == (int)Math.Ceiling(chunks / (double)perJob)
                        && group.Jobs == group.ProcessingJobs + 1;
                }
            );
    }

    [Test]
    public void Should_name_outputs_as_the_table_says()
    {
        var chunked = Group(23, 10);

        Assert.That(chunked.OutputOf(0), Is.EqualTo("043014-output-peaklets-0000.tar.gz"));
        Assert.That(chunked.LastOutput, Is.EqualTo("043014-peaklets-combined.tar.gz"));
        Assert.That(chunked.ChunkStops, Is.EqualTo("10,20,23"));
        Assert.That(Group(0, 0, 7157, "event_info_double").LastOutput, Is.EqualTo("007157-output-event_info_double.tar.gz"));
    }
}
