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

    /// <summary>Builds the tests and counts them. Takes seconds; a filter has no effect on it.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="messages">Shows that it waits.</param>
    /// <returns>Their number; null: they cannot be listed, and running them says why.</returns>
    public int? Count(TestSuiteSettings settings, IOperatorLog messages)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(messages);
        using var waiting = messages.Waiting("the build and the list of the tests");
        var listed = Capture(settings, WithoutRest(Common(settings, _environment).Append("--list-tests")));
        return listed.ExitCode == 0 && listed.Out.Count(l => l.StartsWith("    ", StringComparison.Ordinal)) is > 0 and var count
            ? count
            : null;
    }

    /// <summary>Runs the tests.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="messages">Shows failures as they come.</param>
    /// <param name="total">Number of tests, or null: unknown.</param>
    /// <returns>The output, and the exit code of <c>dotnet</c>. Failed tests are not an exception: their count is reported first.</returns>
    public CommandOutput Run(TestSuiteSettings settings, IOperatorLog messages, int? total)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(messages);
        // Nothing is counted before the first test has ended: until then the tests are built.
        using var progress = new FirstThenCounted(messages, "the build of the tests", "tests", total);
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
        var arguments = Common(settings, environment)
            .Append("--logger")
            .AppendQuoted($"trx;LogFileName={settings.ResultsFile}")
            // A line for each test, for the count; the results have the reasons of failed or skipped tests.
            .Append("--logger")
            .AppendQuoted("console;verbosity=normal")
            .Append("--results-directory")
            .AppendQuoted(settings.Results.MakeAbsolute(environment).FullPath);
        _ = WithoutRest(arguments);
        if (settings.IsBuilt)
        {
            _ = arguments.Append("--no-build");
        }

        return settings.Filter is { } filter ? arguments.Append("--filter").AppendQuoted(filter) : arguments;
    }

    private static ProcessArgumentBuilder Common(TestSuiteSettings settings, ICakeEnvironment environment) =>
        new ProcessArgumentBuilder()
            .Append("test")
            .AppendQuoted(settings.Project.MakeAbsolute(environment).FullPath)
            .Append("--nologo")
            .Append("--verbosity")
            .Append("quiet");

    /// <summary>No process may be left running after the tests.</summary>
    private static ProcessArgumentBuilder WithoutRest(ProcessArgumentBuilder arguments) =>
        arguments.Append("-nodeReuse:false").Append("-p:UseSharedCompilation=false");

    protected override string GetToolName() => "dotnet test";

    protected override IEnumerable<string> GetToolExecutableNames() => ["dotnet", "dotnet.exe"];

    [GeneratedRegex(@"^  (Passed|Failed|Skipped) \S.* \[[^\]]+\]$")]
    private static partial Regex Ended();
}
