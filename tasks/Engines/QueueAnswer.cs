using System.Globalization;
using System.Text.Json;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines;

/// <summary>The answer of HTCondor's queue.</summary>
/// <param name="Jobs">Its jobs, by cluster; null: it did not answer, so nothing is known.</param>
/// <param name="Silence">Why it did not answer: HTCondor's message without its full stop, or null.</param>
/// <param name="ExitCode">The exit code of a command that cannot work without the answer.</param>
public sealed record QueueAnswer(IReadOnlyList<QueueJob>? Jobs, string? Silence = null, int ExitCode = ExitCodes.Failed)
{
    /// <summary>The jobs. Before a change they must be known: a guess is not enough.</summary>
    /// <exception cref="OutsourceException">HTCondor did not answer.</exception>
    public IReadOnlyList<QueueJob> Needed =>
        Jobs
        ?? throw new OutsourceException(
            $"{Silence}. Nothing was changed. Try again when condor_q answers.",
            ExitCode
        );

    /// <summary>
    /// The answer for a planned workflow whose id is lost: its jobs cannot be found. That does not mean that there are none.
    /// </summary>
    public static QueueAnswer WithoutId { get; } = new(null, "the planner left no braindump.yml to ask for");

    /// <summary>The jobs of one workflow; without an answer the result has no answer either.</summary>
    /// <param name="rootId">The id, or null when it is lost.</param>
    public QueueAnswer Of(string? rootId) =>
        rootId is null ? WithoutId : this with { Jobs = Jobs?.Where(j => j.RootId == rootId).ToList() };

    /// <summary>Reads the output of <c>condor_q -json</c>.</summary>
    public static QueueAnswer Read(CommandOutput said)
    {
        ArgumentNullException.ThrowIfNull(said);
        if (said.ExitCode != 0)
        {
            // What comes after the first line is advice for HTCondor administrators.
            var words = said.Lines.Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "it printed nothing";
            return new QueueAnswer(
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"condor_q failed with exit code {said.ExitCode}: {UntrustedText.Shown(words).TrimEnd('.')}"
                ),
                ExitCodes.OfTool(said.ExitCode)
            );
        }

        try
        {
            return new QueueAnswer([.. QueueJob.Parse(string.Join('\n', said.Out)).OrderBy(j => j.Cluster).ThenBy(j => j.Proc)]);
        }
        catch (JsonException unreadable)
        {
            return new QueueAnswer(null, $"condor_q printed something other than jobs ({unreadable.Message.TrimEnd('.')})");
        }
    }
}
