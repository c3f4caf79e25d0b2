using Cake.Core;
using Cake.Frosting;
using Outsource.Build.Hosting;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Build.Hosting;

/// <summary>The host in this process, with tasks that end in every way: exit codes and what is said.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[NonParallelizable]
internal sealed class EndingTests
{
    [Test]
    public void Should_end_with_zero_if_task_ends_well() =>
        Assert.That(Run("--target=EndWell"), Is.EqualTo(new ProgramRun(0, "all is well\n", "")));

    [Test]
    public void Should_head_only_tasks_that_work_if_target_is_aggregate() =>
        Assert.That(Run("--target=EndGathered"), Is.EqualTo(new ProgramRun(0, "all is well\n", "")));

    [Test]
    public void Should_report_each_fault_once_if_misconfigured() =>
        Assert.That(
            Run("--target=EndMisconfigured"),
            Is.EqualTo(new ProgramRun(2, "", "Error: /c:3: a is wrong.\nError: /c:5: b is wrong.\n"))
        );

    [Test]
    public void Should_end_with_three_if_nothing_to_do() =>
        Assert.That(Run("--target=EndIdle"), Is.EqualTo(new ProgramRun(3, "", "Error: No run is left.\n")));

    [Test]
    public void Should_stop_there_if_dependency_fails() =>
        Assert.That(Run("--target=EndAfterFailure"), Is.EqualTo(new ProgramRun(3, "", "Error: No run is left.\n")));

    [Test]
    public void Should_run_target_alone_if_exclusive() =>
        Assert.That(Run("--target=EndAfterFailure", "--exclusive"), Is.EqualTo(new ProgramRun(0, "must not be reached\n", "")));

    [Test]
    public void Should_end_with_tools_code_if_tool_fails() =>
        Assert.That(
            Run("--target=EndByTool"),
            Is.EqualTo(new ProgramRun(17, "", "Error: pegasus-plan: Process returned an error (exit code 17).\n"))
        );

    [Test]
    public void Should_stay_below_shells_own_codes_if_tool_is_killed() => Assert.That(Run("--target=EndByKilledTool").ExitCode, Is.EqualTo(125));

    [Test]
    public void Should_end_with_one_if_asynchronous_task_fails() =>
        Assert.That(Run("--target=EndAsynchronously"), Is.EqualTo(new ProgramRun(1, "", "Error: The RunDB does not answer.\n")));

    [Test]
    public void Should_say_how_to_learn_more_if_unforeseen() =>
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
    public void Should_show_stack_trace_if_diagnostic() =>
        Assert.That(
            Run("--target=EndUnforeseen", "--verbosity=diagnostic").Error,
            Does.Contain("at Outsource.Tests.Build.Hosting.ThrowingTask.Run")
        );

    [Test]
    public void Should_say_only_errors_if_quiet()
    {
        Assert.That(Run("--target=EndWell", "--verbosity=quiet"), Is.EqualTo(new ProgramRun(0, "", "")));
        Assert.That(Run("--target=EndIdle", "--verbosity=quiet"), Is.EqualTo(new ProgramRun(3, "", "Error: No run is left.\n")));
    }

    [Test]
    public void Should_show_cakes_report_if_verbose() =>
        Assert.That(Run("--target=EndWell", "--verbosity=verbose").Out, Does.Contain("Duration").And.Contain("Total:"));

    [Test]
    public void Should_give_code_of_cause_if_wrapped()
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
