using Cake.Frosting;
using Outsource.CommandLine;
using Outsource.Contexts;
using Outsource.Environs;
using Outsource.Journal;
using Outsource.Pegasus;
using Outsource.PegasusRun;

namespace Outsource.Tasks;

[TaskName(nameof(PegasusRun))]
[TaskDescription("Start the planned workflow, once")]
[IsDependentOn(typeof(PegasusPlan))]
public sealed class PegasusRun : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        var (request, settings) = (context.Request, context.Loaded.Settings);
        Undertaking.CheckDemo(request, settings);
        StraxRule.Check(context.Loaded, nameof(PegasusRun));
        Undertaking.Claim(context);
        var planned = context.Outputs.Planned;
        var grid = context.GridOf(settings);
        if (settings.Debug)
        {
            context.Messages.Result($"PegasusRun: not started, as --debug was given. To start it: {ShellText.Join(grid.StartCommand(planned.SubmitDirectory))}");
            Undertaking.Reached(context, nameof(PegasusRun));
            return;
        }

        if (request.Invocation.Exclusive && context.Inquiry.Of(context.Folder, context.SubmitDirectory).State == DagState.Planned)
        {
            // The plan may be of days ago, and its token with it.
            await PegasusPlan.GiveTokenAsync(context).ConfigureAwait(false);
        }

        var submission = context.Messages.While("pegasus-run", () => new WorkflowStarter(context.Disk, grid, context.Inquiry, request.Machine, request.Surroundings, () => OnlyOnce.Check(context)).Start(planned, context.Folder, context.Loaded.Resumes));
        Undertaking.Reached(context, nameof(PegasusRun));
        var cluster = FormattableString.Invariant($"{(submission.Cluster is { } number ? $"cluster {number}, " : "")}{planned.SubmitDirectory}");
        context.Messages.Result(submission.FoundOut
            ? $"PegasusRun: workflow '{settings.Name}' had been started already by a command that was stopped before it could say so ({cluster})."
            : $"PegasusRun: workflow '{settings.Name}' is submitted ({cluster}).");
        context.Messages.Note($"Look at it with --target=Status --name={settings.Name}.");
    }
}
