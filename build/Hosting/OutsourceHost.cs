using System.Reflection;
using Outsource.Foundation.Errors;
using Outsource.Operator.GitHubActions;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>
/// Guards a run: the command line is checked before the engine sees it, and whatever ends the run becomes one message and one exit code.
/// </summary>
public static class OutsourceHost
{
    /// <param name="args">As typed.</param>
    /// <param name="assemblies">Where the tasks are.</param>
    /// <param name="run">Runs the engine; its result only says whether all went well.</param>
    /// <returns>An exit code of docs/exit-codes.md.</returns>
    public static int Run(IReadOnlyList<string> args, IReadOnlyList<Assembly> assemblies, Func<HostSession, int> run)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(run);
        LinuxMachine.CloseToOthers();
        using var streams = new StandardStreams();
        return streams.CodeOf(Guarded(args, assemblies, run));
    }

    /// <summary>The page of the target that is typed, else all.</summary>
    private static string Help(Invocation invocation, IReadOnlyList<TaskInfo> tasks) =>
        (
            invocation.Task == OptionCatalog.DefaultTarget
                ? null
                : TargetHelp.Render(tasks.First(t => t.Name == invocation.Task))
        ) ?? HelpText.Render(tasks);

    private static int Guarded(IReadOnlyList<string> args, IReadOnlyList<Assembly> assemblies, Func<HostSession, int> run)
    {
        var outcome = new CommandOutcome();
        var screen = Screen.OfProcess();
        using var interruption = new Interruption(screen);
        try
        {
            var catalogue = new TaskCatalogue(assemblies);
            var invocation = CommandLineParser.Parse(args, catalogue.Tasks);
            screen.Level = Screen.LevelOf(invocation.Verbosity);
            screen.Document = invocation.Options.Json || invocation.Options.Tsv;
            OptionTargets.Check(invocation);
            if (invocation.Help)
            {
                screen.Out.WriteLine(Help(invocation, catalogue.Tasks));
                return ExitCodes.Done;
            }

            var session = new HostSession(invocation, catalogue, screen, outcome, interruption.Token);
            if (!invocation.OnlyLooks)
            {
                PreviousPlan.Check(session.Request);
            }

            if (run(session) == 0)
            {
                return ExitCodes.Done;
            }
        }
#pragma warning disable CA1031 // The last line of defence: whatever it is, the operator reads a sentence and the shell gets a code.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            outcome.Failed(failure);
        }

        return FailureReport.Write(outcome, screen, interruption.Token);
    }
}
