using Outsource.Artifacts;
using Outsource.Model.Planning;

namespace Outsource.Operator.Draw;

/// <summary>Makes graphs of a plan: the chunk jobs of a type are one node with a count.</summary>
public static class GraphBuilder
{
    /// <summary>The graph of one run.</summary>
    /// <param name="run">Run number.</param>
    /// <param name="groups">Its job groups, in the order of the plan.</param>
    public static WorkflowGraph OfRun(int run, IEnumerable<JobGroup> groups)
    {
        var all = groups.ToList();
        return new GraphAssembly(all, new RunWording(run, all)).Build();
    }

    /// <summary>The whole plan in condensed form: a node per job name and type with its count over all runs.</summary>
    public static WorkflowGraph OfPlan(string name, JobPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new GraphAssembly(plan.Groups, new PlanWording(name, plan)).Build();
    }
}
