using Cake.Frosting;

namespace Outsource;

[TaskName("DryRun")]
[TaskDescription("Stand-in until the real stages are there")]
public sealed class DryRunStandIn : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context) => context.Request.Messages.Note("nothing yet");
}

[TaskName("Default")]
[TaskDescription("Stand-in until the real stages are there")]
[IsDependentOn(typeof(DryRunStandIn))]
public sealed class DefaultStandIn : FrostingTask<OutsourceContext>;
