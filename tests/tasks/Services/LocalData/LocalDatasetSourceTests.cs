using System.IO.Abstractions.TestingHelpers;
using Outsource.Services.LocalData;

namespace Outsource.Tests.Services.LocalData;

/// <summary>The chunks of raw data in local folders, as Rucio would list them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalDatasetSourceTests
{
    private const string Raw = "raw_records-rfzvpzj4mf",
        Did = "xnt_007157:" + Raw;

    private readonly MockFileSystem _disk = new();

    [Test]
    public async Task Should_list_the_chunks_with_their_sizes()
    {
        _disk.AddData("/b", 7157, Raw, 100, 300);

        var listing = await Source.ListAsync(Did, default);

        Assert.That(listing!.ChunkBytes, Is.EqualTo(new[] { 100, 300 }));
        Assert.That((listing.Chunks, listing.Metadata), Is.EqualTo((2, 1)));
        Assert.That((listing.FirstGap, listing.Contradiction), Is.EqualTo(((int?)null, (string?)null)));
    }

    /// <summary>Rucio's listing cannot tell an empty chunk from a lost one; the metadata can.</summary>
    [Test]
    public async Task Should_count_a_chunk_without_items_which_has_no_file()
    {
        _disk.AddData("/a", 7157, Raw, 100, 0, 300, 0);

        var listing = await Source.ListAsync(Did, default);

        Assert.That(listing!.ChunkBytes, Is.EqualTo(new[] { 100, 0, 300, 0 }));
        Assert.That(listing.FirstGap, Is.Null);
    }

    [Test]
    public async Task Should_take_the_size_from_the_disk_if_the_metadata_lacks_it()
    {
        var folder = _disk.AddData("/a", 7157, Raw, 100);
        _disk.File.WriteAllText(
            $"{folder}/{Raw}-metadata.json",
            $$"""{"chunks": [{"chunk_i": 0, "n": 5, "filename": "{{Raw}}-000000"}]}"""
        );

        Assert.That((await Source.ListAsync(Did, default))!.ChunkBytes, Is.EqualTo(new[] { 100 }));
    }

    [Test]
    public async Task Should_pass_over_a_folder_that_lacks_a_file()
    {
        var broken = _disk.AddData("/a", 7157, Raw, 100, 100);
        _disk.RemoveFile($"{broken}/{Raw}-000001");
        Assert.That(await Source.ListAsync(Did, default), Is.Null);

        _disk.AddData("/b", 7157, Raw, 100, 300);
        Assert.That((await Source.ListAsync(Did, default))!.ChunkBytes, Is.EqualTo(new[] { 100, 300 }));
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("""{"chunks": 3}""")]
    [TestCase("""{"chunks": []}""")]
    [TestCase("""{"chunks": [{"n": 5}]}""")]
    [TestCase("""{"chunks": [{"n": 0.5, "filename": "x"}]}""")]
    public async Task Should_not_know_data_whose_metadata_is_not_valid(string metadata)
    {
        _disk.AddFile($"/a/007157-{Raw}/{Raw}-metadata.json", new MockFileData(metadata));

        Assert.That(await Source.ListAsync(Did, default), Is.Null);
    }

    private LocalDatasetSource Source => new(new LocalFolders(_disk, ["/gone", "/a", "/b"]));
}
