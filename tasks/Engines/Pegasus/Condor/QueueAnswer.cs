using System.Globalization;
using System.Text.Json;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Pegasus.Condor;

/// <summary>What HTCondor's queue said.</summary>
/// <param name="Jobs">Its jobs, by cluster; or null: it did not answer, so nothing is known.</param>
/// <param name="Silence">Why it did not, in HTCondor's words and without their full stop, or null.</param>
/// <param name="ExitCode">What a command ends with that cannot do without the answer.</param>
public sealed record QueueAnswer(IReadOnlyList<QueueJob>? Jobs, string? Silence = null, int ExitCode = ExitCodes.Failed)
{
    /// <summary>The jobs, which must be told: before something is changed, a guess will not do.</summary>
    /// <exception cref="OutsourceException">HTCondor did not answer.</exception>
    public IReadOnlyList<QueueJob> Needed =>
        Jobs
        ?? throw new OutsourceException(
            $"{Silence}. Nothing is changed without HTCondor's queue: try again when condor_q answers.",
            ExitCode
        );

    /// <summary>Of a planned workflow whose id is lost: its jobs cannot be told from others, which is not that there are none.</summary>
    public static QueueAnswer WithoutId { get; } = new(null, "the planner left no braindump.yml to ask for");

    /// <summary>The jobs of one workflow; an answer that is none stays none.</summary>
    /// <param name="rootId">The id, or null when it is lost.</param>
    public QueueAnswer Of(string? rootId) =>
        rootId is null ? WithoutId : this with { Jobs = Jobs?.Where(j => j.RootId == rootId).ToList() };

    /// <summary>Reads the output of <c>condor_q -json</c>.</summary>
    public static QueueAnswer Read(CommandOutput said)
    {
        ArgumentNullException.ThrowIfNull(said);
        if (said.ExitCode != 0)
        {
            // What comes after the first line is advice for who looks after HTCondor.
            var words = said.Lines.Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "it said nothing";
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
            return new QueueAnswer(null, $"condor_q answered with something else than jobs ({unreadable.Message.TrimEnd('.')})");
        }
    }
}
