using Cake.Core;
using Cake.Frosting;
using Outsource.Build.Hosting;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Build.Hosting;

/// <summary>The host in this process, with tasks that end in every way: exit codes and what is said.</summary>
[Category(TestFilter.Program)]
[TestFixture]
[NonParallelizable]
internal sealed class EndingTests
{
    [Test]
    public void Should_EndWithZero_If_TaskEndsWell() =>
        Assert.That(Run("--target=EndWell"), Is.EqualTo(new ProgramRun(0, "all is well\n", "")));

    [Test]
    public void Should_HeadOnlyTasksThatWork_If_TargetIsAggregate() =>
        Assert.That(Run("--target=EndGathered"), Is.EqualTo(new ProgramRun(0, "all is well\n", "")));

    [Test]
    public void Should_TellEachFaultOnce_If_Misconfigured() =>
        Assert.That(
            Run("--target=EndMisconfigured"),
            Is.EqualTo(new ProgramRun(2, "", "Error: /c:3: a is wrong.\nError: /c:5: b is wrong.\n"))
        );

    [Test]
    public void Should_EndWithThree_If_NothingToDo() =>
        Assert.That(Run("--target=EndIdle"), Is.EqualTo(new ProgramRun(3, "", "Error: No run is left.\n")));

    [Test]
    public void Should_StopThere_If_DependencyFails() =>
        Assert.That(Run("--target=EndAfterFailure"), Is.EqualTo(new ProgramRun(3, "", "Error: No run is left.\n")));

    [Test]
    public void Should_RunTargetAlone_If_Exclusive() =>
        Assert.That(Run("--target=EndAfterFailure", "--exclusive"), Is.EqualTo(new ProgramRun(0, "must not be reached\n", "")));

    [Test]
    public void Should_EndWithToolsCode_If_ToolFails() =>
        Assert.That(
            Run("--target=EndByTool"),
            Is.EqualTo(new ProgramRun(17, "", "Error: pegasus-plan: Process returned an error (exit code 17).\n"))
        );

    [Test]
    public void Should_StayBelowShellsOwnCodes_If_ToolIsKilled() => Assert.That(Run("--target=EndByKilledTool").ExitCode, Is.EqualTo(125));

    [Test]
    public void Should_EndWithOne_If_AsynchronousTaskFails() =>
        Assert.That(Run("--target=EndAsynchronously"), Is.EqualTo(new ProgramRun(1, "", "Error: The RunDB does not answer.\n")));

    [Test]
    public void Should_SayHowToLearnMore_If_Unforeseen() =>
        Assert.That(
            Run("--target=EndUnforeseen"),
            Is.EqualTo(
                new ProgramRun(
                    1,
                    "",
                    "Error: Sequence contains no elements (InvalidOperationException). This is an unexpected error; run again with "
                        + "--verbosity=diagnostic for the details.\n"
                )
            )
        );

    [Test]
    public void Should_ShowStackTrace_If_Diagnostic() =>
        Assert.That(
            Run("--target=EndUnforeseen", "--verbosity=diagnostic").Error,
            Does.Contain("at Outsource.Tests.Build.Hosting.ThrowingTask.Run")
        );

    [Test]
    public void Should_SayOnlyErrors_If_Quiet()
    {
        Assert.That(Run("--target=EndWell", "--verbosity=quiet"), Is.EqualTo(new ProgramRun(0, "", "")));
        Assert.That(Run("--target=EndIdle", "--verbosity=quiet"), Is.EqualTo(new ProgramRun(3, "", "Error: No run is left.\n")));
    }

    [Test]
    public void Should_ShowCakesReport_If_Verbose() =>
        Assert.That(Run("--target=EndWell", "--verbosity=verbose").Out, Does.Contain("Duration").And.Contain("Total:"));

    [Test]
    public void Should_GiveCodeOfCause_If_Wrapped()
    {
        Assert.That(FailureReport.CodeOf(new AggregateException(new IOException("x"), new NothingToDoException("y"))), Is.EqualTo(3));
        Assert.That(FailureReport.CodeOf(new CakeReportException(new CakeReport(), "x", new UsageException("y"))), Is.EqualTo(2));
        Assert.That(FailureReport.CodeOf(new OperationCanceledException(), new CancellationToken(canceled: true)), Is.EqualTo(125));
        Assert.That(FailureReport.CodeOf(new OperationCanceledException()), Is.EqualTo(1), "a time-out is no Ctrl-C");
        Assert.That(FailureReport.CodeOf(new CakeException(0, "x")), Is.EqualTo(1), "a failure never looks like success");
        Assert.That(FailureReport.CodeOf(null), Is.EqualTo(1));
    }

    private static ProgramRun Run(params string[] args)
    {
        var (standardOut, standardError, folder) = (Console.Out, Console.Error, Environment.CurrentDirectory);
        using StringWriter output = new() { NewLine = "\n" },
            error = new() { NewLine = "\n" };
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            var code = OutsourceHost.Run(
                args,
                [typeof(OutsourceContext).Assembly, typeof(EndingTests).Assembly],
                session =>
                    CakeHost
                        .Create()
                        .AddAssembly(typeof(OutsourceContext).Assembly)
                        .AddAssembly(typeof(EndingTests).Assembly)
                        .UseContext<OutsourceContext>()
                        .UseLifetime<OutcomeLifetime>()
                        .UseWorkingDirectory(session.Root)
                        .ConfigureServices(session.Register)
                        .Run(session.Request.Invocation.CakeArguments)
            );
            return new ProgramRun(code, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(standardOut);
            Console.SetError(standardError);
            Environment.CurrentDirectory = folder;
        }
    }
}
