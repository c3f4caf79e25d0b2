using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Operator.Unpack;
using Outsource.Settings.Options;

namespace Outsource.Operator.Fetch;

[TaskName(nameof(Target.Fetch))]
[TaskDescription("Copy missing results from the staging site to here (--workflow, --levels)")]
public sealed class FetchTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var levels = StagedTarballs.Levels(context.Request.Invocation.Options.Levels);
        new FetchWork(context, SourceWorkflow.Of(context)).Run(levels);
    }
}
