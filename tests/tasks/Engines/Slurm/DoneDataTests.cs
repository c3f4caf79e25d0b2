using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Slurm;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>What counts as done, from folders of data on disk.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DoneDataTests
{
    private readonly MockFileSystem _disk = new();

    [TestCase("strax_data_rcc")]
    [TestCase("strax_data_osg")]
    public void Should_find_a_product_wherever_it_was_made(string place)
    {
        Add($"/o/{place}/053009-events-bbbbbbbbbb", "events-bbbbbbbbbb");

        Assert.That(Data.Product(53009, "events", "bbbbbbbbbb"), Is.EqualTo($"/o/{place}/053009-events-bbbbbbbbbb"));
        Assert.That(Data.Product(53009, "events", "cccccccccc"), Is.Null);
        Assert.That(Data.Product(53010, "events", "bbbbbbbbbb"), Is.Null);
    }

    [Test]
    public void Should_not_take_data_that_is_incomplete()
    {
        var folder = "/o/strax_data_rcc/053009-events-bbbbbbbbbb";
        Add(folder, "events-bbbbbbbbbb", "\"exception\": \"x\",");
        Assert.That(Data.Product(53009, "events", "bbbbbbbbbb"), Is.Null, "an exception");
        Add(folder, "events-bbbbbbbbbb");
        _disk.File.WriteAllText($"{folder}/events-bbbbbbbbbb-000000", "12");
        Assert.That(Data.Product(53009, "events", "bbbbbbbbbb"), Is.Null, "a size");
        _disk.File.Delete($"{folder}/events-bbbbbbbbbb-000000");
        Assert.That(Data.Product(53009, "events", "bbbbbbbbbb"), Is.Null, "a missing file");
        _disk.File.WriteAllText($"{folder}/events-bbbbbbbbbb-metadata.json", "{");
        Assert.That(Data.Product(53009, "events", "bbbbbbbbbb"), Is.Null, "no JSON");
    }

    [Test]
    public void Should_find_a_part_by_the_chunks_of_its_lineage()
    {
        Add("/o/strax_data_osg_per_chunk/053009-peaklets-ppppppppp1", "peaklets-ppppppppp1", Lineage("0, 1, 2"));
        Add("/o/strax_data_osg_per_chunk/053009-peaklets-ppppppppp2", "peaklets-ppppppppp2", Lineage("3, 4"));

        Assert.That(Data.Part(53009, "peaklets", "aaaaaaaaaa", (3, 5)), Does.EndWith("-ppppppppp2"));
        Assert.That(Data.Part(53009, "peaklets", "aaaaaaaaaa", (0, 2)), Is.Null);
    }

    [Test]
    public void Should_find_a_part_by_its_hash_if_the_context_tells_it()
    {
        Add("/o/strax_data_rcc_per_chunk/053009-peaklets-ppppppppp1", "peaklets-ppppppppp1");
        var data = new DoneData(_disk, "/o") { PartHash = (_, start, _) => start == 0 ? "ppppppppp1" : "other" };

        Assert.That(data.Part(53009, "peaklets", "aaaaaaaaaa", (0, 2)), Is.Not.Null);
        Assert.That(data.Part(53009, "peaklets", "aaaaaaaaaa", (2, 4)), Is.Null);
    }

    /// <summary>T13, T18: all types that the job stores count, and not those that it is asked for.</summary>
    [Test]
    public void Should_ask_for_every_stored_type_of_a_job_t13_t18()
    {
        var job = new SlurmPlanJob("u", "u", "upper", 53009)
        {
            Attempts = [new SlurmRequest(1, 1)],
            Log = "",
            Arguments = ["--level", "upper", "--data-types", "event_info_double", "--expect-hash", "events=bbbbbbbbbb", "--expect-hash", "x=cccccccccc"],
        };
        Add("/o/strax_data_rcc/053009-events-bbbbbbbbbb", "events-bbbbbbbbbb");
        Assert.That(Data.FoldersOf(job), Is.Null);
        Add("/o/strax_data_osg/053009-x-cccccccccc", "x-cccccccccc");
        Assert.That(Data.FoldersOf(job), Has.Count.EqualTo(2));
        Assert.That(Data.FoldersOf(job with { Arguments = ["--data-type", "events"] }), Is.Null, "a plan by type has no folders");
    }

    private DoneData Data => new(_disk, "/o");

    private static string Lineage(string chunks) =>
        $"\"lineage\": {{\"peaklets\": [\"Peaklets\", \"1.0\", {{\"chunk_number\": {{\"raw_records\": [{chunks}]}}}}]}},";

    private void Add(string folder, string prefix, string more = "")
    {
        _disk.AddFile($"{folder}/{prefix}-000000", new MockFileData("123"));
        _disk.AddFile(
            $"{folder}/{prefix}-metadata.json",
            new MockFileData($"{{{more} \"chunks\": [{{\"filename\": \"{prefix}-000000\", \"filesize\": 3, \"n\": 1}}, {{\"n\": 0}}]}}")
        );
    }
}
