using System.Text.Json;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>Asks Slurm's queue.</summary>
/// <param name="programs">The programs.</param>
public sealed class Squeue(ISlurmPrograms programs)
{
    /// <summary>
    /// The jobs of all users: a colleague may have submitted the workflow. With <c>--json</c>, which has times and ended jobs too; else as
    /// lines. A failure to answer is returned, not thrown.
    /// </summary>
    public SlurmQueue All()
    {
        try
        {
            var said = programs.Run("squeue", ["--json"]);
            if (said.ExitCode == 0)
            {
                return new SlurmQueue(QueueText.OfJson(string.Join('\n', said.Out)));
            }
        }
        catch (Exception error) when (error is JsonException or OutsourceException and not UsageException)
        {
            // A squeue without JSON, or with more than is read of a program: the lines are much shorter.
        }

        return Lines();
    }

    /// <summary>How many jobs of a user are queued on a partition; null: it did not answer.</summary>
    public int? CountOf(string user, string? partition)
    {
        try
        {
            var said = programs.Run(
                "squeue",
                ["-h", "-r", "-u", user, .. partition is null ? Array.Empty<string>() : ["-p", partition], "-o", "%i"]
            );
            return said.ExitCode == 0 ? said.Out.Count(l => l.Trim().Length > 0) : null;
        }
        catch (OutsourceException)
        {
            return null;
        }
    }

    private SlurmQueue Lines()
    {
        try
        {
            var said = programs.Run("squeue", ["-h", "-o", QueueText.Format]);
            return said.ExitCode == 0
                ? new SlurmQueue(QueueText.OfLines(said.Out))
                : new SlurmQueue(null, FormattableString.Invariant($"squeue failed with exit code {said.ExitCode}: {LastOf(said)}"));
        }
        catch (Exception error) when (error is FormatException or OutsourceException)
        {
            return new SlurmQueue(null, error.Message.TrimEnd('.'));
        }
    }

    private static string LastOf(CommandOutput said) => said.LastWords.TrimEnd('.');
}
