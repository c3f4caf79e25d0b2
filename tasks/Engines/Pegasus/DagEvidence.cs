using Outsource.Engines.Records;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Pegasus;

/// <summary>
/// What is known of a workflow's DAG: its files, HTCondor's log of DAGMan's job, and the queue. Each is read at most once, and only when it
/// is needed. <see cref="DagStatus"/> decides from it whether the workflow may be changed, <see cref="ShownState"/> what is shown of it.
/// </summary>
/// <param name="directory">The submit directory.</param>
/// <param name="queue">Asks the queue; the answer may contain other jobs of the workflow too.</param>
/// <param name="zone">The submit host's time zone.</param>
public sealed class DagEvidence(SubmitDirectory directory, Func<QueueAnswer> queue, TimeZoneInfo zone)
{
    private readonly Lazy<DagmanJob> _job = new(() => directory.DagmanIn(zone));
    private readonly Lazy<DagmanOut?> _outcome = new(() => directory.OutcomeIn(zone));
    private readonly Lazy<RescueFile?> _rescue = new(() => directory.Rescue);
    private readonly Lazy<QueueAnswer> _queue = new(() => DagmansOf(queue()));

    /// <summary>The submit directory.</summary>
    public SubmitDirectory Directory { get; } = directory;

    /// <summary>How messages name its engine.</summary>
    public EngineNames Names => Directory.Names;

    /// <summary>The machine that started it, if it is not this one: its queue is not ours. Null: this one, or unknown.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>The history of DAGMan's job.</summary>
    public DagmanJob Job => _job.Value;

    /// <summary>DAGMan's log, or null: it never started.</summary>
    public DagmanOut? Outcome => _outcome.Value;

    /// <summary>The newest rescue file, or null.</summary>
    public RescueFile? Rescue => _rescue.Value;

    /// <summary>DAGMan's jobs in the queue. A job that has completed and is only kept there does not count.</summary>
    public QueueAnswer Dagmans => _queue.Value;

    /// <summary>Whether a DAGMan was ever started.</summary>
    public bool WasStarted => Job.Last is not null || Directory.IsStarted;

    /// <summary>
    /// Whether the files prove that no DAGMan is left: HTCondor's log of the job says so, or, if that log is lost, DAGMan's own. A missing
    /// line does not prove the opposite.
    /// </summary>
    public bool EndIsRecorded => Job.Ended || (Job.Last is null && Outcome?.ExitStatus is not null);

    /// <summary>Evidence for which the queue is asked only if it matters.</summary>
    /// <param name="directory">The submit directory.</param>
    /// <param name="queue">Asks the queue.</param>
    /// <param name="elsewhere">The machine that started it, if it is not this one.</param>
    public static DagEvidence Of(SubmitDirectory directory, IQueue queue, string? elsewhere) =>
        new(directory, () => directory.Braindump is null ? QueueAnswer.WithoutId : Ask(queue, directory), TimeZoneInfo.Local)
        {
            Elsewhere = elsewhere,
        };

    private static QueueAnswer DagmansOf(QueueAnswer answer) =>
        answer with
        {
            Jobs = answer.Jobs?.Where(j => j.Node is null && j.Status is not QueueJob.Completed).ToList(),
        };

    private static QueueAnswer Ask(IQueue queue, SubmitDirectory directory)
    {
        try
        {
            return queue.ManagersOf(directory);
        }
        catch (UsageException missing)
        {
            return new QueueAnswer(null, missing.Message.TrimEnd('.'));
        }
    }
}
