using Cake.Frosting;
using Outsource.Init;

namespace Outsource.Tasks;

[TaskName(nameof(Init))]
[TaskDescription("Write a commented configuration to fill in; never over an existing one")]
public sealed class Init : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var path = NewConfiguration.Write(context.Request.Surroundings, context.Request.Invocation);
        context.Messages.Result($"Init: {path} is written; only you can read it. Fill in the keys that stand empty, and look with --target=DryRun what is still missing.");
    }
}
