using Outsource.Artifacts;
using Outsource.Engines.Slurm;
using Outsource.Engines.Slurm.Relay;
using Outsource.FilterModes;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.LoadConfig;
using Outsource.Operator.Desk;
using Outsource.Operator.Fetch;
using Outsource.Operator.Unpack;
using Outsource.PegasusPlan;
using Outsource.PegasusRun;
using Outsource.PlanChunks;
using Outsource.QueryRuns;
using Outsource.Settings.Keys;
using Outsource.WriteWorkflow;

namespace Outsource.Operator.Relay;

/// <summary>
/// Finishes with Slurm what the grid began: fetches and unpacks its results, then runs the stages of a Submit for the same runs with the
/// same groups of chunks, and submits what is missing. The relay is a workflow of its own, <c>NAME-relay</c>, which all commands know.
/// </summary>
/// <param name="context">The run.</param>
public sealed class Relaying(OutsourceContext context)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UsageException">There is no such workflow, or what it made does not fit.</exception>
    /// <exception cref="NothingToDoException">Nothing is left to do.</exception>
    public async Task RunAsync()
    {
        var invocation = context.Request.Invocation;
        _ = RelayLevels.Of(invocation.Options.Levels, upperOnly: false);
        var source = SourceWorkflow.Of(context);
        var runs = RelayInvocation.Limited(invocation, new EarlierWorkflow(context.Disk).Read(WorkflowOf(source)));
        var name =
            invocation.Options.Workflow is not null && invocation.Options.Name is { } typed ? typed
            : source.Name + RelayInvocation.Suffix;
        var inner = new OutsourceContext(context, context.Request with { Invocation = RelayInvocation.Of(invocation, name, runs) });
        try
        {
            await new LoadConfigTask().RunAsync(inner).ConfigureAwait(false);
            var levels = RelayLevels.Of(invocation.Options.Levels, inner.Loaded.Settings.RccUpperOnly);
            var earlier = new RelayOrigin(context, source).Record(inner.Loaded, runs);
            if (!invocation.Options.NoFetch)
            {
                await BringAsync(source, levels).ConfigureAwait(false);
            }

            await RelayAsync(inner, earlier, runs, levels).ConfigureAwait(false);
        }
        finally
        {
            inner.Claims.Dispose();
        }
    }

    private string WorkflowOf(SourceWorkflow source)
    {
        var path = Path.Combine(source.Folder, WorkflowFolder.Workflow);
        return context.Disk.File.Exists(path)
            ? path
            : throw new UsageException(
                $"workflow '{source.Name}' has no {WorkflowFolder.Workflow}, so the grid cannot have begun it. --target=Submit submits its "
                    + "runs."
            );
    }

    /// <summary>Fetches and unpacks. What cannot be unpacked is made again, so it is told; what was not fetched ends the relay.</summary>
    private async Task BringAsync(SourceWorkflow source, RelayLevels levels)
    {
        try
        {
            new FetchWork(context, source).Run(levels.Fetched);
        }
        catch (NothingToDoException nothing)
        {
            context.Messages.Note(nothing.Message);
        }

        try
        {
            await new Unpacking(context, source.Name, source.Outputs).RunAsync(levels.Fetched, limit: null).ConfigureAwait(false);
        }
        catch (NothingToDoException nothing)
        {
            context.Messages.Detail(nothing.Message);
        }
        catch (OutsourceException left) when (left is not UsageException)
        {
            context.Messages.Warn($"{left.Message} What is in it is made again.");
        }
    }

    private async Task RelayAsync(OutsourceContext inner, EarlierFile earlier, IReadOnlyList<RelayRun> runs, RelayLevels levels)
    {
        earlier.Write(context.Disk, inner.Folder);
        await new QueryRunsTask().RunAsync(inner).ConfigureAwait(false);
        new FilterModesTask().Run(inner);
        await new PlanChunksTask().RunAsync(inner).ConfigureAwait(false);
        var settings = inner.Loaded.Settings;
        var data = settings.Force ? null : StoredData.Of(context.Disk, inner.Folder, settings.OutputsFolder);
        var plan = new RelayPlan(inner, data, levels);
        var lines = context.Messages.While("the data that is here", () => plan.Decide(runs));
        var report = new RelayReport(inner, earlier, lines);
        report.Write();
        report.Show();
        var kept = plan.Keep(lines);
        if (kept.Groups.IsEmpty)
        {
            throw new NothingToDoException($"nothing is left to do of workflow '{earlier.Workflow}'.");
        }

        inner.Outputs.Plan = kept;
        await new WriteWorkflowTask().RunAsync(inner).ConfigureAwait(false);
        await new PegasusPlanTask().RunAsync(inner).ConfigureAwait(false);
        await new PegasusRunTask().RunAsync(inner).ConfigureAwait(false);
    }
}
