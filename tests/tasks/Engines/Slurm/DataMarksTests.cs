using System.IO.Abstractions;
using Outsource.Engines.Slurm;
using Outsource.Engines.Slurm.Programs;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>Jobs whose data is there are done without having run, and those that are not needed any more.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DataMarksTests
{
    private static readonly FileSystem Disk = new();
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    private string _folder = null!;
    private SlurmWorld _world = null!;

    [SetUp]
    public void Plan()
    {
        _folder = Directory.CreateTempSubdirectory("outsource-marks-").FullName;
        _world = new SlurmWorld(_folder) { Runs = 2 }.Write();
        _ = _world.Plan();
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Should_submit_only_jobs_whose_data_is_missing()
    {
        AddPart("061001-peaklets-aaaaaaaaaa-chunks-0-2");
        AddPart("061001-lone_hits-aaaaaaaaaa-chunks-0-2");
        Add("strax_data_osg_per_chunk", "061001-raw_records-rrrrrrrrrr");
        Add("strax_data_osg", "061002-peaklets-aaaaaaaaaa");
        Add("strax_data_rcc", "061002-lone_hits-aaaaaaaaaa");

        Assert.That(Marks().Write(Now), Is.EqualTo(4), "a part; a combine job, and the two parts that nobody needs any more");
        Assert.That(
            Decide(),
            Is.EqualTo(
                new[]
                {
                    "combine_tpc_061001-lower_tpc-combine",
                    "lower_tpc_061001-lower_tpc-0001",
                    "upper_tpc_061001-upper_tpc",
                    "upper_tpc_061002-upper_tpc",
                }
            )
        );
        Assert.That(
            File.ReadAllLines(_world.Folder.ReadyList("061001-peaklets-output-0000.tar.gz")).Select(Path.GetFileName),
            Is.EqualTo(
                new[] { "061001-peaklets-aaaaaaaaaa-chunks-0-2", "061001-lone_hits-aaaaaaaaaa-chunks-0-2", "061001-raw_records-rrrrrrrrrr" }
            )
        );
        Assert.That(DataMarks.Any(Disk, _world.Folder), Is.True);
    }

    [Test]
    public void Should_show_such_jobs_as_done()
    {
        Add("strax_data_osg", "061002-peaklets-aaaaaaaaaa");
        Add("strax_data_rcc", "061002-lone_hits-aaaaaaaaaa");
        _ = Marks().Write(Now);

        var ended = new EndedJobs(new AnsweringPrograms(), TimeZoneInfo.Utc);
        var events = new SlurmEvents(Disk, _world.Folder, _world.Name, new SlurmQueue([]), ended).All();

        Assert.That(
            events.Where(e => e.Node is not null).Select(e => e.Node),
            Is.EquivalentTo(
                new[] { "combine_tpc_061002-lower_tpc-combine", "lower_tpc_061002-lower_tpc-0000", "lower_tpc_061002-lower_tpc-0001" }
            )
        );
        Assert.That(events.Select(e => e.Cluster).Distinct().Count(), Is.EqualTo(3));
        Assert.That(events.Count(e => e.Body.Any(l => l.Contains("(return value 0)", StringComparison.Ordinal))), Is.EqualTo(3));
    }

    [Test]
    public void Should_make_again_what_is_gone()
    {
        Add("strax_data_osg", "061002-peaklets-aaaaaaaaaa");
        Add("strax_data_osg", "061002-lone_hits-aaaaaaaaaa");
        _ = Marks().Write(Now);
        Directory.Delete(Path.Combine(_world.Outputs, "strax_data_osg"), recursive: true);

        Assert.That(Marks().Write(Now), Is.Zero);
        Assert.That(Decide(), Has.Length.EqualTo(8));
        Assert.That(DataMarks.Any(Disk, _world.Folder), Is.False);
    }

    [Test]
    public void Should_leave_marks_of_jobs_alone()
    {
        var job = _world.Jobs().First(j => j.Level == "combine");
        var mark = $$"""{"id":7,"attempt":0,"node":"n","exit":40,"at":1,"plan":"{{job.Digest}}"}""";
        File.WriteAllText(_world.Folder.EndMark(job.Name), mark);
        using (var journal = new SlurmJournal(Disk, _world.Folder.Journal))
        {
            journal.Append(new SlurmEntry(Now, SlurmStep.Submitted, job.Name, 0) { Id = 7 });
        }

        Add("strax_data_osg", "061001-peaklets-aaaaaaaaaa");
        Add("strax_data_osg", "061001-lone_hits-aaaaaaaaaa");
        _ = Marks().Write(Now);

        Assert.That(_world.Mark(job.Name)!.ExitCode, Is.EqualTo(40));
    }

    private string[] Decide() =>
        [
            .. new SlurmResubmission(Disk, _world.Folder, null)
                .Decide(_world.Name, new SlurmQueue([]))
                .Attempts.Keys.Order(StringComparer.Ordinal),
        ];

    private DataMarks Marks() => new(Disk, _world.Folder, new DoneData(Disk, _world.Outputs));

    private void AddPart(string name) => Add("strax_data_osg_per_chunk", name);

    private void Add(string place, string name)
    {
        var prefix = string.Join('-', name.Split('-')[1..3]);
        var folder = Directory.CreateDirectory(Path.Combine(_world.Outputs, place, name)).FullName;
        File.WriteAllText(Path.Combine(folder, $"{prefix}-000000"), "123");
        File.WriteAllText(
            Path.Combine(folder, $"{prefix}-metadata.json"),
            $$"""{"chunks": [{"filename": "{{prefix}}-000000", "filesize": 3, "n": 1}]}"""
        );
    }
}
