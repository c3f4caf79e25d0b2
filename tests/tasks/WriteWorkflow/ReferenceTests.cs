using System.Globalization;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>
/// The whole host on the reference's inputs, against what the Python original made of them, job by job. What differs by decision
/// (docs/domain.md) is stated here one by one, and nothing else may differ.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
public sealed class ReferenceTests
{
    /// <summary>Jobs that the original makes and we do not: the parent's raw data is missing and nothing is stored.</summary>
    private static readonly string[] WithoutInput =
    [
        "043006-output-events_nv.tar.gz",
        "043010-output-events_nv.tar.gz",
        "043040-output-events_nv.tar.gz",
    ];

    /// <summary>
    /// Jobs that only we make: run 43002 lacks lone_hits and half of what event_info_double stores, but the original's query asks for
    /// peaklets and event_info alone ("data type in the string of the dtypes line", docs/domain.md §6 c) and never looks at the run.
    /// </summary>
    private static readonly string[] HalfStored =
    [
        "043002-output-peaklets-0000.tar.gz",
        "043002-output-peaklets-0001.tar.gz",
        "043002-output-peaklets-0002.tar.gz",
        "043002-peaklets-combined.tar.gz",
        "043002-output-event_info_double.tar.gz",
    ];

    /// <summary>Jobs that only we make with <c>--force</c>: run 43044 is fully processed.</summary>
    private static readonly string[] FullyStored =
    [
        "043044-output-peaklets-0000.tar.gz",
        "043044-output-peaklets-0001.tar.gz",
        "043044-peaklets-combined.tar.gz",
        "043044-output-event_info_double.tar.gz",
        "043044-output-hitlets_nv-0000.tar.gz",
        "043044-output-hitlets_nv-0001.tar.gz",
        "043044-hitlets_nv-combined.tar.gz",
        "043044-output-events_nv.tar.gz",
        "043044-output-events_mv.tar.gz",
    ];

    private static readonly Dictionary<string, string> ScriptOf = new() { ["runstrax.py"] = "process.py", ["combine.py"] = "combine.py" };

    private string _work = "";

    [SetUp]
    public void MakeWorkFolder() => _work = Directory.CreateTempSubdirectory("outsource-reference-").FullName;

    [TearDown]
    public void RemoveWorkFolder() => Directory.Delete(_work, recursive: true);

    private static string Inputs(string file) => Path.Combine(TestContext.CurrentContext.TestDirectory, "reference", "inputs", file);

    private static string Original(string @case, string file) =>
        Path.Combine(TestContext.CurrentContext.TestDirectory, "reference", "original", @case, file);

    private ProgramRun Run(string target, params string[] arguments) =>
        ProgramRun
            .Start(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
                    $"--target={target}",
                    $"--config={Inputs("xenon_config")}",
                    $"--rundb=file:{Inputs("runs.json")}",
                    $"--rucio=file:{Inputs("rucio.json")}",
                    $"--context-file={Inputs("context.json")}",
                    "--context=xenonnt_v14",
                    "--image=2024.02.1",
                    // The original knows tape by its name alone; SURFSARA is tape for the packages of the jobs as well.
                    "--stage",
                    .. arguments,
                ],
                variables: new Dictionary<string, string?>
                {
                    ["OUTSOURCE_WORK"] = _work,
                    ["SOURCE_DATE_EPOCH"] = "1708128000",
                    ["HOME"] = "/home/tester",
                    ["CUTAX_LOCATION"] = null,
                    ["X509_USER_PROXY"] = null,
                }
            )
            .End();

    /// <summary>Runs a case and compares. <paramref name="added"/> are outputs of jobs that only we make.</summary>
    private void Compare(string @case, string name, string[] arguments, string[] dropped, params string[] added)
    {
        var run = Run("WriteWorkflow", arguments);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var ours = CanonicalWorkflow.OfYaml(Path.Combine(_work, "workflows", "generated", name, "workflow.yml")).Jobs;
        var theirs = CanonicalWorkflow.OfReference(Original(@case, "workflow.canon.json")).Jobs;

        Assert.That(theirs.Keys.Except(ours.Keys).Order(), Is.EqualTo(dropped.Order()), "jobs that only the original makes");
        Assert.That(ours.Keys.Except(theirs.Keys).Order(), Is.EqualTo(added.Order()), "jobs that only we make");
        Assert.Multiple(() =>
        {
            foreach (var key in theirs.Keys.Intersect(ours.Keys))
            {
                Compare(key, ours[key], theirs[key], @case == "debug");
            }
        });
    }

    private static void Compare(string key, CanonicalWorkflow.Job ours, CanonicalWorkflow.Job theirs, bool debug)
    {
        Assert.That(ours.Name, Is.EqualTo(theirs.Name), key);
        Assert.That(ours.Outputs, Is.EqualTo(theirs.Outputs), key);
        Assert.That(ours.Parents, Is.EqualTo(theirs.Parents), key);

        // Other names of the scripts, one module that both programs share, and the token for combine, which enters results as well.
        var inputs = theirs
            .Inputs.Select(i => ScriptOf.GetValueOrDefault(i, i))
            .Append("payload_common.py")
            .Concat(theirs.Name == "combine" ? [".dbtoken"] : [])
            .Order(StringComparer.Ordinal);
        Assert.That(ours.Inputs, Is.EqualTo(inputs), key);
        Assert.That(Named(ours.Arguments), Is.EqualTo(Named(theirs)), key);
        Assert.That(ours.Condor["priority"], Is.EqualTo((2250000000 - 1708128000).ToString(CultureInfo.InvariantCulture)), key);
        Assert.That(ours.Condor["requirements"], Is.EqualTo(ours.Condor["requirements"].Trim()), key);
        Assert.That(
            CanonicalWorkflow.Terms(ours.Condor["requirements"]),
            Is.EqualTo(CanonicalWorkflow.Terms(theirs.Condor["requirements"])),
            key
        );
        foreach (var profile in theirs.Condor.Keys.Union(ours.Condor.Keys).Except(["priority", "requirements"]))
        {
            // The memory of combine jobs is combine_memory; the original asks for 1700 MB whatever is configured.
            var expected =
                theirs.Name == "combine" && profile == "request_memory"
                    ? theirs.Condor[profile].Replace("1700", "60000", StringComparison.Ordinal)
                    : theirs.Condor.GetValueOrDefault(profile);
            Assert.That(ours.Condor.GetValueOrDefault(profile), Is.EqualTo(expected), $"{key} {profile}");
        }

        Assert.That(ours.Arguments.Contains("--upload"), Is.EqualTo(!debug), key);
        Assert.That(ours.Arguments.Contains("--update-rundb"), Is.EqualTo(!debug), key);
    }

    /// <summary>What our named arguments say, without flags and hashes.</summary>
    private static string Named(IReadOnlyList<string> arguments) =>
        string.Join(
            ' ',
            arguments
                .Chunk(2)
                .TakeWhile(pair => pair[0] is "--run" or "--context" or "--data-type" or "--output" or "--chunk-start" or "--chunk-stop")
                .Select(pair => $"{pair[0]}={pair[1]}")
        );

    /// <summary>
    /// The same of the original's positional ones: combine is run, type, context, output; the others run, context, type, output, …, chunks.
    /// </summary>
    private static string Named(CanonicalWorkflow.Job job)
    {
        var a = job.Arguments;
        var named =
            job.Name == "combine"
                ? $"--run={a[0]} --context={a[2]} --data-type={a[1]} --output={a[3]}"
                : $"--run={a[0]} --context={a[1]} --data-type={a[2]} --output={a[3]}";
        if (a.Count <= 7)
        {
            return named;
        }

        var chunks = a[7].Split(' ').Select(c => int.Parse(c, CultureInfo.InvariantCulture)).ToList();
        Assert.That(chunks, Is.EqualTo(Enumerable.Range(chunks[0], chunks.Count)));
        return $"{named} --chunk-start={chunks[0]} --chunk-stop={chunks[^1] + 1}";
    }

    [Test]
    public void Should_agree_on_all_runs() =>
        Compare("all", "2024-02-17", [$"--runlist={Inputs("all_runs.txt")}"], WithoutInput, HalfStored);

    [Test]
    public void Should_agree_in_debug() =>
        Compare("debug", "2024-02-17", [$"--runlist={Inputs("all_runs.txt")}", "--debug"], WithoutInput, HalfStored);

    [Test]
    public void Should_agree_on_a_name() =>
        Compare("name", "my_name", [$"--runlist={Inputs("all_runs.txt")}", "--name=my_name"], WithoutInput, HalfStored);

    [Test]
    public void Should_agree_on_a_range() =>
        Compare(
            "range",
            "2024-02-17",
            [$"--runlist={Inputs("all_runs.txt")}", "--from=43010", "--to=43025"],
            ["043010-output-events_nv.tar.gz"]
        );

    [Test]
    public void Should_agree_on_modes() =>
        Compare(
            "mode",
            "2024-02-17",
            [$"--runlist={Inputs("all_runs.txt")}", "--mode=tpc_bkg,tpc_kr83m"],
            ["043040-output-events_nv.tar.gz"],
            HalfStored
        );

    [Test]
    public void Should_agree_on_led_modes() =>
        Compare("led", "2024-02-17", [$"--runlist={Inputs("all_runs.txt")}", "--mode=tpc_pmtap", "--mode=tpc_pmtgain"], []);

    [Test]
    public void Should_agree_on_sources() =>
        Compare(
            "source",
            "2024-02-17",
            [$"--runlist={Inputs("all_runs.txt")}", "--source=kr-83m rn-220"],
            ["043010-output-events_nv.tar.gz"]
        );

    [Test]
    public void Should_agree_when_forced_but_for_what_was_processed_already() =>
        Compare("force", "2024-02-17", [$"--runlist={Inputs("all_runs.txt")}", "--force"], WithoutInput, [.. HalfStored, .. FullyStored]);

    [Test]
    public void Should_write_the_same_bytes_again()
    {
        string[] files =
        [
            "settings.yml",
            "runs.jsonl",
            "ledger.jsonl",
            "unplanned.jsonl",
            "plan.jsonl",
            "plan.yml",
            "workflow.yml",
            "sites.yml",
            "transformations.yml",
            "replicas.yml",
            "pegasus.properties",
            "runlist.txt",
        ];
        Dictionary<string, string> Artifacts()
        {
            Assert.That(Run("WriteWorkflow", "--name=same").ExitCode, Is.Zero);
            var folder = Path.Combine(_work, "workflows", "generated", "same");
            return files.ToDictionary(f => f, f => File.ReadAllText(Path.Combine(folder, f)));
        }

        var first = Artifacts();
        Directory.Delete(Path.Combine(_work, "workflows"), recursive: true);

        Assert.That(Artifacts(), Is.EqualTo(first));
    }
}
