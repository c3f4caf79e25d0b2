using Cake.Frosting;
using Outsource.Settings.Options;

namespace Outsource.PegasusRun;

[TaskName(nameof(Target.Submit))]
[TaskDescription("Run all stages: query, select, plan, write, and submit")]
[IsDependentOn(typeof(PegasusRunTask))]
public sealed class SubmitTask : FrostingTask<OutsourceContext>;
