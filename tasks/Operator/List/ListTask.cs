using Cake.Frosting;
using Outsource.Engines;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Operator.Desk;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.List;

[TaskName(nameof(Target.List))]
[TaskDescription("List all workflows below work_dir, the newest first, with state, time and arguments")]
public sealed class ListTask : FrostingTask<OutsourceContext>
{
    /// <summary>Workflows read at once: their files may be on a disk of the network.</summary>
    private const int ReadAtOnce = 4;

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
        var queues = desk.Ask(all.Where(w => w.Submit is { HasDag: true }).Select(w => w.Submit!));
        var states = context.Messages.Counting(
            "workflows read",
            all.Count,
            progress =>
                progress
                    .Over(
                        all.AsParallel()
                            .AsOrdered()
                            .WithMergeOptions(ParallelMergeOptions.NotBuffered)
                            .WithDegreeOfParallelism(ReadAtOnce)
                            .Select(workflow => Read(context, desk, workflow, queues))
                    )
                    .ToList()
        );
        if (json)
        {
            var silent = queues.Values.FirstOrDefault(q => q.Jobs is null);
            console.Profile.Out.Writer.Write(ListJson.Render(states, silent ?? new QueueAnswer([])));
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

        foreach (var (engine, queue) in queues.Where(q => q.Value.Silence is not null))
        {
            var names = EngineNames.Of(engine);
            context.Messages.Warn($"{names.System} does not answer ({queue.Silence}): states are from {names.TheManager}'s files.");
        }
    }

    private static ListedWorkflow Read(
        OutsourceContext context,
        WorkflowCommands desk,
        WorkflowOnDisk workflow,
        IReadOnlyDictionary<EngineKind, QueueAnswer> queues
    ) =>
        ListedWorkflow.Read(
            context.Request.Host,
            workflow,
            desk.Reader.Read(workflow, AnswerFor(workflow, queues), desk.Now) with
            {
                Nodes = [],
            }
        );

    private static QueueAnswer AnswerFor(WorkflowOnDisk workflow, IReadOnlyDictionary<EngineKind, QueueAnswer> queues) =>
        workflow.Submit is not { HasDag: true } submit ? new QueueAnswer([])
        : queues.TryGetValue(submit.Engine, out var answer) ? answer.Of(submit.RootId)
        : QueueAnswer.WithoutId;
}
