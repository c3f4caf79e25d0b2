using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;
using YamlDotNet.RepresentationModel;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// Every job of a written workflow of a plan by level, run here one after the other as the grid would run it: each in a directory of its
/// own, with its inputs by name, its arguments and its environment. The jobs are canaries.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class LevelJobsTests
{
    /// <summary>The value of a variable of the machine on which a job runs.</summary>
    private const string Secret = "nobody-may-read-this";

    private readonly DemoRun _demo = new();
    private readonly Dictionary<string, string> _files = [];

    [TearDown]
    public void RemoveFolder() => _demo.Dispose();

    [Test]
    public void Should_lead_from_chunks_to_unpacked_results()
    {
        var config = Path.Combine(AppContext.BaseDirectory, "demo", "xenon_config_by_level");
        var run = _demo.Run(
            "--target=WriteWorkflow",
            "--name=c",
            "--payload=canary",
            "--run=61030",
            "--stage-out=combine,upper",
            $"--config={config}"
        );
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var folder = _demo.Generated("c");
        var workflow = Yaml(Path.Combine(folder, "workflow.yml"));
        foreach (var replica in Items(Yaml(Path.Combine(folder, "replicas.yml")), "replicas"))
        {
            _files[Text(replica, "lfn")] = PlaceOf(Items(replica, "pfns")[0]);
        }

        var programs = Items(Yaml(Path.Combine(folder, "transformations.yml")), "transformations")
            .ToDictionary(t => Text(t, "name"), t => PlaceOf(Items(t, "sites")[0]));
        var parents = Items(workflow, "jobDependencies")
            .SelectMany(d => ((YamlSequenceNode)d["children"]).Select(c => (Child: c.ToString(), Parent: Text(d, "id"))))
            .ToLookup(d => d.Child, d => d.Parent);
        var jobs = Items(workflow, "jobs").ToDictionary(j => Text(j, "id"));
        var done = new List<string>();
        while (jobs.FirstOrDefault(j => !done.Contains(j.Key) && parents[j.Key].All(done.Contains)) is { Key: { } id, Value: { } job })
        {
            RunJob(id, job, programs[Text(job, "name")]);
            done.Add(id);
        }

        Assert.That(done, Is.EquivalentTo(jobs.Keys));
        Assert.That(jobs.Values.Select(j => Text(j, "name")).Distinct(), Has.Member("lower_tpc").And.Member("untar_tpc"));
        var unpacked = Directory
            .EnumerateDirectories(Path.Combine(_demo.WorkDir, "outputs", "c", "strax_data_osg"))
            .Select(d => Path.GetFileName(d).Split('-')[1])
            .ToList();
        Assert.That(unpacked, Is.SupersetOf(new[] { "peaklets", "lone_hits", "veto_regions", "event_basics", "event_info" }));
        Assert.That(_files.Keys.Where(f => f.StartsWith("logs/", StringComparison.Ordinal)), Is.Not.Empty, "what jobs print is kept");
    }

    private void RunJob(string id, YamlMappingNode job, string program)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_demo.Folder, id)).FullName;
        foreach (var input in Uses(job, "input"))
        {
            File.Copy(_files[input], Path.Combine(folder, input));
        }

        var copy = Path.Combine(folder, Path.GetFileName(program));
        File.Copy(program, copy, overwrite: true);
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var variables = new Dictionary<string, string?> { ["HOME"] = folder, ["SOME_PASSWORD"] = Secret };
        var profiles = (YamlMappingNode)job["profiles"];
        if (profiles.Children.TryGetValue("env", out var environment))
        {
            foreach (var (name, value) in ((YamlMappingNode)environment).Children)
            {
                variables[name.ToString()] = value.ToString();
            }
        }

        var run = ProgramRun
            .Start(copy, [.. ((YamlSequenceNode)job["arguments"]).Select(a => a.ToString())], folder, variables)
            .End();
        Assert.That(run.ExitCode, Is.Zero, $"{id}\n{run.Out}{run.Error}");
        Assert.That(run.Out + run.Error, Does.Not.Contain(Secret), $"{id} shows its environment");
        if (job.Children.TryGetValue("stdout", out var log))
        {
            File.WriteAllText(Path.Combine(folder, log.ToString()), run.Out);
        }

        foreach (var output in Uses(job, "output"))
        {
            Assert.That(File.Exists(Path.Combine(folder, output)), $"{id} leaves {output}");
            if (output.EndsWith(".log", StringComparison.Ordinal))
            {
                Assert.That(File.ReadAllText(Path.Combine(folder, output)), Does.Not.Contain(Secret), output);
            }

            _files[output] = Path.Combine(folder, output);
        }
    }

    private static IEnumerable<string> Uses(YamlMappingNode job, string type) =>
        Items(job, "uses").Where(u => Text(u, "type") == type).Select(u => Text(u, "lfn"));

    private static string PlaceOf(YamlMappingNode node) => Text(node, "pfn")["file://".Length..];

    private static List<YamlMappingNode> Items(YamlMappingNode node, string key) =>
        [.. ((YamlSequenceNode)node[key]).Cast<YamlMappingNode>()];

    private static string Text(YamlMappingNode node, string key) => node[key].ToString();

    private static YamlMappingNode Yaml(string path)
    {
        var stream = new YamlStream();
        using var text = File.OpenText(path);
        stream.Load(text);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }
}
