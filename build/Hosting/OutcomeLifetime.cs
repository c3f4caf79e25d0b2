using Cake.Core;
using Cake.Frosting;

namespace Outsource.Build.Hosting;

/// <summary>Records the failure of the run.</summary>
public sealed class OutcomeLifetime(CommandOutcome outcome) : FrostingLifetime<OutsourceContext>
{
    /// <summary>Uses nothing, so that <c>--dryrun</c> works with any configuration.</summary>
    public override void Setup(OutsourceContext context, ISetupContext info) { }

    public override void Teardown(OutsourceContext context, ITeardownContext info)
    {
        outcome.Workflow = context.KnownName;
        context.Claims.Dispose();
        if (info.ThrownException is { } failure)
        {
            outcome.Failed(failure);
        }
    }
}
