using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Services.LocalData;
using Outsource.Tests.FilterModes;

namespace Outsource.Tests.Services.LocalData;

/// <summary>With <c>no_remote</c>, run documents have the data of local folders, and no other.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalRunSourceTests
{
    private const string Raw = "raw_records-rfzvpzj4mf";

    private readonly MockFileSystem _disk = new();

    [Test]
    public async Task Should_replace_the_data_of_the_run_database()
    {
        _disk.AddData("/raw", 7157, Raw, 100, 0, 300);

        var run = await Asked(Run(7157));

        Assert.That(
            run.Data,
            Is.EqualTo(
                new[]
                {
                    new DataEntry("raw_records", DataEntry.LocalHost, "/raw", $"xnt_007157:{Raw}", "transferred", 1600 / 1e6, 3),
                }
            )
        );
        Assert.That(run.Data[0].IsAvailable(7157, "raw_records", "rfzvpzj4mf"), "and the rules take it");
    }

    [Test]
    public async Task Should_have_no_data_if_no_folder_has_it()
    {
        _disk.AddData("/raw", 7158, Raw, 100);

        Assert.That((await Asked(Run(7157))).Data, Is.Empty);
    }

    [TestCase("raw_records-rfzvpzj4mf-metadata.json")]
    [TestCase("raw_records-rfzvpzj4mf-000001")]
    public async Task Should_call_data_incomplete_if_a_file_is_missing(string file)
    {
        var folder = _disk.AddData("/raw", 7157, Raw, 100, 300);
        _disk.RemoveFile($"{folder}/{file}");

        Assert.That((await Asked(Run(7157))).Data.Single() is { Status: LocalRunSource.Incomplete, SizeMb: null });
    }

    [Test]
    public async Task Should_call_data_incomplete_if_its_making_ended_with_an_exception()
    {
        var folder = _disk.AddData("/raw", 7157, Raw, 100);
        _disk.File.WriteAllText($"{folder}/{Raw}-metadata.json", StraxData.Metadata(Raw, [100], "no more memory"));

        Assert.That((await Asked(Run(7157))).Data.Single().Status, Is.EqualTo(LocalRunSource.Incomplete));
    }

    [Test]
    public async Task Should_say_of_another_hash_only_that_it_is_there()
    {
        _disk.AddDirectory("/processed/007157-peaklets-aaaaaaaaaa");

        var entry = (await Asked(Run(7157))).Data.Single();

        Assert.That(entry is { Type: "peaklets", Hash: "aaaaaaaaaa", Status: DataEntry.Transferred, SizeMb: null });
    }

    [Test]
    public async Task Should_pass_over_what_is_no_data_or_is_not_asked_for()
    {
        _disk.AddDirectory($"/raw/007157-{Raw}_temp");
        _disk.AddDirectory("/raw/007157-other-bbbbbbbbbb");
        _disk.AddDirectory("/raw/notes");

        Assert.That((await Asked(Run(7157))).Data, Is.Empty);
    }

    [Test]
    public async Task Should_keep_the_order_of_the_folders_if_several_have_it()
    {
        _disk.AddData("/raw", 7157, Raw, 100);
        _disk.AddData("/processed", 7157, Raw, 100);

        Assert.That((await Asked(Run(7157))).Data.Select(e => e.Location), Is.EqualTo(new[] { "/raw", "/processed" }));
    }

    [Test]
    public async Task Should_not_look_for_data_of_a_faulty_document()
    {
        _disk.AddData("/raw", 7157, Raw, 100);
        var fault = new DocumentFault(Reason.ModeFaulty, "no mode");

        Assert.That(await Asked(Run(7157) with { Fault = fault }), Has.Property("Data").Empty.And.Property("Fault").EqualTo(fault));
    }

    [Test]
    public void Should_say_which_folder_cannot_be_listed()
    {
        var disk = new Unlistable("/raw").Made();
        var source = new LocalRunSource(new RunFilterTests.Listed([Run(7157)]), disk, new LocalFolders(disk, ["/raw"]), _ => null);

        Assert.That(
            async () => await source.QueryAsync(Scope, default).FirstAsync(),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.StartsWith("local_data: '/raw' cannot be listed: ")
                .And.Message.EndsWith("Correct it, or leave it out of local_data.")
        );
    }

    private static readonly RunScope Scope = new(1, null, null, ["raw_records", "peaklets"]);

    private async Task<RunDocument> Asked(RunDocument run)
    {
        var source = new LocalRunSource(
            new RunFilterTests.Listed([run]),
            _disk,
            new LocalFolders(_disk, ["/raw", "/gone", "/processed"]),
            type => type == "raw_records" ? "rfzvpzj4mf" : "cccccccccc"
        );
        return await source.QueryAsync(Scope, default).SingleAsync();
    }

    private static RunDocument Run(int number) =>
        new()
        {
            Number = number,
            Mode = "tpc_bkg",
            Detectors = ["tpc"],
            Data = [new DataEntry("raw_records", DataEntry.RucioHost, "UC_OSG_USERDISK", $"xnt_{number:D6}:{Raw}", "transferred", 400)],
        };

    /// <summary>A folder that may not be listed.</summary>
    private sealed class Unlistable(string folder) : MockFileSystem
    {
        private bool _made;

        public override System.IO.Abstractions.IDirectory Directory => _made ? new Refusing(this, folder) : base.Directory;

        public Unlistable Made()
        {
            AddDirectory(folder);
            _made = true;
            return this;
        }

        private sealed class Refusing(IMockFileDataAccessor disk, string folder) : MockDirectory(disk, "/")
        {
            public override IEnumerable<string> EnumerateDirectories(string path) =>
                path == folder ? throw new UnauthorizedAccessException("denied") : base.EnumerateDirectories(path);
        }
    }
}
