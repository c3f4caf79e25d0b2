using Cake.Frosting;
using Outsource.Foundation.Errors;
using Outsource.Operator.Explain;
using Outsource.QueryRuns;
using Outsource.Settings.Options;

namespace Outsource.Operator.Runs;

[TaskName(nameof(Target.Runs))]
[TaskDescription("Count the runs in range by mode, source and detectors, by tag and by data type stored: what there is to choose from")]
public sealed class RunsTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Request.Invocation.Options;
        if (options is { Json: true, Tsv: true })
        {
            throw new UsageException("--json and --tsv are two forms of the same answer: pass one of them. Nothing was run.");
        }

        var loaded = await new FreshSettings(context).LoadAsync().ConfigureAwait(false);
        context.Loaded = loaded;
        var inventory = new RunInventory(loaded.Settings);
        RunsAnswer answer;
        await using (var asked = context.Sources.Runs())
        {
            await inventory
                .CountAsync(asked.Source, RunQuery.Scope(loaded), context.Messages, context.Cancellation)
                .ConfigureAwait(false);
            answer = new RunsAnswer(inventory, loaded.Settings, asked.Source.Name);
        }

        answer.Write(context.Request.Terminal(), options);
        if (inventory.Runs == 0)
        {
            throw new NothingToDoException(answer.NothingThere);
        }
    }
}
