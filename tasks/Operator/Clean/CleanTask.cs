using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Clean;

[TaskName(nameof(Target.Clean))]
[TaskDescription("Show old workflows that may be deleted, and delete them (--older-than, --yes)")]
public sealed class CleanTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (options, request) = (context.Request.Invocation.Options, context.Request);
        var (olderThan, desk, console) = (OlderThan.Read(options.OlderThan), new WorkflowCommands(context), request.Terminal());
        var sweep = new WorkflowSweep(context, desk, olderThan);
        var rows = sweep.Look(options.Name);
        var going = rows.Where(r => r.Kept is null).ToList();
        if (!options.Json)
        {
            CleanReport.Draw(console, rows);
        }

        var acts = going.Count > 0 && (options.Yes || (request.Ask is not null && !options.Json));
        if (acts)
        {
            new Confirmation(request).Need($"Delete {going.Count} of these for good ({WorkflowSweep.Megabytes(going.Sum(r => r.Bytes))})");
            rows = sweep.Delete(rows);
        }

        if (options.Json)
        {
            console.Profile.Out.Writer.Write(CleanJson.Render(rows, olderThan));
        }
        else if (acts)
        {
            CleanReport.DrawKept(console, [.. rows.Where(r => r.Kept is not null && going.Exists(g => g.Name == r.Name))]);
        }

        var end = sweep.End(rows);
        if (!options.Json)
        {
            context.Messages.Result(end);
        }
    }
}
