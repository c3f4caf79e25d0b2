using Cake.Frosting;

namespace Outsource.Tasks;

[TaskName(nameof(Submit))]
[TaskDescription("Do all of it: query, select, plan, write, and submit")]
[IsDependentOn(typeof(PegasusRun))]
public sealed class Submit : FrostingTask<OutsourceContext>;
