using Cake.Core;
using Cake.Frosting;

namespace Outsource.Build.Hosting;

/// <summary>Notes what ended the run.</summary>
public sealed class OutcomeLifetime(CommandOutcome outcome) : FrostingLifetime<OutsourceContext>
{
    /// <summary>Touches nothing, so that <c>--dryrun</c> works whatever is misconfigured.</summary>
    public override void Setup(OutsourceContext context, ISetupContext info) { }

    public override void Teardown(OutsourceContext context, ITeardownContext info)
    {
        context.Claims.Dispose();
        if (info.ThrownException is { } failure)
        {
            outcome.Failed(failure);
        }
    }
}
