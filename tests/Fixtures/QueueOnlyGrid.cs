using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Engines.Tools;

namespace Outsource.Tests.Fixtures;

/// <summary>A grid of which only the queue is asked, and answers always the same.</summary>
internal sealed class QueueOnlyGrid(QueueAnswer answer) : IGridPrograms
{
    public QueueAnswer DagsOf(string workflowUuid) => answer;

    public InstalledProgram Pegasus() => throw new NotSupportedException();

    public InstalledProgram Condor() => throw new NotSupportedException();

    public InstalledProgram Java() => throw new NotSupportedException();

    public ImmutableArray<string> PlanCommand(PlanOrder order) => throw new NotSupportedException();

    public ImmutableArray<string> StartCommand(string submitDirectory) => throw new NotSupportedException();

    public CommandOutput Plan(PlanOrder order, string folder, Action<string> said) => throw new NotSupportedException();

    public CommandOutput Start(string submitDirectory) => throw new NotSupportedException();

    public QueueAnswer JobsOf(IReadOnlyList<string> rootUuids) => throw new NotSupportedException();

    public QueueAnswer AskSchedd() => throw new NotSupportedException();
}
