using Outsource.Tests.Build;

namespace Outsource.Tests.Fixtures;

/// <summary>The real host on the embedded demo, with a work_dir and a home folder of its own that go with the test.</summary>
internal sealed class DemoRun : IDisposable
{
    public DemoRun()
    {
        Folder = Directory.CreateTempSubdirectory("outsource demo ").FullName;
        Home = Directory.CreateDirectory(Path.Combine(Folder, "home")).FullName;
        WorkDir = Path.Combine(Folder, "work");
    }

    public string Folder { get; }

    public string Home { get; }

    public string WorkDir { get; }

    public string Generated(string name) => Path.Combine(WorkDir, "generated", name);

    /// <summary>Runs the host with arguments as typed.</summary>
    public ProgramRun Run(params string[] arguments) => Start("dotnet", Host(arguments));

    /// <summary>Runs a shell's script, for which <c>"$@"</c> is the host with arguments as typed.</summary>
    public ProgramRun Shell(string script, params string[] arguments) =>
        Start("bash", ["-c", script, "bash", "dotnet", .. Host(arguments)]);

    private static string[] Host(string[] arguments) => [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. arguments];

    private ProgramRun Start(string program, string[] arguments) =>
        ProgramRun
            .Start(
                program,
                arguments,
                Folder,
                new Dictionary<string, string?>
                {
                    ["OUTSOURCE_DEMO"] = WorkDir,
                    ["HOME"] = Home,
                    ["SOURCE_DATE_EPOCH"] = "1747224000",
                    ["X509_USER_PROXY"] = null,
                    ["CUTAX_LOCATION"] = null,
                    ["CONDA_PREFIX"] = null,
                }
            )
            .End();

    /// <summary>Writes a file below the test's folder and gives its path.</summary>
    public string File(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
