using System.IO.Abstractions.TestingHelpers;
using System.Text;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Machine;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Tests.Engines.Records;

/// <summary>
/// A submit directory in memory, in the shapes that DAGMan 23.9 writes: two chunk jobs, their combine job, one job of another run, and one
/// that the planner added.
/// </summary>
internal sealed class SubmitFixture
{
    public const string Folder = "/work/runs/straxen_v2.2.1/xenonnt_v14/test",
        Id = "1c6633be-f665-429b-8418-461f7ab06b44";

    public const string First = "peaklets_043000-peaklets-0000",
        Second = "peaklets_043000-peaklets-0001",
        Combine = "combine_043000-peaklets-combine",
        Other = "events_043001-event_basics",
        Added = "stage_in_remote_local_0_0";

    private static readonly string[] Nodes = [Added, First, Second, Combine, Other];

    private readonly StringBuilder _log = new();
    private int _clusters = 10;

    public SubmitFixture()
    {
        var dag = new StringBuilder("# PEGASUS WMS GENERATED DAG FILE\nMAXJOBS stagein 10\n\n");
        foreach (var node in Nodes)
        {
            dag.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"JOB {node} 00/00/{node}.sub\nSCRIPT POST {node} /usr/bin/pegasus-exitcode  -r $RETURN .//00/00/{node}.out\nPRIORITY "
                    + $"{node} 10\nRETRY {node} 1\n\n"
            );
            Disk.AddFile(
                $"{Folder}/00/00/{node}.sub",
                new MockFileData(
                    $"error = /x/{node}.err\nrequest_memory = ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 2000, "
                        + "(DAGNodeRetry + 1)*2000)\nrequirements = HAS_SINGULARITY\n+pegasus_site = \"condorpool\"\nqueue\n# END\n"
                )
            );
        }

        dag.Append(
            $"PARENT  {Added} CHILD {First}\nPARENT  {Added} CHILD {Second}\nPARENT  {First} CHILD {Combine}\nPARENT  {Second} CHILD "
                + $"{Combine}\nPARENT  {Added} CHILD {Other}\n"
        );
        Disk.AddFile(Submit.Dag, new MockFileData(dag.ToString()));
        Disk.AddFile(Submit.In("xenonnt-0.dag.condor.sub"), new MockFileData("queue\n"));
        Disk.AddFile(
            Submit.In("braindump.yml"),
            new MockFileData($"user: \"tester\"\nroot_wf_uuid: \"{Id}\"\nwf_uuid: \"{Id}\"\ndag: \"xenonnt-0.dag\"\n")
        );
        Disk.AddFile(
            "/work/generated/test/submission.yml",
            new MockFileData(
                $"schema: outsource/submission/1\nname: test\nsubmit_dir: {Folder}\ndag_cluster_id: 9\nsubmitted_at: "
                    + "\"2026-11-22T16:40:00Z\"\n"
            )
        );
        Disk.AddFile(Submit.DagmanOut, new MockFileData("11/22/26 16:41:00 ** condor_scheduniv_exec.9.0 (CONDOR_DAGMAN) STARTING UP\n"));
    }

    public MockFileSystem Disk { get; } = new();

    public SubmitDirectory Submit => new(Disk, Folder);

    public WorkflowOnDisk Workflow => WorkflowOnDisk.Read(Disk, "/work", "test");

    public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 18, 0, 0, TimeSpan.Zero);

    public HostEnvironment Host =>
        new()
        {
            Disk = Disk,
            Now = Now,
            Variables = new Dictionary<string, string>(),
            WorkingDirectory = "/",
            User = "tester",
            Home = "/home/tester",
            HostName = "here",
            DataFolder = "/data",
            DemoWorkDir = "/demo",
        };

    /// <summary>An event of the log, at a minute after 16:00.</summary>
    public SubmitFixture Event(int number, int cluster, int minute, string title, params string[] body)
    {
        _log.Append(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{number:D3} ({cluster:D3}.000.000) 2026-11-22 {16 + (minute / 60):D2}:{minute % 60:D2}:00 {title}\n"
        );
        foreach (var line in body)
        {
            _log.Append(line).Append('\n');
        }

        _log.Append("...\n");
        return this;
    }

    public int Submitted(string node, int minute = 41)
    {
        _ = Event(
            0,
            ++_clusters,
            minute,
            "Job submitted from host: <127.0.0.1:9618?alias=vm&sock=schedd>",
            $"    DAG Node: {node}",
            "    pool:condorpool"
        );
        return _clusters;
    }

    public int Executing(string node, int minute = 42)
    {
        var cluster = Submitted(node, minute - 1);
        _ = Event(1, cluster, minute, "Job executing on host: <127.0.0.1:9618?sock=startd>", "\tSlotName: slot1_1@vm", "\tMemory = 128");
        return cluster;
    }

    /// <summary>A job that went to its end, and what the script said about it.</summary>
    public SubmitFixture Ended(string node, int code = 0, int? post = null, int minute = 45)
    {
        var cluster = Executing(node, minute - 2);
        _ = Event(
            5,
            cluster,
            minute,
            "Job terminated.",
            $"\t(1) Normal termination (return value {code})",
            "\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage",
            "\tPartitionable Resources :    Usage  Request Allocated ",
            "\t   Disk (KB)            :     2060     2250      4096 ",
            "\t   Memory (MB)          :     2400     2000      2048 "
        );
        return Event(
            16,
            cluster,
            minute,
            "POST Script terminated.",
            $"\t(1) Normal termination (return value {post ?? code})",
            $"    DAG Node: {node}"
        );
    }

    public SubmitFixture Held(
        string node,
        string reason = "Error from slot1_1@vm: memory usage exceeded request_memory",
        int minute = 50,
        string code = "Code 34 Subcode 0"
    )
    {
        var cluster = Executing(node, minute - 1);
        return Event(12, cluster, minute, "Job was held.", $"\t{reason}", $"\t{code}");
    }

    public SubmitFixture DagmanEnded(int status, bool removed = false)
    {
        Disk.AddFile(
            Submit.DagmanOut,
            new MockFileData(
                "11/22/26 16:41:00 ** condor_scheduniv_exec.9.0 (CONDOR_DAGMAN) STARTING "
                    + $"UP\n{(removed ? "11/22/26 17:00:00 Received SIGUSR1\n" : "")}11/22/26 "
                    + $"17:00:00 **** condor_scheduniv_exec.9.0 (condor_DAGMAN) pid 375 EXITING WITH STATUS {status}\n"
            )
        );
        return this;
    }

    public SubmitFixture Rescued(string[] done, string[] failed, int number = 1)
    {
        Disk.AddFile(
            $"{Submit.Dag}.rescue{number:D3}",
            new MockFileData(
                "# Rescue DAG file, created after running\n#   the xenonnt-0.dag DAG file\n#\n# Total number of Nodes: 5\n# Nodes "
                    + $"premarked DONE: {done.Length}\n# Nodes that failed: {failed.Length}\n#   "
                    + $"{string.Concat(failed.Select(f => f + ","))}<ENDLIST>\n\n{string.Concat(done.Select(d => $"DONE {d}\n"))}"
            )
        );
        return this;
    }

    /// <summary>Reads all, with the changes of states.</summary>
    public StatusReader Reader => new(Host, TimeZoneInfo.Utc) { WithChanges = true };

    public WorkflowStatus Read(QueueAnswer? queue = null)
    {
        if (_log.Length > 0)
        {
            Disk.AddFile(Submit.NodesLog, new MockFileData(_log.ToString()));
        }

        return Reader.Read(Workflow, queue ?? new QueueAnswer(null, "condor_q: no schedd"), Now);
    }

    public NodeStatus Node(string name, QueueAnswer? queue = null) => Read(queue).Nodes.Single(n => n.Node.Name == name);
}
