using System.Collections.Immutable;
using Outsource.Model.Levels;
using Outsource.Workflows;

namespace Outsource.Operator.Statistics;

/// <summary>The measurements of a workflow's jobs (<c>--resources-test</c>), as far as they came to the submit host.</summary>
/// <param name="context">The run.</param>
/// <param name="workflow">The workflow.</param>
public sealed class ResourcesTest(OutsourceContext context, WorkflowOnDisk workflow)
{
    /// <summary>Per level and detector; empty: nothing was measured.</summary>
    public ImmutableArray<LevelUse> Compare()
    {
        var measured = MeasuredJobs.Read(context.Disk, workflow.OutputsFolder);
        foreach (var fault in measured.Faults)
        {
            context.Messages.Warn(fault.ToString());
        }

        if (measured.Jobs.IsEmpty)
        {
            return [];
        }

        var table = new LevelTableReader(context.Disk).Read(Path.Combine(context.Request.Host.DataFolder, "tables"), null);
        return new ResourceComparison(table, PredictedJobs.Read(context.Disk, workflow.Folder)).Of(measured.Jobs);
    }
}
