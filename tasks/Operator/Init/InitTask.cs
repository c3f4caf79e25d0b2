using Cake.Frosting;
using Outsource.Settings.Options;

namespace Outsource.Operator.Init;

[TaskName(nameof(Target.Init))]
[TaskDescription("Write a configuration with comments to fill in; an existing one is not overwritten")]
public sealed class InitTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var path = NewConfiguration.Write(context.Request.Host, context.Request.Invocation);
        context.Messages.Result(
            $"Init: {path} is written; only you can read it. Fill in the empty keys; --target=DryRun shows what is "
                + "still missing."
        );
    }
}
