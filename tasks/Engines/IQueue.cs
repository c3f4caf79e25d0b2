using Outsource.Engines.Pegasus;

namespace Outsource.Engines;

/// <summary>Asks which jobs of planned workflows are waiting or running.</summary>
public interface IQueue
{
    /// <summary>The jobs that run the whole workflow (DAGMan's own), of any user; the answer may contain other jobs of it too.</summary>
    /// <param name="directory">The submit directory; it is planned.</param>
    QueueAnswer ManagersOf(SubmitDirectory directory);

    /// <summary>All jobs of these workflows, managers included, of any user; the answer may contain jobs of others too.</summary>
    /// <param name="directories">Their submit directories; all are planned.</param>
    QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories);
}
