using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Build.Tools.TestSuite;

/// <summary>Runs a test project with <c>dotnet test</c>.</summary>
public sealed class TestSuiteRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : Tool<TestSuiteSettings>(fileSystem, environment, processRunner, tools)
{
    private readonly ICakeEnvironment _environment = environment;
    private int _exitCode;

    /// <summary>Runs the tests; their output goes to the operator as it comes.</summary>
    /// <returns>The exit code of <c>dotnet</c>. Failed tests are no exception: their count is told first.</returns>
    public int Run(TestSuiteSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Run(settings, Arguments(settings, _environment));
        return _exitCode;
    }

    /// <summary>The argument vector.</summary>
    internal static ProcessArgumentBuilder Arguments(TestSuiteSettings settings, ICakeEnvironment environment) => new ProcessArgumentBuilder()
        .Append("test")
        .AppendQuoted(settings.Project.MakeAbsolute(environment).FullPath)
        .Append("--nologo")
        .Append("--verbosity")
        .Append("quiet")
        .Append("--logger")
        .AppendQuoted($"trx;LogFileName={settings.ResultsFile}")
        .Append("--results-directory")
        .AppendQuoted(settings.Results.MakeAbsolute(environment).FullPath)
        // Nothing is to run on when the tests have ended.
        .Append("-nodeReuse:false")
        .Append("-p:UseSharedCompilation=false");

    protected override string GetToolName() => "dotnet test";

    protected override IEnumerable<string> GetToolExecutableNames() => ["dotnet", "dotnet.exe"];

    protected override void ProcessExitCode(int exitCode) => _exitCode = exitCode;
}
