using System.Globalization;
using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.LoadConfig;
using Outsource.Settings.Options;

namespace Outsource.QueryRuns;

[TaskName(nameof(Target.QueryRuns))]
[TaskDescription("Ask the run database for all runs in range, and keep what later stages need")]
[IsDependentOn(typeof(LoadConfigTask))]
public sealed class QueryRunsTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        var path = Path.Combine(context.Folder, RunsArtifact.FileName);
        var reused = context.Reuse.Of(
            Target.QueryRuns,
            path,
            () => RunsArtifact.Open(context.Disk, path),
            runs => runs.Header.Fingerprint,
            () => RunQuery.FingerprintOf(context.Loaded)
        );
        if (reused is not null)
        {
            context.Outputs.Runs = reused;
            return;
        }

        context.RequireUnwritten(Target.QueryRuns);
        await using var asked = context.Sources.Runs();
        var source = asked.Source;
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var runs = await new RunQuery(context.Disk, context.Messages)
            .RunAsync(context.Loaded, source, context.Folder, context.Cancellation)
            .ConfigureAwait(false);
        context.Outputs.Runs = runs;
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        context.ReportResult(
            Target.QueryRuns,
            string.Create(
                CultureInfo.InvariantCulture,
                $"QueryRuns: {Counted.Of(runs.Header.Runs, "run")} in range, of {Counted.Of(runs.Header.Documents, "document")} "
                    + $"({runs.Header.Bytes / 1e6:N1} MB) from {runs.Header.Source}, in {seconds:N2} s."
            )
        );
    }
}
