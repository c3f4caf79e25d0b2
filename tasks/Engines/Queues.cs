using Outsource.Engines.Pegasus;
using Outsource.Settings.Keys;

namespace Outsource.Engines;

/// <summary>Asks for each workflow the engine that it was planned for.</summary>
/// <param name="engine">The engine of a kind; called only for kinds that occur.</param>
public sealed class Queues(Func<EngineKind, IQueue> engine) : IQueue
{
    public QueueAnswer ManagersOf(SubmitDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return engine(directory.Engine).ManagersOf(directory);
    }

    public QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories)
    {
        var answers = AnswersOf(directories).Values.ToList();
        return answers switch
        {
            [] => new QueueAnswer([]),
            [var only] => only,
            _ => answers.FirstOrDefault(a => a.Jobs is null) ?? new QueueAnswer([.. answers.SelectMany(a => a.Jobs!)]),
        };
    }

    /// <summary>Asks each engine once. One that does not answer says nothing about the workflows of the others.</summary>
    /// <param name="directories">Submit directories; all are planned.</param>
    public IReadOnlyDictionary<EngineKind, QueueAnswer> AnswersOf(IReadOnlyList<SubmitDirectory> directories) =>
        directories.GroupBy(d => d.Engine).ToDictionary(g => g.Key, g => engine(g.Key).JobsOf([.. g]));
}
