using System.Globalization;
using System.IO.Abstractions.TestingHelpers;
using System.Text;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Workflows.State;

namespace Outsource.Tests.Engines.Records;

/// <summary>
/// A workflow in three parts, as Pegasus 5.1.2 and HTCondor 23.9 leave it: the first ran, the second is planned, the third is only written.
/// </summary>
internal sealed class PartsFixture
{
    public const string Added = "stage_out_local_local_0_0",
        Done = "peaklets_043000-peaklets-0000",
        Bad = "peaklets_043001-peaklets-0000",
        Planned = "peaklets_043002-peaklets-0000",
        ToCome = "peaklets_043003-peaklets-0000";

    private readonly SubmitFixture _whole = new();

    public PartsFixture()
    {
        var dag = new StringBuilder("JOB create_dir_xenonnt_0_local 00/00/create_dir_xenonnt_0_local.sub\n");
        for (var part = 0; part < 3; part++)
        {
            var node = NodeOf(part);
            dag.Append(
                CultureInfo.InvariantCulture,
                $"JOB {node} 00/00/{node}.sub\nSCRIPT PRE {node} 00/00/{node}.pre.sh\nRETRY {node} 0\nCATEGORY {node} subwf\n"
            );
            Disk.AddFile(
                $"{SubmitFixture.Folder}/00/00/{node}.sub",
                new MockFileData("initialdir = /x\nperiodic_remove = (JobStatus == 5) && (1)\nuniverse = scheduler\nqueue\n")
            );
        }

        dag.Append("PARENT create_dir_xenonnt_0_local CHILD pegasus-plan_part-0000 pegasus-plan_part-0001 pegasus-plan_part-0002\n");
        Disk.AddFile(Submit.Dag, new MockFileData(dag.ToString()));
        AddPart(0, Done, Bad);
        AddPart(1, Planned);
        Disk.AddFile("/work/generated/test/parts/part-0002.jobs", new MockFileData($"JOB {ToCome} -\n"));
        Disk.AddFile(
            Submit.NodesLog,
            new MockFileData(Text(0, 20, 41, NodeOf(0)) + "001 (020.000.000) 2026-11-22 16:42:00 Job executing on host: <x>\n...\n")
        );
    }

    public MockFileSystem Disk => _whole.Disk;

    public SubmitDirectory Submit => _whole.Submit;

    public SubmitFixture Whole => _whole;

    public static string NodeOf(int part) => string.Create(CultureInfo.InvariantCulture, $"pegasus-plan_part-{part:D4}");

    public static string PlaceOf(int part) => string.Create(CultureInfo.InvariantCulture, $"00/00/xenonnt_part-{part:D4}");

    public SubmitDirectory Part(int part) => new(Disk, $"{SubmitFixture.Folder}/{PlaceOf(part)}");

    /// <summary>The first part's jobs: one done, one failed, and the first part's DAGMan still at work.</summary>
    public PartsFixture FirstRan()
    {
        Disk.AddFile(
            Part(0).DagmanOut,
            new MockFileData("11/22/26 16:42:00 ** condor_scheduniv_exec.20.0 (CONDOR_DAGMAN) STARTING UP\n")
        );
        Disk.AddFile(
            Part(0).NodesLog,
            new MockFileData(
                Text(0, 21, 43, Done)
                    + "001 (021.000.000) 2026-11-22 16:44:00 Job executing on host: <x>\n...\n"
                    + "005 (021.000.000) 2026-11-22 16:45:00 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
                    + Text(0, 22, 43, Bad)
                    + "005 (022.000.000) 2026-11-22 16:46:00 Job terminated.\n\t(1) Normal termination (return value 20)\n...\n"
            )
        );
        return this;
    }

    /// <summary>The first part has failed, and with it the workflow, when its DAGMans had gone.</summary>
    public PartsFixture Failed()
    {
        _ = FirstRan();
        Disk.AddFile(
            Submit.NodesLog,
            new MockFileData(
                Text(0, 20, 41, NodeOf(0))
                    + "005 (020.000.000) 2026-11-22 16:50:00 Job terminated.\n\t(1) Normal termination (return value 1)\n...\n"
            )
        );
        Disk.AddFile(
            Part(0).Dag + ".rescue001",
            new MockFileData($"# Nodes that failed: 1\n#   {Bad},<ENDLIST>\n\nDONE {Done}\n")
        );
        _ = _whole.DagmanEnded(1).Rescued(["create_dir_xenonnt_0_local"], [NodeOf(0)]);
        return this;
    }

    /// <summary>The status; null: HTCondor does not answer.</summary>
    public WorkflowStatus Read(params QueueJob[]? queue) =>
        new StatusReader(_whole.Host, TimeZoneInfo.Utc).Read(
            _whole.Workflow,
            queue is null ? new QueueAnswer(null, "condor_q: no schedd") : new QueueAnswer(queue),
            _whole.Now
        );

    /// <summary>DAGMan of the workflow, or of a part.</summary>
    public static QueueJob Manager(int cluster, int? part = null) =>
        new(cluster, 0, QueueJob.Running)
        {
            RootId = SubmitFixture.Id,
            WorkflowId = SubmitFixture.Id,
            Node = part is { } number ? NodeOf(number) : null,
        };

    /// <summary>The workflow id of a part's own jobs.</summary>
    public static string IdOf(int part) => string.Create(CultureInfo.InvariantCulture, $"2c6633be-f665-429b-8418-461f7ab0000{part}");

    private void AddPart(int part, params string[] jobs)
    {
        var dag = new StringBuilder();
        foreach (var job in jobs)
        {
            dag.Append(CultureInfo.InvariantCulture, $"JOB {job} 00/01/{job}.sub\nRETRY {job} 0\n");
            Disk.AddFile(
                $"{SubmitFixture.Folder}/{PlaceOf(part)}/00/01/{job}.sub",
                new MockFileData("request_memory = 2000\nrequirements = A\nqueue\n")
            );
        }

        dag.Append(CultureInfo.InvariantCulture, $"JOB {Added} 00/01/{Added}.sub\nRETRY {Added} 2\nPARENT {jobs[0]} CHILD {Added}\n");
        Disk.AddFile(Part(part).Dag, new MockFileData(dag.ToString()));
        Disk.AddFile(
            Part(part).In("braindump.yml"),
            new MockFileData($"root_wf_uuid: \"{SubmitFixture.Id}\"\nwf_uuid: \"{IdOf(part)}\"\ndag: \"xenonnt-0.dag\"\n")
        );
    }

    private static string Text(int number, int cluster, int minute, string node) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{number:D3} ({cluster:D3}.000.000) 2026-11-22 16:{minute:D2}:00 Job submitted from host: <x>\n    DAG Node: {node}\n...\n"
        );
}
