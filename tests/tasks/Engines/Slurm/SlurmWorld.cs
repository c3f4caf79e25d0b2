using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Engines.Slurm;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>A workflow of canaries on disk, as WriteWorkflow leaves one: lower jobs, combine and upper of each run, or by type.</summary>
internal sealed class SlurmWorld
{
    private static readonly string Payload = Path.Combine(TestContext.CurrentContext.TestDirectory, "payload");

    /// <param name="folder">Where. Absolute.</param>
    /// <param name="name">The workflow's name.</param>
    public SlurmWorld(string folder, string name = "w1")
    {
        Name = name;
        Source = Path.Combine(folder, "generated", name);
        Submit = Path.Combine(folder, "runs", name);
        Outputs = Path.Combine(folder, "outputs", name);
        Folder = new SlurmFolder(Submit);
        Directory.CreateDirectory(Source);
    }

    public string Name { get; }

    public string Source { get; }

    public string Submit { get; }

    public string Outputs { get; }

    public SlurmFolder Folder { get; }

    /// <summary>Whether each run has a plan by level, or one by type.</summary>
    public bool ByLevel { get; init; } = true;

    public int Runs { get; init; } = 1;

    /// <summary>Chunk jobs of a run.</summary>
    public int Lowers { get; init; } = 2;

    /// <summary>Arguments of all jobs.</summary>
    public string[] More { get; init; } = [];

    /// <summary>Whether combine and upper are followed by a job on the submit host.</summary>
    public bool Untars { get; init; }

    /// <summary>Writes workflow.yml and its catalogs.</summary>
    public SlurmWorld Write()
    {
        var (jobs, after) = (new StringBuilder(), new StringBuilder());
        for (var run = 61001; run < 61001 + Runs; run++)
        {
            AddRun(jobs, after, run);
        }

        File.WriteAllText(
            Path.Combine(Source, "workflow.yml"),
            $"# schema: outsource/workflow/1\n# fingerprint: f00d\npegasus: \"5.0\"\nname: xenonnt\njobs:\n{jobs}jobDependencies:\n{after}"
        );
        var copies = Path.Combine(Source, "payload");
        Directory.CreateDirectory(copies);
        foreach (var (name, from) in Programs())
        {
            File.Copy(Path.Combine(Payload, from), Path.Combine(copies, name), overwrite: true);
        }

        File.WriteAllText(
            Path.Combine(Source, "replicas.yml"),
            "replicas:\n"
                + string.Concat(
                    Programs().Select(p => $"  - lfn: \"{p.Name}\"\n    pfns:\n      - {{site: local, pfn: \"file://{copies}/{p.Name}\"}}\n")
                )
        );
        File.WriteAllText(
            Path.Combine(Source, "transformations.yml"),
            "transformations:\n"
                + string.Concat(
                    new[] { "lower_tpc", "combine_tpc", "upper_tpc", "peaklets", "combine", "events", "untar_tpc" }.Select(n =>
                        $"  - name: \"{n}\"\n    sites:\n      - {{name: local, pfn: \"file://{copies}/process.sh\", type: stageable}}\n"
                    )
                )
        );
        File.WriteAllText(
            Path.Combine(Source, "sites.yml"),
            "sites:\n  - name: condorpool\n    profiles:\n      env:\n        \"RUCIO_ACCOUNT\": \"production\"\n"
        );
        return this;
    }

    /// <summary>Plans it.</summary>
    public SlurmPlanned Plan(SlurmChoice? choice = null) =>
        new SlurmPlanner(new FileSystem()).Write(
            new SlurmOrder(Name, Source, Submit, Outputs, choice ?? Choice) { At = DateTimeOffset.UnixEpoch },
            CancellationToken.None
        );

    /// <summary>Canaries need no container.</summary>
    public static SlurmChoice Choice { get; } =
        new()
        {
            Partition = "lgrandi",
            MemoryOverhead = 0,
            Retries = 2,
            Pause = TimeSpan.FromMilliseconds(50),
        };

    public SubmitOrder Order(SlurmChoice? choice = null) => new(Name, Folder, choice ?? Choice, Environment.UserName);

    /// <summary>The jobs of the plan.</summary>
    public List<SlurmPlanJob> Jobs() => [.. SlurmPlanFile.Read(new FileSystem(), Folder.Plan)];

    public JobMark? Mark(string node) => JobMark.Read(new FileSystem(), Folder.EndMark(node));

    private static IEnumerable<(string Name, string From)> Programs() =>
        [
            ("process.sh", "process.sh"),
            ("payload_common.py", "payload_common.py"),
            ("unpack.py", "unpack.py"),
            ("process.py", "canary/process.py"),
            ("combine.py", "canary/combine.py"),
        ];

    private void AddRun(StringBuilder jobs, StringBuilder after, int run)
    {
        var id = run.ToString("D6", CultureInfo.InvariantCulture);
        var (lower, combine, upper) = ByLevel ? ("lower_tpc", "combine_tpc", "upper_tpc") : ("peaklets", "combine", "events");
        string Asked(string level, string types) =>
            ByLevel ? $"\"--level\", \"{level}\", \"--data-types\", \"{types}\"" : $"\"--data-type\", \"{types.Split(',')[0]}\"";
        var hashes = ", \"--expect-hash\", \"peaklets=aaaaaaaaaa\"" + (ByLevel ? ", \"--expect-hash\", \"lone_hits=aaaaaaaaaa\"" : "");
        List<string> parts = [];
        for (var i = 0; i < Lowers; i++)
        {
            parts.Add($"{id}-peaklets-output-{i:D4}.tar.gz");
            var chunks = $", \"--chunk-start\", \"{2 * i}\", \"--chunk-stop\", \"{2 * i + 2}\"";
            AddJob(jobs, $"{id}-{lower}-{i:D4}", lower, $"{Asked("lower", "peaklets")}{chunks}{hashes}", "process.py", [], parts[^1], run, 1000);
            _ = after.Append($"  - {{id: \"{id}-{lower}-{i:D4}\", children: [\"{id}-{lower}-combine\"]}}\n");
        }

        var stops = string.Join(',', Enumerable.Range(1, Lowers).Select(i => 2 * i));
        var (merged, made) = ($"{id}-peaklets-output.tar.gz", $"{id}-events-output.tar.gz");
        AddJob(jobs, $"{id}-{lower}-combine", combine, $"{Asked("combine", "peaklets")}, \"--chunk-stops\", \"{stops}\"{hashes}", "combine.py", parts, merged, run, 2000);
        _ = after.Append($"  - {{id: \"{id}-{lower}-combine\", children: [\"{id}-{upper}\"]}}\n");
        AddJob(jobs, $"{id}-{upper}", upper, $"{Asked("upper", "events")}, \"--expect-hash\", \"events=bbbbbbbbbb\"", "process.py", [merged], made, run, 3000);
        if (Untars)
        {
            _ = jobs.Append($"  - type: job\n    id: \"{id}-{upper}-untar\"\n    name: \"untar_tpc\"\n    arguments: [\"--tarball\", \"{made}\"]\n")
                .Append($"    stdout: \"untar-{made}.log\"\n    uses:\n      - {{lfn: \"{made}\", type: input}}\n")
                .Append("    profiles:\n      selector:\n        execution.site: \"local\"\n");
            _ = after.Append($"  - {{id: \"{id}-{upper}\", children: [\"{id}-{upper}-untar\"]}}\n");
        }
    }

    private void AddJob(StringBuilder jobs, string id, string name, string asked, string program, List<string> data, string output, int run, int memory)
    {
        var more = string.Concat(More.Select(m => $", \"{m}\""));
        var log = ByLevel ? $", \"--log\", \"logs/{output}.log\"" : "";
        _ = jobs.Append($"  - type: job\n    id: \"{id}\"\n    name: \"{name}\"\n")
            .Append($"    arguments: [\"--run\", \"{run}\", \"--context\", \"xenonnt_v14\", \"--output\", \"{output}\", {asked}{more}{log}]\n    uses:\n");
        foreach (var input in data.Prepend(program).Prepend("payload_common.py"))
        {
            _ = jobs.Append($"      - {{lfn: \"{input}\", type: input}}\n");
        }

        _ = jobs.Append($"      - {{lfn: \"{output}\", type: output, stageOut: {(ByLevel ? "false" : "true")}, registerReplica: true}}\n");
        if (ByLevel)
        {
            _ = jobs.Append($"      - {{lfn: \"logs/{output}.log\", type: output, stageOut: true, registerReplica: true}}\n");
        }

        _ = jobs.Append("    profiles:\n      env:\n        OUTSOURCE_PAYLOAD: \"canary\"\n      condor:\n        request_cpus: \"1\"\n")
            .Append($"        request_memory: \"ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 0, {memory}, (DAGNodeRetry * 0.5 + 1) * {memory})\"\n")
            .Append("        periodic_hold: \"(JobStatus == 1 && (time() - EnteredCurrentStatus) > 21600) || (JobStatus == 2 && (time() - EnteredCurrentStatus) > ")
            .Append("ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 0, 7200, (DAGNodeRetry * 0.5 + 1) * 7200))\"\n");
    }
}
