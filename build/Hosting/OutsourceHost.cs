using System.Reflection;
using Outsource.Foundation.Errors;
using Outsource.Operator.GitHubActions;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>
/// Runs the host: the command line is checked before Cake sees it, and every failure becomes one message and one exit code.
/// </summary>
public static class OutsourceHost
{
    /// <param name="args">As typed.</param>
    /// <param name="assemblies">Where the tasks are.</param>
    /// <param name="run">Runs Cake; the result only says whether it succeeded.</param>
    /// <returns>An exit code of docs/exit-codes.md.</returns>
    public static int Run(IReadOnlyList<string> args, IReadOnlyList<Assembly> assemblies, Func<HostSession, int> run)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(run);
        LinuxMachine.CloseToOthers();
        using var streams = new StandardStreams();
        return streams.CodeOf(Guarded(args, assemblies, run, streams));
    }

    /// <summary>The help of the given target, or else of all.</summary>
    private static string Help(Invocation invocation, IReadOnlyList<TaskInfo> tasks) =>
        TargetSynonyms.Explained(invocation)
        + (
            (
                invocation.Task == OptionCatalog.DefaultTarget
                    ? null
                    : TargetHelp.Render(tasks.First(t => t.Name == invocation.Task), invocation.Verbosity)
            )
            ?? (invocation.Verbosity is "verbose" or "diagnostic" ? HelpText.Render(tasks) : HelpOverview.Render(tasks))
        );

    private static int Guarded(
        IReadOnlyList<string> args,
        IReadOnlyList<Assembly> assemblies,
        Func<HostSession, int> run,
        StandardStreams streams
    )
    {
        var outcome = new CommandOutcome();
        var screen = Screen.OfProcess();
        using var interruption = new Interruption(screen, outcome);
        HostSession? session = null;
        var done = false;
        try
        {
            var catalogue = new TaskCatalogue(assemblies);
            var invocation = CommandLineParser.Parse(args, catalogue.Tasks);
            screen.Level = Screen.LevelOf(invocation.Verbosity);
            screen.Document = invocation.Options.Json || invocation.Options.Tsv;
            streams.Expect(invocation.Options);
            outcome.Expect(invocation.Target);
            outcome.NothingIsFine = invocation.Options.NothingIsFine;
            OptionTargets.Check(invocation);
            if (invocation.Help)
            {
                screen.Out.Write(Help(invocation, catalogue.Tasks));
                return ExitCodes.Done;
            }

            foreach (var remark in invocation.Remarks)
            {
                screen.Note(remark);
            }

            session = new HostSession(invocation, catalogue, screen, outcome, interruption.Token);
            if (!invocation.OnlyLooks)
            {
                PreviousPlan.Check(session.Request);
            }

            done = run(session) == 0;
        }
#pragma warning disable CA1031 // The last handler: the operator gets a message and the shell an exit code for any exception.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            outcome.Failed(failure);
        }

        var code = done ? ExitCodes.Done : FailureReport.Write(outcome, screen, interruption.Token);
        if (session is { Request.Invocation: { OnlyLooks: false, Options.Log: { } log } })
        {
            Log(session.Request, log, outcome, code, interruption.Token);
        }

        return code;
    }

    /// <summary>Adds the line of <c>--log</c>. A log that cannot be written is a warning: the work is done.</summary>
    private static void Log(RunRequest request, string file, CommandOutcome outcome, int code, CancellationToken interruption)
    {
        var (message, nothing) = FailureReport.MessageOf(outcome, interruption);
        var line = new CallLog(outcome.Began, request.Invocation.Task)
        {
            Ended = request.Machine.UtcNow,
            ExitCode = code,
            Workflow = outcome.Workflow,
            Message = message,
            NothingToDo = nothing,
        };
        if (line.AppendTo(request.Host.Disk, request.Host.Absolute(file)) is { } fault)
        {
            request.Messages.Warn($"--log: {fault}.");
        }
    }
}
