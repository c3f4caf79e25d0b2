using System.Collections.Immutable;
using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Explain;

[TaskName(nameof(Target.Explain))]
[TaskDescription("Explain why each data type of --run is or is not processed, and how to change that (--fresh)")]
public sealed class ExplainTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var invocation = context.Request.Invocation;
        var runs = RunNumbers.Read(invocation.Options.Run, "run").ToImmutableSortedSet();
        if (runs.IsEmpty)
        {
            throw new UsageException("Explain needs the runs to explain: --run=7157, several separated by commas.");
        }

        var named = invocation.Options.Name is not null || !invocation.Options.Fresh ? new WorkflowCommands(context).Chosen() : null;
        if (!invocation.Options.Fresh)
        {
            Show(context, named!, Settings(context, named!), runs, null);
            return;
        }

        // With --name the settings of that workflow, else the current configuration and arguments.
        var loaded = named is not null ? Settings(context, named) : await new FreshSettings(context).LoadAsync().ConfigureAwait(false);
        context.Loaded = FreshRuns.SettingsFor(loaded, runs);
        await using var database = context.Sources.Runs();
        await using var rucio = context.Sources.Datasets();
        using var fresh = await FreshRuns
            .AskAsync(
                context.Request.Host,
                context.Messages,
                context.Loaded,
                new FreshServices(database.Source, rucio.Source, context.InFlight(null)),
                context.Cancellation
            )
            .ConfigureAwait(false);
        Show(
            context,
            fresh.Workflow,
            context.Loaded,
            runs,
            new Freshness(loaded.Settings.MaxDaily, named is null ? null : EarlierLines.Read(context.Disk, named, runs))
        );
    }

    private static LoadedConfiguration Settings(OutsourceContext context, WorkflowOnDisk workflow) =>
        SettingsArtifact.Read(
            context.Request.Host,
            RunExplainer.Needed(context.Disk, workflow, SettingsArtifact.FileName, Target.LoadConfig)
        );

    private static void Show(
        OutsourceContext context,
        WorkflowOnDisk workflow,
        LoadedConfiguration loaded,
        ImmutableSortedSet<int> runs,
        Freshness? fresh
    )
    {
        var explainer = new RunExplainer(context.Disk, loaded, workflow);
        var console = context.Request.Terminal();
        var explained = context.Messages.While("the ledger and the run documents", () => explainer.Explain(runs, context.Cancellation));
        if (context.Request.Invocation.Options.Json)
        {
            ExplainOutput.WriteDocument(console, workflow.Name, explainer, explained, fresh);
        }
        else
        {
            ExplainOutput.WriteReports(console, explainer, explained, fresh);
        }
    }
}
