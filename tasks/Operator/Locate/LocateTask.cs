using Cake.Frosting;
using Outsource.Foundation.Errors;
using Outsource.Operator.Explain;
using Outsource.QueryRuns;
using Outsource.Settings.Options;

namespace Outsource.Operator.Locate;

[TaskName(nameof(Target.Locate))]
[TaskDescription("Show where the raw data of runs is: RSE, state, hash and size per raw type (--run)")]
public sealed class LocateTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Request.Invocation.Options;
        if (options.Run.IsEmpty && options.RunList is null)
        {
            throw new UsageException("Locate needs runs: --run=N, several with commas or as a range, or --runlist=FILE. Nothing was run.");
        }

        context.Loaded = await new FreshSettings(context).LoadAsync().ConfigureAwait(false);
        RawPlaces places;
        await using (var runs = context.Sources.RunDatabase())
        await using (var datasets = context.Sources.Rucio())
        {
            places = await new RawDataFinder(context, runs.Source, datasets.Source)
                .FindAsync(RunQuery.Scope(context.Loaded))
                .ConfigureAwait(false);
        }

        new LocateReport(context, places).Show();
    }
}
