using System.Collections.Immutable;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Tools;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Fixtures;

/// <summary>A grid of which only the queue is asked, and answers always the same.</summary>
internal sealed class QueueOnlyGrid(QueueAnswer answer) : IGridPrograms
{
    public EngineKind Kind => EngineKind.Pegasus;

    public QueueAnswer ManagersOf(SubmitDirectory directory) => answer;

    public ImmutableArray<InstalledProgram> Programs() => throw new NotSupportedException();

    public InstalledProgram Pegasus() => throw new NotSupportedException();

    public InstalledProgram Condor() => throw new NotSupportedException();

    public InstalledProgram Java() => throw new NotSupportedException();

    public ImmutableArray<string> PlanCommand(PlanOrder order) => throw new NotSupportedException();

    public ImmutableArray<string> StartCommand(string submitDirectory) => throw new NotSupportedException();

    public CommandOutput Plan(PlanOrder order, string folder, Action<string> said) => throw new NotSupportedException();

    public CommandOutput Start(string submitDirectory) => throw new NotSupportedException();

    public QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories) => throw new NotSupportedException();

    public void Hold(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) => throw new NotSupportedException();

    public void Release(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) => throw new NotSupportedException();

    public IReadOnlyList<string> Remove(SubmitDirectory directory, IReadOnlyList<QueueJob> managers, IReadOnlyList<QueueJob> jobs) =>
        throw new NotSupportedException();

    public QueueAnswer AskSchedd() => throw new NotSupportedException();
}
