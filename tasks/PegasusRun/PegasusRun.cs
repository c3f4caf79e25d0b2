using Cake.Frosting;
using Outsource.Errors;

namespace Outsource.Tasks;

[TaskName(nameof(PegasusRun))]
[TaskDescription("Start the planned workflow (not built yet)")]
[IsDependentOn(typeof(PegasusPlan))]
public sealed class PegasusRun : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context) =>
        throw new OutsourceException("PegasusRun is not built yet in this version: nothing was submitted.");
}

[TaskName(nameof(Submit))]
[TaskDescription("Do all of it: query, select, plan, write, and submit")]
[IsDependentOn(typeof(PegasusRun))]
public sealed class Submit : FrostingTask<OutsourceContext>;
