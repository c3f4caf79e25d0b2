using Cake.Frosting;
using Outsource.Settings.Options;

namespace Outsource.Operator.Relay;

[TaskName(nameof(Target.Relay))]
[TaskDescription("Finish with Slurm what the grid began: fetch, unpack, plan what is missing, and submit it (--workflow, --levels)")]
public sealed class RelayTask : AsyncFrostingTask<OutsourceContext>
{
    public override Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new Relaying(context).RunAsync();
    }
}
