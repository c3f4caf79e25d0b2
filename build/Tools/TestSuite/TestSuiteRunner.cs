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

    /// <summary>No timeout.</summary>
    protected override TimeSpan? DefaultTimeout => null;

    /// <summary>Runs the tests.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="messages">Shows failures as they come.</param>
    /// <param name="before">Number of tests of the last run, or null.</param>
    /// <returns>The output, and the exit code of <c>dotnet</c>. Failed tests are not an exception: their count is reported first.</returns>
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

                // After a failed test come its message and position; the rest is not needed.
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
            // A line for each test, for the count; the results have the reasons of failed or skipped tests.
            .Append("--logger")
            .AppendQuoted("console;verbosity=normal")
            .Append("--results-directory")
            .AppendQuoted(settings.Results.MakeAbsolute(environment).FullPath)
            // No process may be left running after the tests.
            .Append("-nodeReuse:false")
            .Append("-p:UseSharedCompilation=false");
        return settings.Filter is { } filter ? arguments.Append("--filter").AppendQuoted(filter) : arguments;
    }

    protected override string GetToolName() => "dotnet test";

    protected override IEnumerable<string> GetToolExecutableNames() => ["dotnet", "dotnet.exe"];

    [GeneratedRegex(@"^  (Passed|Failed|Skipped) \S.* \[[^\]]+\]$")]
    private static partial Regex Ended();
}
