using System.Collections.Immutable;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Operator.Unpack;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.Operator.Reconcile;

/// <summary>Compares, shows, and mends what this program can mend.</summary>
/// <param name="context">The run.</param>
/// <param name="world">What is compared.</param>
public sealed class Reconciliation(OutsourceContext context, ReconcileWorld world)
{
    /// <summary>Metadata files that are copied unless <c>--metadata</c> says otherwise.</summary>
    public const int UsualMetadata = 1000;

    private readonly OutsourceSettings _settings = context.Loaded.Settings;

    /// <summary>Does it.</summary>
    /// <exception cref="OutsourceException">Not all agrees, or a service does not answer.</exception>
    /// <exception cref="NothingToDoException">There is nothing to compare.</exception>
    public async Task RunAsync()
    {
        var options = context.Request.Invocation.Options;
        new ConfiguredPlaces(context.Request.Host).Trust(context.Request.Invocation, context.Request.Machine).Check(world.Folder);
        var (comparison, head) = await CompareAsync().ConfigureAwait(false);
        var file = new ReconcileFile(context.Disk, world.Folder);
        var commands = new RepairCommands(_settings, world.Folder, options.Config);
        var answer = Keep(comparison.Findings, head, file, commands);
        if (!options.Json)
        {
            answer.Draw(context.Request.Terminal(), file.Path);
        }

        ImmutableArray<DoneStep> done = [];
        var mayAsk = context.Request.Ask is not null && !options.Json && _settings.RunDb is SourceChoice.Rest;
        if (answer.Ours.Length > 0 && (options.Yes || mayAsk))
        {
            new Confirmation(context.Request).Need($"Change {Counted.Of(answer.Ours.Length, "entry", "entries")} of the RunDB");
            done = await RepairAsync(answer.Ours).ConfigureAwait(false);
            answer = Keep(Again(comparison, done), head, file, commands);
        }

        if (options.Json)
        {
            await context.Request.Terminal().Profile.Out.Writer.WriteAsync(answer.Json(done)).ConfigureAwait(false);
        }

        End(answer, comparison.Findings.Length, done, file.Path);
    }

    private async Task<(Comparison, ReconcileHead)> CompareAsync()
    {
        EnteredRuns entered;
        string rundb;
        await using (var runs = context.Sources.WholeRuns())
        {
            using var waiting = context.Messages.Waiting("the run database");
            rundb = runs.Source.Name;
            entered = await EnteredRuns.ReadAsync(runs.Source, world.Scope, context.Cancellation).ConfigureAwait(false);
        }

        var data = world.Expect(entered);
        if (data.IsEmpty)
        {
            throw new NothingToDoException($"{world.Title}: there is no data to compare.");
        }

        await using var rucio = context.Sources.Replicas();
        using var metadata = Metadata();
        using var progress = context.Messages.Progress("datasets compared", data.Length);
        var comparison = await new Comparing(rucio.Source, metadata, _settings.MaxParallelRequests)
            .RunAsync(data, entered, () => progress.Advance(), context.Cancellation)
            .ConfigureAwait(false);
        var head = new ReconcileHead(context.Request.Host.Now, world.Title, world.Workflow, rundb, rucio.Source.Name);
        return (
            world.LeavesOutNowhere
                ? comparison with
                {
                    Findings = [.. comparison.Findings.Where(f => f.Outcome != ReconcileOutcome.Nowhere)],
                }
                : comparison,
            head
        );
    }

    private MetadataFiles Metadata()
    {
        var options = context.Request.Invocation.Options;
        var store = new GridStores(
            context.Disk,
            new GfalPrograms(context, context.Request.Host, new ConfiguredPlaces(context.Request.Host).Proxy(context.Request.Invocation))
        );
        return new MetadataFiles(context.Disk, Path.Combine(world.WorkDir, AuditWorld.Folder, MetadataFiles.Kept), store)
        {
            AtOnce = Unpacker.Parallel(options.Parallel),
            Most = MostMetadata(options.Metadata),
            TakesFolders = _settings.Rucio is SourceChoice.Snapshot,
        };
    }

    private static int MostMetadata(string? typed) =>
        typed is null ? UsualMetadata
        : int.TryParse(typed, System.Globalization.CultureInfo.InvariantCulture, out var most) && most >= 0 ? most
        : throw new UsageException(
            $"--metadata={UntrustedText.Brief(typed, 40)} is not a number of files: write a whole number, 0 to copy none."
        );

    private ReconcileAnswer Keep(ImmutableArray<Finding> findings, ReconcileHead head, ReconcileFile file, RepairCommands commands)
    {
        file.Write(head, findings);
        AtomicFile.WriteText(context.Disk, Path.Combine(world.Folder, RepairCommands.RunList), RepairCommands.Runs(findings));
        return new ReconcileAnswer(head, findings, commands);
    }

    private async Task<ImmutableArray<DoneStep>> RepairAsync(ImmutableArray<RepairStep> steps)
    {
        var name = world.Workflow ?? AuditWorld.Folder;
        if (context.Claims.Claim(world.WorkDir, name, null) is { } owner)
        {
            throw WorkflowClaims.Refusal(name, owner);
        }

        await using var entries = context.Sources.Entries();
        var journal = new RepairJournal(context.Disk, world.Folder);
        var repairing = new Repairing(entries.Source, journal, context.Request.Host, TimeProvider.System);
        var done = ImmutableArray.CreateBuilder<DoneStep>();
        using var progress = context.Messages.Progress("steps done", steps.Length);
        foreach (var step in progress.Over(steps))
        {
            var one = await repairing.DoAsync(step, context.Cancellation).ConfigureAwait(false);
            if (one.Detail is { } why)
            {
                var state = one.State == RepairState.Skipped ? "skipped" : "failed";
                context.Messages.Warn($"{UntrustedText.Brief(step.Key)}: {state}: {UntrustedText.Brief(why)}.");
            }

            done.Add(one);
        }

        return done.ToImmutable();
    }

    /// <summary>The findings with the entries as they are now.</summary>
    private static ImmutableArray<Finding> Again(Comparison comparison, IEnumerable<DoneStep> done)
    {
        var now = done.Where(d => d.Entries is not null)
            .GroupBy(d => (d.Step.Data.Run, d.Step.Data.Type))
            .ToDictionary(g => g.Key, g => g.Last().Entries!.Value);
        return
        [
            .. comparison.Findings.Select(f =>
                now.TryGetValue((f.Data.Run, f.Data.Type), out var entries)
                && comparison.Evidence.TryGetValue(f.Data.Did, out var evidence)
                    ? DatasetJudge.Of(evidence with { Entries = entries })
                    : f
            ),
        ];
    }

    private void End(ReconcileAnswer answer, int all, ImmutableArray<DoneStep> done, string path)
    {
        var steps = done.IsEmpty
            ? answer.Ours.IsEmpty
                ? ""
                : $" {Counted.Of(answer.Ours.Length, "step")} can be done with --yes."
            : $" {done.Count(d => d.State == RepairState.Done)} of {Counted.Of(done.Length, "step")} done ({RepairJournal.FileName}).";
        var agree = all - answer.Open.Length;
        var text = $"Reconcile: {world.Title}: {agree} of {Counted.Of(all, "dataset")} agree.{steps} All of it: {path}";
        if (answer.Open.IsEmpty)
        {
            context.Messages.Result(text);
            return;
        }

        throw new OutsourceException(text);
    }
}
