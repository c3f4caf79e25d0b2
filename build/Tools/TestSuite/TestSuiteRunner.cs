using System.Text.RegularExpressions;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;
using Outsource.Foundation.Machine;

namespace Outsource.Build.Tools.TestSuite;

/// <summary>Runs a test project with <c>dotnet test</c>.</summary>
public sealed partial class TestSuiteRunner(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : CapturingTool<TestSuiteSettings>(fileSystem, environment, processRunner, tools)
{
    private readonly ICakeEnvironment _environment = environment;

    /// <summary>As long as they take.</summary>
    protected override TimeSpan? DefaultTimeout => null;

    /// <summary>Runs the tests.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="messages">Where failures go as they come.</param>
    /// <param name="before">How many there were the last time, or null.</param>
    /// <returns>What it said, and the exit code of <c>dotnet</c>. Failed tests are no exception: their count is told first.</returns>
    public CommandOutput Run(TestSuiteSettings settings, IOperatorLog messages, int? before)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(messages);
        using var progress = messages.Progress("tests", before);
        var failing = false;
        return Capture(
            settings,
            Arguments(settings, _environment),
            line =>
            {
                if (Ended().Match(line) is { Success: true } test)
                {
                    progress.Advance();
                    failing = test.Groups[1].Value == "Failed";
                }

                // What follows a failed test is its message and where it failed; the rest is talk.
                if (failing)
                {
                    messages.Note(line);
                }
                else
                {
                    messages.Detail(line);
                }
            }
        );
    }

    /// <summary>The argument vector.</summary>
    internal static ProcessArgumentBuilder Arguments(TestSuiteSettings settings, ICakeEnvironment environment)
    {
        var arguments = new ProcessArgumentBuilder()
            .Append("test")
            .AppendQuoted(settings.Project.MakeAbsolute(environment).FullPath)
            .Append("--nologo")
            .Append("--verbosity")
            .Append("quiet")
            .Append("--logger")
            .AppendQuoted($"trx;LogFileName={settings.ResultsFile}")
            // A line for each test, to be counted; why one failed or was skipped is in the results.
            .Append("--logger")
            .AppendQuoted("console;verbosity=normal")
            .Append("--results-directory")
            .AppendQuoted(settings.Results.MakeAbsolute(environment).FullPath)
            // Nothing is to run on when the tests have ended.
            .Append("-nodeReuse:false")
            .Append("-p:UseSharedCompilation=false");
        return settings.Filter is { } filter ? arguments.Append("--filter").AppendQuoted(filter) : arguments;
    }

    protected override string GetToolName() => "dotnet test";

    protected override IEnumerable<string> GetToolExecutableNames() => ["dotnet", "dotnet.exe"];

    [GeneratedRegex(@"^  (Passed|Failed|Skipped) \S.* \[[^\]]+\]$")]
    private static partial Regex Ended();
}
