using Cake.Core.IO;
using Cake.Frosting;
using Outsource.Build.Tools.TestSuite;
using Outsource.Errors;

namespace Outsource.Build.Tasks;

[TaskName(nameof(Test))]
[TaskDescription("Run the tests of the checkout")]
public sealed class Test : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = new TestSuiteSettings
        {
            Project = context.Environment.WorkingDirectory.CombineWithFilePath("tests/Tests.csproj"),
            Results = context.Environment.WorkingDirectory.Combine(".outsource/test-results"),
        };
        if (!context.FileSystem.Exist(settings.Project))
        {
            throw new UsageException($"There are no tests at '{settings.Project.FullPath}': run this task in a checkout, with its build.sh.");
        }

        // What an earlier run left must not be taken for the result of this one.
        var path = settings.Results.CombineWithFilePath(settings.ResultsFile);
        if (context.FileSystem.Exist(path))
        {
            context.FileSystem.GetFile(path).Delete();
        }

        var exitCode = new TestSuiteRunner(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools).Run(settings);
        if (!context.FileSystem.Exist(path))
        {
            throw new OutsourceException("dotnet test ended without results; what it said above tells why.", Math.Clamp(exitCode, ExitCode.Failed, 125));
        }

        using var trx = context.FileSystem.GetFile(path).OpenRead();
        var results = TestSuiteResults.Read(trx);
        foreach (var (name, reason) in results.Skipped)
        {
            context.Request.Messages.Note($"skipped: {name}: {reason}");
        }

        foreach (var (name, message) in results.Failures)
        {
            context.Request.Messages.Note($"failed: {name}: {message}");
        }

        context.Request.Messages.Note(results.Totals);
        if (exitCode != 0 || results.Failed > 0)
        {
            throw new OutsourceException("The tests failed; what is above tells which and why.", Math.Clamp(exitCode, ExitCode.Failed, 125));
        }
    }
}
