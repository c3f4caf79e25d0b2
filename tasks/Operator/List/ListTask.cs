using Cake.Frosting;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.List;

[TaskName(nameof(Target.List))]
[TaskDescription("List all workflows below work_dir, the newest first, with state, time and arguments")]
public sealed class ListTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var all = desk.Workflows.All();
        var json = context.Request.Invocation.Options.Json;
        var console = context.Request.Terminal();
        if (all.Count == 0)
        {
            if (json)
            {
                console.Profile.Out.Writer.Write(ListJson.RenderNone());
            }

            throw new NothingToDoException(
                $"there are no workflows below '{desk.WorkDir}' yet. --target=DryRun plans one, --target=Submit submits one."
            );
        }

        // One query for all of them: the queue may be long.
        var queue = desk.Ask([.. all.Where(w => w.Submit is { HasDag: true }).Select(w => w.Submit!.RootId).OfType<string>()]);
        var states = context.Messages.Counting(
            "workflows read",
            all.Count,
            progress =>
                progress
                    .Over(all)
                    .Select(w => (Workflow: w, Queue: w.Submit is { HasDag: true } ? queue.Of(w.Submit.RootId) : queue))
                    .Select(w =>
                        ListedWorkflow.Read(
                            context.Request.Host,
                            w.Workflow,
                            desk.Reader.Read(w.Workflow, w.Queue, desk.Now) with
                            {
                                Nodes = [],
                            }
                        )
                    )
                    .ToList()
        );
        if (json)
        {
            console.Profile.Out.Writer.Write(ListJson.Render(states, queue));
        }
        else
        {
            var list = new WorkflowList(states);
            list.Draw(console);
            foreach (var line in list.Directories())
            {
                context.Messages.Detail(line);
            }
        }

        if (queue.Silence is { } silence)
        {
            context.Messages.Warn($"HTCondor does not answer ({silence}): states are from DAGMan's files.");
        }
    }
}
