using System.Globalization;
using Outsource.Engines.Pegasus;
using Outsource.Workflows;

namespace Outsource.Bench;

/// <summary>Workflows as Pegasus and DAGMan leave them: planned, started, and done to a part.</summary>
internal static class WatchWorld
{
    /// <summary>Jobs of a run: chunk jobs, one that combines them, and one that the planner added.</summary>
    private const int Chunks = 39,
        PerRun = Chunks + 2;

    private const int FirstRun = 10_000,
        FirstCluster = 1000;

    private const string Id = "1c6633be-f665-429b-8418-461f7ab06b44";

    /// <summary>Makes one workflow.</summary>
    /// <param name="workDir">Its work_dir.</param>
    /// <param name="name">Its name.</param>
    /// <param name="nodes">About how many nodes.</param>
    /// <param name="done">How many of them are done.</param>
    public static SubmitDirectory Make(string workDir, string name, int nodes, int done)
    {
        var generated = Directory.CreateDirectory(Path.Combine(workDir, "generated", name)).FullName;
        var submit = new SubmitDirectory(
            new System.IO.Abstractions.FileSystem(),
            Directory.CreateDirectory(Path.Combine(workDir, "runs", "straxen_v2.2.1", "xenonnt_v14", name)).FullName
        );
        File.WriteAllText(
            Path.Combine(generated, WorkflowOnDisk.SubmissionFile),
            $"schema: outsource/submission/1\nname: {name}\nsubmit_directory: {submit.Path}\ncluster: 9\n"
                + "submitted_at: \"2026-11-22T16:40:00Z\"\n"
        );
        File.WriteAllText(submit.Notes, $"root_wf_uuid: \"{Id}\"\nwf_uuid: \"{Id}\"\ndag: \"xenonnt-0.dag\"\n");
        File.WriteAllText(submit.In("xenonnt-0.dag.condor.sub"), "queue\n");
        File.WriteAllText(submit.DagmanOut, "11/22/26 16:41:00 ** condor_scheduniv_exec.9.0 (CONDOR_DAGMAN) STARTING UP\n");
        File.WriteAllText(
            submit.DagmanLog,
            "000 (009.000.000) 2026-11-22 16:40:00 Job submitted from host: <127.0.0.1:9618>\n...\n"
                + "001 (009.000.000) 2026-11-22 16:41:00 Job executing on host: <127.0.0.1:9618>\n...\n"
        );
        var runs = Math.Max(1, nodes / PerRun);
        WriteDag(submit.Dag, runs);
        File.Delete(submit.NodesLog);
        Append(submit.NodesLog, runs, 0, Math.Min(done, runs * PerRun));
        return submit;
    }

    /// <summary>Makes one in parts, all of which are planned and done.</summary>
    /// <param name="workDir">Its work_dir.</param>
    /// <param name="name">Its name.</param>
    /// <param name="parts">How many parts.</param>
    /// <param name="nodesEach">About how many nodes a part has.</param>
    public static void MakeInParts(string workDir, string name, int parts, int nodesEach)
    {
        var submit = Make(workDir, name, PerRun, 0);
        var runs = RunsOf(nodesEach);
        using var dag = new StreamWriter(submit.Dag) { NewLine = "\n" };
        for (var part = 0; part < parts; part++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"part-{part:D4}");
            dag.WriteLine($"JOB pegasus-plan_{id} 00/00/pegasus-plan_{id}.sub\nRETRY pegasus-plan_{id} 0");
            var folder = Directory.CreateDirectory(submit.In($"00/00/xenonnt_{id}")).FullName;
            var own = new SubmitDirectory(new System.IO.Abstractions.FileSystem(), folder);
            var uuid = string.Create(CultureInfo.InvariantCulture, $"2c6633be-f665-429b-8418-461f7ab{part:D5}");
            File.WriteAllText(own.Notes, $"root_wf_uuid: \"{Id}\"\nwf_uuid: \"{uuid}\"\ndag: \"xenonnt-0.dag\"\n");
            File.Copy(submit.DagmanOut, own.DagmanOut);
            var first = FirstRun + (part * runs);
            WriteDag(own.Dag, runs, first);
            Append(own.NodesLog, runs, 0, runs * PerRun, first);
        }
    }

    /// <summary>Makes more of its nodes done.</summary>
    public static void Append(string log, int runs, int from, int to, int first = FirstRun)
    {
        using var text = new StreamWriter(log, append: true) { NewLine = "\n" };
        foreach (var (name, number) in Names(runs, first).Skip(from).Take(to - from).Select((n, i) => (n, from + i)))
        {
            var cluster = FirstCluster + number;
            var began = new DateTime(2026, 11, 22, 17, 0, 0).AddMilliseconds(number);
            string Head(int kind, int second, string title) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind:D3} ({cluster:D3}.000.000) {began.AddSeconds(second):yyyy-MM-dd HH:mm:ss} {title}\n"
                );
            text.Write(
                Head(0, 0, "Job submitted from host: <127.0.0.1:9618?addrs=127.0.0.1-9618&alias=submit&noUDP&sock=schedd_1234_abcd>")
                    + $"    DAG Node: {name}\n    pool:condorpool\n...\n"
                    + Head(1, 60, "Job executing on host: <127.0.0.1:9618?addrs=127.0.0.1-9618&alias=worker&noUDP&sock=startd_1234_abcd>")
                    + "\tSlotName: slot1_1@worker\n\tCondorScratchDir = \"/var/lib/condor/execute/dir_1234\"\n...\n"
                    + Head(5, 600, "Job terminated.")
                    + "\t(1) Normal termination (return value 0)\n\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage\n"
                    + "\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Total Local Usage\n\t2460  -  Run Bytes Sent By Job\n"
                    + "\tPartitionable Resources :    Usage  Request Allocated \n\t   Cpus                 :        0        1         1 \n"
                    + "\t   Disk (KB)            :     2060     2250      4096 \n"
                    + "\t   Memory (MB)          :     1400     2000      2048 \n...\n"
                    + Head(16, 605, "POST Script terminated.")
                    + $"\t(1) Normal termination (return value 0)\n    DAG Node: {name}\n...\n"
            );
        }
    }

    /// <summary>How many runs a workflow of so many nodes has.</summary>
    public static int RunsOf(int nodes) => Math.Max(1, nodes / PerRun);

    private static void WriteDag(string path, int runs, int first = FirstRun)
    {
        using var text = new StreamWriter(path) { NewLine = "\n" };
        text.WriteLine("# PEGASUS WMS GENERATED DAG FILE\nMAXJOBS stagein 10\n");
        foreach (var (name, number) in Names(runs, first).Select((n, i) => (n, i)))
        {
            var file = string.Create(CultureInfo.InvariantCulture, $"{number >> 16:X2}/{(number >> 8) & 255:X2}/{name}");
            text.WriteLine($"JOB {name} {file}.sub");
            text.WriteLine($"SCRIPT POST {name} /usr/bin/pegasus-exitcode  -r $RETURN .//{file}.out");
            text.WriteLine($"VARS {name} +DAGNodeRetry=\"$(RETRY)\"\nCATEGORY {name} payload\nPRIORITY {name} 10");
            text.WriteLine($"RETRY {name} 2 UNLESS-EXIT 31");
        }

        for (var run = first; run < first + runs; run++)
        {
            for (var chunk = 0; chunk < Chunks; chunk++)
            {
                text.WriteLine($"PARENT {Chunk(run, chunk)} CHILD {Combine(run)}");
            }

            text.WriteLine($"PARENT {Combine(run)} CHILD {Out(run)}");
        }
    }

    private static IEnumerable<string> Names(int runs, int first)
    {
        for (var run = first; run < first + runs; run++)
        {
            for (var chunk = 0; chunk < Chunks; chunk++)
            {
                yield return Chunk(run, chunk);
            }

            yield return Combine(run);
            yield return Out(run);
        }
    }

    private static string Chunk(int run, int chunk) =>
        string.Create(CultureInfo.InvariantCulture, $"peaklets_{run:D6}-peaklets-{chunk:D4}");

    private static string Combine(int run) => string.Create(CultureInfo.InvariantCulture, $"combine_{run:D6}-peaklets-combine");

    private static string Out(int run) => string.Create(CultureInfo.InvariantCulture, $"stage_out_remote_local_{run - FirstRun}_0");
}
