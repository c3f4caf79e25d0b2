using Cake.Frosting;
using Outsource.Settings.Options;

namespace Outsource.Operator.Init;

[TaskName(nameof(Target.Init))]
[TaskDescription("Write a commented configuration to fill in; never over an existing one")]
public sealed class InitTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var path = NewConfiguration.Write(context.Request.Host, context.Request.Invocation);
        context.Messages.Result(
            $"Init: {path} is written; only you can read it. Fill in the keys that stand empty, and look with --target=DryRun what is "
                + "still missing."
        );
    }
}
