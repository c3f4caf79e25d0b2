using System.IO.Abstractions;
using System.Text;
using Outsource.Build.Hosting;
using Outsource.Engines.Local;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Tests.Engines.Local;

/// <summary>
/// A written workflow on a real disk, whose jobs are lines of shell, for the local engine. The folder has a blank in its name, as an
/// operator's may.
/// </summary>
internal sealed class LocalFixture : IDisposable
{
    /// <summary>What a job does that makes its outputs.</summary>
    public const string Make = "make";

    private readonly StringBuilder _jobs = new();
    private readonly StringBuilder _links = new();

    public LocalFixture()
    {
        Folder = Directory.CreateTempSubdirectory("outsource local ").FullName;
        Generated = Directory.CreateDirectory(Path.Combine(Folder, "generated", "w")).FullName;
        Submit = Path.Combine(Folder, "runs", "w");
    }

    public string Folder { get; }

    public string Generated { get; }

    /// <summary>The submit directory.</summary>
    public string Submit { get; }

    public string Outputs => Path.Combine(Folder, "outputs");

    public FileSystem Disk { get; } = new();

    public LinuxMachine Machine { get; } = new();

    public string Retries { get; set; } = "1";

    /// <summary>Jobs are canaries, so that any request has room.</summary>
    public bool Canary { get; set; } = true;

    public string Image { get; set; } = "/nowhere/image";

    public SubmitDirectory Directories => new(Disk, Submit);

    public HostEnvironment Host =>
        new()
        {
            Disk = Disk,
            Now = DateTimeOffset.UtcNow,
            Variables = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
            WorkingDirectory = Folder,
            User = "tester",
            Home = Folder,
            HostName = "here",
            DataFolder = Folder,
            DemoWorkDir = Folder,
        };

    /// <summary>Short times.</summary>
    public static LocalPace Pace { get; } =
        new()
        {
            Requests = TimeSpan.FromMilliseconds(50),
            Limits = TimeSpan.FromMilliseconds(50),
            Disk = TimeSpan.FromMilliseconds(50),
            Removal = TimeSpan.Zero,
        };

    /// <summary>The node of a job.</summary>
    public static string NodeOf(string id) => $"{(id.EndsWith("combine", StringComparison.Ordinal) ? "combine" : "peaklets")}_{id}";

    /// <summary>Adds a job.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="command">A line of shell.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="output">Its output.</param>
    /// <param name="more">More lines of its condor profile.</param>
    public LocalFixture Job(string id, string command, string[] inputs, string output, params string[] more)
    {
        _jobs.Append($"  - type: job\n    id: \"{id}\"\n    name: \"{NodeOf(id)[..^(id.Length + 1)]}\"\n");
        _jobs.Append($"    arguments: [{YamlText.Quote(command)}, {YamlText.Quote(output)}, {YamlText.Quote(string.Join(' ', inputs))}]\n");
        _jobs.Append("    uses:\n");
        foreach (var input in inputs)
        {
            _jobs.Append($"      - {{lfn: {YamlText.Quote(input)}, type: input}}\n");
        }

        var result = output.EndsWith("result", StringComparison.Ordinal) ? "true" : "false";
        _jobs.Append($"      - {{lfn: {YamlText.Quote(output)}, type: output, stageOut: {result}, registerReplica: true}}\n");
        _jobs.Append("    profiles:\n");
        if (Canary)
        {
            _jobs.Append("      env:\n        OUTSOURCE_PAYLOAD: \"canary\"\n");
        }

        _jobs.Append("      condor:\n");
        foreach (var line in more.Length > 0 ? more : ["request_cpus: \"1\""])
        {
            _jobs.Append($"        {line}\n");
        }

        return this;
    }

    public LocalFixture Link(string id, string child)
    {
        _links.Append($"\n  - {{id: \"{id}\", children: [\"{child}\"]}}");
        return this;
    }

    /// <summary>Two jobs and one that combines what they make, of one run.</summary>
    public LocalFixture Chain(string run = "061030", string first = Make)
    {
        Job($"{run}-peaklets-0000", first, [], $"{run}-a");
        Job($"{run}-peaklets-0001", Make, ["shared"], $"{run}-b");
        Job($"{run}-peaklets-combine", Make, [$"{run}-a", $"{run}-b"], $"{run}-result");
        return Link($"{run}-peaklets-0000", $"{run}-peaklets-combine");
    }

    public LocalPlan Plan()
    {
        Write();
        return new LocalPlanner(Disk).Plan(Order, null, CancellationToken.None);
    }

    public PlanOrder Order =>
        new(
            Path.Combine(Generated, "workflow.yml"),
            Path.Combine(Generated, "pegasus.properties"),
            "condorpool",
            "local",
            "local",
            Path.GetDirectoryName(Submit)!,
            "w"
        );

    public LocalOutcome Run(LocalOrder? order = null, IProgress<LocalProgress>? progress = null, CancellationToken cancel = default)
    {
        using var runner = LocalRunner.Begin(Host, Machine, Submit, (order ?? new LocalOrder { Slots = 2 }) with { Pace = Pace });
        return runner!.Run(progress, cancel);
    }

    /// <summary>The nodes, as the readers of DAGMan's files see them.</summary>
    public IReadOnlyDictionary<string, NodeStatus> Nodes()
    {
        var replay = new NodeReplay(DagFile.Read(Disk, Directories.Dag), Directories.Rescue);
        if (File.Exists(Directories.NodesLog))
        {
            _ = replay.Read(Disk, Directories.NodesLog, TimeZoneInfo.Local, DateTimeOffset.UtcNow);
        }

        return replay.Nodes.ToDictionary(n => n.Node.Name);
    }

    /// <summary>The events of the nodes' log.</summary>
    public IReadOnlyList<LogEvent> Log() =>
        File.Exists(Directories.NodesLog)
            ? [.. UserLog.Read(Disk, Directories.NodesLog, TimeZoneInfo.Local, DateTimeOffset.UtcNow)]
            : [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes the workflow and its catalogs.</summary>
    public void Write()
    {
        File.WriteAllText(Path.Combine(Generated, "shared"), "shared");
        var program = Path.Combine(Generated, "job.sh");
        File.WriteAllText(
            program,
            "#!/bin/bash\nmake() { echo made; cat $inputs > \"$output\"; echo x >> \"$output\"; }\noutput=$2 inputs=$3\neval \"$1\"\n"
        );
        Text("workflow.yml", $"pegasus: \"5.0\"\nname: xenonnt\njobs:\n{_jobs}jobDependencies:{(_links.Length > 0 ? _links : " []")}\n");
        Text("replicas.yml", $"replicas:\n  - lfn: \"shared\"\n    pfns:\n      - {{site: local, pfn: \"file://{Generated}/shared\"}}\n");
        Text(
            "transformations.yml",
            "transformations:\n"
                + string.Concat(
                    new[] { "peaklets", "combine" }.Select(n =>
                        $"  - name: \"{n}\"\n    sites:\n      - {{name: local, pfn: \"file://{program}\", type: stageable}}\n"
                    )
                )
        );
        Text(
            "sites.yml",
            $"sites:\n  - name: local\n    directories:\n      - type: localStorage\n        path: \"{Outputs}\"\n"
                + $"  - name: condorpool\n    profiles:\n      condor:\n        \"+SingularityImage\": \"\\\"{Image}\\\"\"\n"
                + "      env:\n        \"OF_SITE\": \"yes\"\n"
        );
        Text("pegasus.properties", $"dagman.retry=7\ndagman.retry={Retries}\n");
    }

    private void Text(string name, string text) => File.WriteAllText(Path.Combine(Generated, name), text);
}
