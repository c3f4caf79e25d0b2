using Cake.Core.IO;
using Cake.Frosting;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;
using Outsource.Settings.Options;

namespace Outsource.Build.Tasks;

[TaskName(nameof(Target.Test))]
[TaskDescription("Run the tests of the checkout")]
public sealed class TestTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = new TestSuiteSettings
        {
            Project = context.Environment.WorkingDirectory.CombineWithFilePath("tests/Tests.csproj"),
            Filter = TestFilter.Of(context.Request.Invocation.Options),
            Results = context.Environment.WorkingDirectory.Combine(".outsource/test-results"),
        };
        if (!context.FileSystem.Exist(settings.Project))
        {
            throw new UsageException(
                $"There are no tests at '{settings.Project.FullPath}': run this task in a checkout, with its build.sh."
            );
        }

        var messages = context.Request.Messages;
        var file = settings.Results.CombineWithFilePath(settings.ResultsFile);
        var before = TestSuiteResults.Take(context.FileSystem, file);
        var runner = new TestSuiteRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools);
        var counted = before is null && settings.Filter is null ? runner.Count(settings, messages) : null;
        settings.IsBuilt = counted is not null;
        var said = runner.Run(settings, messages, before?.All ?? counted);
        var results =
            TestSuiteResults.Find(context.FileSystem, file)
            ?? throw new OutsourceException(
                $"dotnet test ended without results. Its output:\n{string.Join('\n', said.Out.Concat(said.Error))}".TrimEnd(),
                ExitCodes.OfTool(said.ExitCode)
            );
        foreach (var (name, reason) in results.Skipped)
        {
            messages.Result($"skipped: {name}: {reason}");
        }

        foreach (var (name, message) in results.Failures)
        {
            messages.Result($"failed: {name}: {message}");
        }

        messages.Result(results.Totals);
        if (said.ExitCode != 0 || results.Failed > 0)
        {
            throw new OutsourceException("The tests failed; see above which and why.", ExitCodes.OfTool(said.ExitCode));
        }
    }
}
