using Outsource.Tests.Build;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>The whole host in a folder of its own, on the inputs of tests/reference-today.</summary>
internal sealed class TodayHost : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("outsource-today-").FullName;

    /// <summary>A file of the plan.</summary>
    public string Generated(string file) => Path.Combine(_work, "workflows", "generated", "ref", file);

    /// <summary>Folder of what the jobs made.</summary>
    public string Outputs => Path.Combine(_work, "workflows", "outputs", "ref");

    /// <summary>A file of the test's own.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_work, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The jobs of the workflow that is written for a case.</summary>
    public Dictionary<string, CanonicalWorkflow.Job> Jobs(TodayCase today, params (string, string)[] others)
    {
        var run = Run("WriteWorkflow", today, others);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return CanonicalWorkflow.OfYaml(Generated("workflow.yml")).Jobs;
    }

    /// <summary>A target on a case, with other keys where a test needs them.</summary>
    public ProgramRun Run(string target, TodayCase today, params (string, string)[] others) =>
        Run(target, today, Arguments(today), others);

    /// <summary>The same with other arguments; a later one wins over those that are always given.</summary>
    public ProgramRun Run(string target, TodayCase today, IEnumerable<string> arguments, params (string, string)[] others)
    {
        var typed = arguments.ToList();
        var config = Write(
            "xenon_config",
            today.Configuration([("user_install_package", "cutax"), ("check_user_install_package", ""), .. others])
        );
        string[] always =
        [
            $"--config={config}",
            $"--rundb=file:{TodayCase.Input("runs.json")}",
            $"--rucio=file:{TodayCase.Input("rucio.json")}",
            $"--context-file={TodayCase.Input("context-description.json")}",
        ];
        return ProgramRun
            .Start(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
                    $"--target={target}",
                    .. always.Where(a => !typed.Exists(t => t.Split('=')[0] == a.Split('=')[0])),
                    .. typed,
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

    /// <summary>The case's arguments as we take them: those of the Python program, but for files and what we do not have.</summary>
    public static IReadOnlyList<string> Arguments(TodayCase today) =>
        today
            .Arguments.Replace("INPUTS/good_runs.txt", TodayCase.Input("good_runs.txt"), StringComparison.Ordinal)
            .Replace("--htcondor", "", StringComparison.Ordinal)
            .Replace("--debug", "", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(new List<string>(), Joined);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_work, recursive: true);

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
}
