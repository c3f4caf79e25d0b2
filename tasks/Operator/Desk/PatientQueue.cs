using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;

namespace Outsource.Operator.Desk;

/// <summary>A queue whose programs may be missing: then it does not answer, and the answer says why.</summary>
/// <param name="queue">The queue.</param>
internal sealed class PatientQueue(Func<IQueue> queue) : IQueue
{
    public QueueAnswer ManagersOf(SubmitDirectory directory) => Try(q => q.ManagersOf(directory));

    public QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories) => Try(q => q.JobsOf(directories));

    private QueueAnswer Try(Func<IQueue, QueueAnswer> ask)
    {
        try
        {
            return ask(queue());
        }
        catch (UsageException missing)
        {
            return new QueueAnswer(null, missing.Message.TrimEnd('.'), missing.ExitCode);
        }
    }
}
