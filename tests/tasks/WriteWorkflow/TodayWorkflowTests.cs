using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>
/// The whole host, planning by level, on the inputs of tests/reference-today, against what the Python program of today made of them, job by
/// job. What differs by decision is stated here one by one, and nothing else may differ.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed partial class TodayWorkflowTests
{
    /// <summary>Runs whose chunks are listed in another order than that of their numbers: there the sizes land on wrong chunks.</summary>
    private static readonly int[] OutOfOrder = [53003, 53009, 53012, 53017, 53024];

    /// <summary>Runs without raw data of all three detectors, which the Python program leaves out when all are asked for.</summary>
    private static readonly int[] OfFewerDetectors = [53009, 53010, 53011, 53012, 53013, 53014, 53016, 53017, 53018, 53019];

    private readonly string _work = Directory.CreateTempSubdirectory("outsource-today-").FullName;

    [TearDown]
    public void RemoveWorkFolder() => Directory.Delete(_work, recursive: true);

    [TestCase("tpc")]
    [TestCase("all-detectors")]
    [TestCase("muon-veto")]
    [TestCase("rough-disk")]
    [TestCase("led")]
    [TestCase("site-only")]
    [TestCase("us-and-eu")]
    [TestCase("stage-out")]
    [TestCase("long-name")]
    [TestCase("no-per-chunk")]
    public void Should_agree_job_by_job(string name)
    {
        var today = TodayCase.All[name];
        var ours = Jobs(today);
        var added = name is "all-detectors" or "stage-out" ? OfFewerDetectors : [];
        var theirs = today
            .Jobs.Where(j => DetectorOf(today) is not { } d || j.Name.EndsWith(d, StringComparison.Ordinal))
            .ToDictionary(j => j.Output);

        Assert.That(theirs.Keys.Except(ours.Keys), Is.Empty, "jobs that only the Python program makes");
        Assert.That(ours.Keys.Except(theirs.Keys).Where(k => !added.Contains(RunOf(k))), Is.Empty, "jobs that only we make");
        Assert.Multiple(() =>
        {
            foreach (var (key, job) in theirs)
            {
                Compare(key, ours[key], job, name);
            }
        });
    }

    /// <summary>Levels, groups, memory and disk, with chunks in the order of their numbers, for every run and detector of the case.</summary>
    [TestCase("tpc")]
    [TestCase("all-detectors")]
    [TestCase("muon-veto")]
    [TestCase("rough-disk")]
    [TestCase("led")]
    [TestCase("long-name")]
    [TestCase("no-per-chunk")]
    [TestCase("stage-out")]
    public void Should_predict_what_jobs_need(string name)
    {
        var today = TodayCase.All[name];
        _ = Jobs(today);
        var lines = File.ReadLines(Generated("plan.jsonl"))
            .Skip(1)
            .Select(l => JsonDocument.Parse(l).RootElement)
            .ToLookup(l => (l.GetProperty("run").GetInt32(), l.GetProperty("detector").GetString()!));
        var compared = 0;
        foreach (var line in TodayCase.Model.Where(m => m.GetProperty("cases").EnumerateArray().Any(c => c.GetString() == name)))
        {
            var (run, detector) = (line.GetProperty("run").GetInt32(), line.GetProperty("detector").GetString()!);
            if (DetectorOf(today) is { } only && only != detector)
            {
                continue;
            }

            compared++;
            Assert.Multiple(() => CompareLevels(line, [.. lines[(run, detector)]], $"{run} {detector}"));
        }

        Assert.That(compared, Is.GreaterThan(0));
    }

    [Test]
    public void Should_make_exactly_what_is_missing()
    {
        var ours = Jobs(TodayCase.All["skip-processed"]);
        string Jobs2(int run) => string.Join(' ', ours.Where(j => RunOf(j.Key) == run).Select(j => j.Value.Name).Distinct().Order());

        Assert.Multiple(() =>
        {
            Assert.That((Jobs2(53005), Jobs2(53019)), Is.EqualTo(("", "")), "everything is stored");
            Assert.That(Jobs2(53008), Is.EqualTo("upper_tpc"), "the lower level is stored");
            Assert.That(Jobs2(53006), Is.EqualTo("combine_tpc lower_tpc upper_tpc"));
            Assert.That(Jobs2(53007), Is.EqualTo("combine_tpc lower_tpc upper_tpc"), "stored with other hashes");
            Assert.That(ours.Keys.Select(RunOf).Distinct().Count(), Is.EqualTo(19));
        });
        var upper = ours.Single(j => RunOf(j.Key) == 53006 && j.Value.Name == "upper_tpc").Value;
        Assert.That(
            upper.Arguments.Where(a => a.Contains('=', StringComparison.Ordinal)).Select(a => a.Split('=')[0]),
            Has.Member("event_ambience").And.No.Member("merged_s2s"),
            "strax is told to store what is missing alone"
        );
    }

    [Test]
    public void Should_upload_and_enter_what_a_run_lacks()
    {
        var ours = Jobs(TodayCase.All["upload"], ("user_install_package", "cutax"));

        Assert.That(ours.Values.Select(j => j.Name).Distinct(), Has.Member("lower_tpc").And.Member("upper_neutron_veto"));
        Assert.That(
            ours.Values.Where(j => j.Name != "lower_tpc"),
            Has.All.Matches<CanonicalWorkflow.Job>(j => j.Arguments.Contains("--upload") && j.Arguments.Contains("--update-rundb"))
        );
        Assert.That(
            ours.Values.Where(j => j.Name == "lower_tpc"),
            Has.All.Matches<CanonicalWorkflow.Job>(j => !j.Arguments.Contains("--upload")),
            "parts are uploaded once they are merged"
        );
    }

    [Test]
    public void Should_draw_five_runs()
    {
        var ours = Jobs(TodayCase.All["sample"]);

        Assert.That(ours.Keys.Select(RunOf).Distinct().Count(), Is.EqualTo(5));
        Assert.That(ours.Values.Select(j => j.Condor["request_memory"]), Has.All.Match("^[0-9]+$"), "no growth");
    }

    private static void Compare(string key, CanonicalWorkflow.Job ours, TodayJob theirs, string name)
    {
        Assert.That(ours.Name, Is.EqualTo(theirs.Name), key);
        Assert.That(ours.Parents, Is.EqualTo(theirs.Parents), key);
        if (theirs.Name.StartsWith("untar", StringComparison.Ordinal))
        {
            return;
        }

        // Logs go to a folder of their own.
        Assert.That(
            ours.Outputs.Where(o => o.StageOut).Select(o => o.File.Replace("logs/", "", StringComparison.Ordinal)),
            Is.EquivalentTo(theirs.StagedOut),
            key
        );
        Assert.That(ours.Condor["priority"], Is.EqualTo("498672000"), key);
        Assert.That(ours.Condor["request_cpus"], Is.EqualTo("1"), key);
        foreach (var (profile, value) in theirs.Condor)
        {
            if (profile is "request_memory" or "request_disk" && OutOfOrder.Contains(theirs.Run))
            {
                continue;
            }

            var mine = ours.Condor.GetValueOrDefault(profile);
            if (profile == "requirements" && name != "us-and-eu")
            {
                Assert.That(CanonicalWorkflow.Terms(mine!), Is.EqualTo(CanonicalWorkflow.Terms(value!)), $"{key} {profile}");
            }
            else if (profile == "requirements")
            {
                CompareChoice(key, mine!, value!);
            }
            else
            {
                Assert.That(mine, Is.EqualTo(value), $"{key} {profile}");
            }
        }
    }

    /// <summary>Where there are two choices of sites, the Python program forgets the parentheses around them (T12).</summary>
    private static void CompareChoice(string key, string ours, string theirs)
    {
        var choices = Clause().Matches(theirs).Select(m => m.Value).ToHashSet();
        Assert.That(Clause().Matches(ours).Select(m => m.Value), Is.EquivalentTo(choices), key);
        Assert.That(CanonicalWorkflow.Terms(ours), Does.StartWith("(").Or.Contain("GLIDEIN_Site =!="), key);
        Assert.That(ours, choices.Contains("\"US\"") ? Does.Contain("|| GLIDEIN_Country == \"US\") &&") : Does.Not.Contain("\"US\""), key);
    }

    private static void CompareLevels(JsonElement model, IReadOnlyList<JsonElement> lines, string subject)
    {
        static double[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];
        static IEnumerable<string> Texts(JsonElement json, string name) =>
            json.GetProperty(name).EnumerateArray().Select(t => t.GetString()!);
        static string Groups(JsonElement json) => json.GetProperty("groups").GetRawText().Replace(" ", "", StringComparison.Ordinal);
        var lower = lines.SingleOrDefault(l => l.GetProperty("level").GetString() == "lower");
        var upper = lines.SingleOrDefault(l => l.GetProperty("level").GetString() == "upper");
        Assert.That(lower.ValueKind == JsonValueKind.Object ? Texts(lower, "types") : [], Is.EqualTo(Texts(model, "lower_types")), subject);
        Assert.That(upper.ValueKind == JsonValueKind.Object ? Texts(upper, "types") : [], Is.EqualTo(Texts(model, "upper_types")), subject);
        if (lower.ValueKind == JsonValueKind.Object)
        {
            var (first, combine) = (lower.GetProperty("attempts")[0], lower.GetProperty("combine").GetProperty("attempts")[0]);
            Assert.That(Groups(lower), Is.EqualTo(Groups(model)), subject);
            Assert.That(Numbers(first, "memory"), Is.EqualTo(Numbers(model, "memory").Select(Math.Floor)), subject);
            Assert.That(Numbers(first, "disk_kb"), Is.EqualTo(Numbers(model, "disk").Select(Kilobytes)).Within(1), subject);
            Assert.That(Numbers(combine, "memory")[0], Is.EqualTo(Math.Floor(Numbers(model, "combine")[0])), subject);
            Assert.That(Numbers(combine, "disk_kb")[0], Is.EqualTo(Kilobytes(Numbers(model, "combine")[1])).Within(1), subject);
        }

        if (upper.ValueKind == JsonValueKind.Object)
        {
            var first = upper.GetProperty("attempts")[0];
            Assert.That(Numbers(first, "memory")[0], Is.EqualTo(Math.Floor(Numbers(model, "upper")[0])), subject);

            // A type that strax stores if it is the target is stored, and has its disk (T14).
            var disk = Kilobytes(Numbers(model, "upper")[1]);
            var more = Texts(upper, "types").Contains("event_ms_naive");
            Assert.That(Numbers(first, "disk_kb")[0], more ? Is.InRange(disk, disk * 1.01) : Is.EqualTo(disk).Within(1), subject);
        }
    }

    private static double Kilobytes(double megabytes) => Math.Floor(megabytes * 1000);

    private Dictionary<string, CanonicalWorkflow.Job> Jobs(TodayCase today, params (string, string)[] others)
    {
        var run = Run("WriteWorkflow", today, others);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return CanonicalWorkflow.OfYaml(Generated("workflow.yml")).Jobs;
    }

    private string Generated(string file) => Path.Combine(_work, "workflows", "generated", "ref", file);

    private ProgramRun Run(string target, TodayCase today, (string, string)[] others)
    {
        var config = Path.Combine(_work, "xenon_config");
        File.WriteAllText(config, today.Configuration([("user_install_package", "cutax"), ("check_user_install_package", ""), .. others]));
        return ProgramRun
            .Start(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
                    $"--target={target}",
                    $"--config={config}",
                    $"--rundb=file:{TodayCase.Input("runs.json")}",
                    $"--rucio=file:{TodayCase.Input("rucio.json")}",
                    $"--context-file={TodayCase.Input("context-description.json")}",
                    .. Arguments(today),
                ],
                variables: new Dictionary<string, string?>
                {
                    ["OUTSOURCE_WORK"] = _work,
                    ["SOURCE_DATE_EPOCH"] = "1751328000",
                    ["HOME"] = "/home/tester",
                    ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath),
                    ["CUTAX_LOCATION"] = null,
                    ["X509_USER_PROXY"] = null,
                }
            )
            .End();
    }

    /// <summary>The case's arguments as we take them: those of the Python program but for files, and for what we have no other way of.</summary>
    private static IEnumerable<string> Arguments(TodayCase today) =>
        today
            .Arguments.Replace("INPUTS/good_runs.txt", TodayCase.Input("good_runs.txt"), StringComparison.Ordinal)
            .Replace("--htcondor", "", StringComparison.Ordinal)
            .Replace("--debug", "", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(new List<string>(), Joined);

    /// <summary>Several runs are one value of ours.</summary>
    private static List<string> Joined(List<string> words, string word)
    {
        if (words is [.., var last] && int.TryParse(word, out _) && int.TryParse(last.Split(',')[0], out _))
        {
            words[^1] = $"{last},{word}";
        }
        else
        {
            words.Add(word);
        }

        return words;
    }

    private static string? DetectorOf(TodayCase today) =>
        today.Arguments.Split(' ') is var words && Array.IndexOf(words, "--detector") is var at and >= 0 ? words[at + 1] : null;

    private static int RunOf(string output) =>
        int.Parse(output.Replace("logs/", "", StringComparison.Ordinal).Replace("untar-", "", StringComparison.Ordinal)[..6], CultureInfo.InvariantCulture);

    [GeneratedRegex("""(?<=GLIDEIN_Country == )"[A-Z]+"|(?<=GLIDEIN_Site =!= )"[^"]+"|PORT_[0-9]+|HAS_[A-Za-z_]+""")]
    private static partial Regex Clause();
}
