using Outsource.Engines.Records;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Desk;

/// <summary>Jobs by name and state. The states of <see cref="NodeState"/> in their order, then the total.</summary>
public sealed class JobStatesTable()
    : TableShape("--json", [Column.Key("Job"), .. Enum.GetValues<NodeState>().Select(Of), Column.Number("Total").LeftOut(7)])
{
    private static Column Of(NodeState state)
    {
        var column = Column.Number(state.ToString());
        return state switch
        {
            NodeState.Done or NodeState.Failed or NodeState.Held or NodeState.Running => column,
            NodeState.Idle => column.LeftOut(6),
            NodeState.Post => column.IfUsed().LeftOut(1),
            NodeState.Ready => column.IfUsed().LeftOut(2),
            NodeState.Unready => column.IfUsed().LeftOut(3),
            NodeState.Unknown => column.IfUsed().LeftOut(4),
            NodeState.Futile => column.IfUsed().LeftOut(5),
        };
    }
}
