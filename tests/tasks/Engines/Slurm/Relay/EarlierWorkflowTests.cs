using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Slurm;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Slurm.Relay;

/// <summary>Workflows of today's program and of ours, read for a relay; arguments as reference-today has them.</summary>
internal sealed class EarlierWorkflowTests
{
    private const string Key = "053000-peaklets-hcbk2nr2fc-peaklet_classification-gwmwu7bv25-output";

    private static readonly string Today = $"""
        pegasus: 5.0.4
        name: outsource_workflow
        jobs:
        {Lower("ID0000001", 10, 20, 1)}
        {Lower("ID0000002", 0, 10, 0)}
        - type: job
          name: combine_tpc
          id: ID0000003
          arguments: [53000, xenonnt_offline, global_v16, 'false', 'false', 'false', input, output, strax_data, {Key}.tar.gz, 10 20]
        - type: job
          name: upper_tpc
          id: ID0000004
          arguments: [53000, xenonnt_offline, global_v16, -1, -1, 'false', 'false', 'true', 'false', 'false', 'false', input, output, strax_data,
            053000-event_info-khhrowzms2-output.tar.gz, event_info, cuts_basic]
        - type: job
          name: untar_tpc
          id: ID0000005
          arguments: [053000-event_info-khhrowzms2-output.tar.gz, /w/outputs]
          profiles:
            selector:
              execution.site: local
        - type: job
          name: untar_tpc
          id: ID0000006
          arguments: [053000-event_info-khhrowzms2-output.tar.gz, /w/outputs]
        - type: job
          name: upper_muon_veto
          id: ID0000007
          arguments: [53000, xenonnt_offline, global_v16, -1, -1, 'false', 'false', 'true', 'false', 'true', 'false', input, output, strax_data,
            053000-events_mv-oxgxfpr3kf-output.tar.gz, events_mv]

        """;

    [Test]
    public void Should_keep_the_groups_of_todays_workflow_t15_t23()
    {
        var runs = Read(Today);

        Assert.That(runs.Select(r => (r.Run, r.Detector)), Is.EqualTo(new[] { (53000, "tpc"), (53000, "muon_veto") }));
        var tpc = runs[0];
        Assert.That(tpc.Groups, Is.EqualTo(new[] { (0, 10), (10, 20) }));
        Assert.That(tpc.LowerOutputs, Is.EqualTo(new[] { $"{Key}-0000.tar.gz", $"{Key}-0001.tar.gz" }));
        Assert.That(tpc.LowerTypes, Is.EqualTo(new[] { "peaklets", "peaklet_classification" }));
        Assert.That(tpc.UpperTypes, Is.EqualTo(new[] { "event_info", "cuts_basic" }));
        Assert.That((tpc.Context, tpc.XedocsVersion, tpc.CombineOutput), Is.EqualTo(("xenonnt_offline", "global_v16", $"{Key}.tar.gz")));
        Assert.That((runs[1].Groups.Length, runs[1].UpperOutput), Is.EqualTo((0, "053000-events_mv-oxgxfpr3kf-output.tar.gz")));
    }

    [Test]
    public void Should_keep_the_groups_of_our_workflow()
    {
        var folder = Directory.CreateTempSubdirectory("outsource-relay-").FullName;
        try
        {
            var world = new SlurmWorld(folder) { Runs = 2, Untars = true }.Write();
            var runs = new EarlierWorkflow(new System.IO.Abstractions.FileSystem()).Read(Path.Combine(world.Source, "workflow.yml"));

            Assert.That(runs.Select(r => (r.Run, r.Detector)), Is.EqualTo(new[] { (61001, "tpc"), (61002, "tpc") }));
            Assert.That(runs[1].Groups, Is.EqualTo(new[] { (0, 2), (2, 4) }));
            Assert.That(runs[1].Outputs.Last(), Is.EqualTo("061002-events-output.tar.gz"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Should_refuse_a_workflow_of_another_program()
    {
        Assert.That(() => Read("jobs:\n- {name: other, id: a, arguments: []}\n"), Throws.TypeOf<OutsourceException>().With.Message.Contain("no lower_"));
        Assert.That(
            () => Read("jobs:\n- {name: lower_tpc, id: a, arguments: [what]}\n"),
            Throws.TypeOf<OutsourceException>().With.Message.Contain("job lower_tpc_a have no known form")
        );
    }

    [Test]
    public void Should_decide_what_is_left_of_a_run()
    {
        var disk = new MockFileSystem();
        var run = Read(Today)[0];
        Dictionary<string, string> lower = new() { ["peaklets"] = "aaaaaaaaaa" }, upper = new() { ["event_info"] = "bbbbbbbbbb" };
        (RelayNeed, int) Left() => new RelayDecision(new DoneData(disk, "/o")).Of(run, lower, upper) is var (need, missing) ? (need, missing.Length) : default;
        Add(disk, "/o/strax_data_osg_per_chunk/053000-peaklets-aaaaaaaaaa-chunks-0-10");
        Assert.That(Left(), Is.EqualTo((RelayNeed.MissingParts, 1)));
        Add(disk, "/o/strax_data_rcc_per_chunk/053000-peaklets-aaaaaaaaaa-chunks-10-20");
        Assert.That(Left(), Is.EqualTo((RelayNeed.CombineAndUpper, 0)));
        Add(disk, "/o/strax_data_osg/053000-peaklets-aaaaaaaaaa");
        Assert.That(Left(), Is.EqualTo((RelayNeed.UpperOnly, 0)));
        Add(disk, "/o/strax_data_osg/053000-event_info-bbbbbbbbbb");
        Assert.That(Left(), Is.EqualTo((RelayNeed.Nothing, 0)));
    }

    private static void Add(MockFileSystem disk, string folder)
    {
        var prefix = string.Join('-', Path.GetFileName(folder).Split('-')[1..3]);
        disk.AddFile($"{folder}/{prefix}-000000", new MockFileData("123"));
        disk.AddFile($"{folder}/{prefix}-metadata.json", new MockFileData($"{{\"chunks\": [{{\"filename\": \"{prefix}-000000\", \"filesize\": 3}}]}}"));
    }

    private static string Lower(string id, int start, int stop, int index) =>
        $"""
            - type: job
              name: lower_tpc
              id: {id}
              arguments: [53000, xenonnt_offline, global_v16, {start}, {stop}, 'false', 'false', 'true', 'false', 'true', 'false', input, output,
                strax_data, {Key}-{index:D4}.tar.gz, peaklets, peaklet_classification]
            """;

    private static IReadOnlyList<RelayRun> Read(string text)
    {
        var disk = new MockFileSystem();
        disk.AddFile("/w/workflow.yml", new MockFileData(text));
        return new EarlierWorkflow(disk).Read("/w/workflow.yml");
    }
}
