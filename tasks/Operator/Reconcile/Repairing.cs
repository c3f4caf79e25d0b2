using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using Outsource.Services.RunDb;

namespace Outsource.Operator.Reconcile;

/// <summary>
/// Changes entries of the run database, step by step. Before each change the entries are read again: if any of that type of the run differs
/// from what the preview was made of, the step is skipped. Afterwards they are read until the change shows.
/// </summary>
/// <param name="entries">The run database.</param>
/// <param name="journal">Where each step is recorded.</param>
/// <param name="host">Who does it.</param>
/// <param name="clock">The time, UTC.</param>
public sealed class Repairing(IRunEntries entries, RepairJournal journal, HostEnvironment host, TimeProvider clock)
{
    /// <summary>A server may answer from a copy of the database that lags behind: what was done so long ago may not show yet.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(10);

    private const int MostReads = 4;

    private readonly ImmutableDictionary<string, RepairEntry> _before = journal.Last();
    private readonly Dictionary<(int, string), ImmutableArray<DataEntry>> _known = [];

    /// <summary>Pause before the entries are read again.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Does a step.</summary>
    /// <param name="step">A step of this program.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>What became of it. A step that fails does not end the others.</returns>
    public async Task<DoneStep> DoAsync(RepairStep step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(step);
        cancel.ThrowIfCancellationRequested();
        var key = (step.Data.Run, step.Data.Type);
        try
        {
            var all = await entries.ReadAsync(step.Data.Run, cancel).ConfigureAwait(false);
            var now = Reduced(all, step);
            if (WhyNot(step, all, now, _known.GetValueOrDefault(key, step.Seen)) is { } why)
            {
                return End(step, RepairState.Skipped, why, now);
            }

            var done = await ChangeAsync(step, all, cancel).ConfigureAwait(false);
            _known[key] = done.Entries ?? now;
            return done;
        }
        catch (OutsourceException error) when (error.ExitCode != ExitCodes.Usage)
        {
            return End(step, RepairState.Failed, error.Message.TrimEnd('.'), null);
        }
    }

    private string? WhyNot(RepairStep step, ImmutableArray<RunEntry> all, ImmutableArray<DataEntry> now, ImmutableArray<DataEntry> seen)
    {
        if (!IsSame(now, seen))
        {
            return _before.TryGetValue(step.Key, out var earlier)
                && earlier.State is RepairState.Begun or RepairState.Done
                && IsDone(step, now)
                ? $"it was done at {earlier.At:yyyy-MM-dd HH:mm:ss} UTC already"
                : $"the RunDB's entries of {step.Data.Type} of run {RunDocument.Padded(step.Data.Run)} changed since the preview";
        }

        if (
            _before.TryGetValue(step.Key, out var last)
            && last.State is RepairState.Begun or RepairState.Done
            && clock.GetUtcNow() - last.At < Lag
        )
        {
            var what = last.State == RepairState.Done ? "done" : "begun";
            return $"it was {what} at {last.At:yyyy-MM-dd HH:mm:ss} UTC, and the RunDB may not show it yet; it "
                + $"is tried again {Lag.TotalMinutes:0} minutes later";
        }

        return step.Kind == RepairKind.RemoveEntry && Target(step, all) is { } target && all.Any(e => HasMore(e, target))
            ? "another entry of the run has all its fields and more, and the RunDB would remove both"
            : null;
    }

    private async Task<DoneStep> ChangeAsync(RepairStep step, ImmutableArray<RunEntry> all, CancellationToken cancel)
    {
        var target = step.Kind == RepairKind.RemoveEntry ? Target(step, all) : null;
        var sent = target?.Json ?? NewEntry.Of(step, clock.GetUtcNow());
        var twins = target is null ? 0 : all.Count(e => e.Json == target.Json);
        journal.Append(Line(step, RepairState.Begun) with { Sent = UntrustedText.Shown(sent) });
        string? lost = null;
        try
        {
            if (target is null)
            {
                await entries.AddAsync(step.Data.Run, sent, cancel).ConfigureAwait(false);
            }
            else
            {
                await entries.RemoveAsync(step.Data.Run, target, cancel).ConfigureAwait(false);
                if (twins > 1 && step.KeepsOne)
                {
                    // Equal entries go together.
                    await entries.AddAsync(step.Data.Run, target.Json, cancel).ConfigureAwait(false);
                }
            }
        }
        catch (OutsourceException error) when (error.ExitCode != ExitCodes.Usage)
        {
            // It may have been done all the same.
            lost = error.Message.TrimEnd('.');
        }

        return await ProveAsync(step, all, target, lost, cancel).ConfigureAwait(false);
    }

    /// <summary>Reads until the change shows. Nothing else of the run may have changed by it.</summary>
    private async Task<DoneStep> ProveAsync(
        RepairStep step,
        ImmutableArray<RunEntry> before,
        RunEntry? target,
        string? lost,
        CancellationToken cancel
    )
    {
        var wanted = Wanted(step, Reduced(before, step), target?.Entry, before.Count(e => e.Json == target?.Json));
        ImmutableArray<DataEntry> now = [];
        for (var read = 0; read < (lost is null ? MostReads : 1); read++)
        {
            if (read > 0)
            {
                await Task.Delay(Pause, cancel).ConfigureAwait(false);
            }

            now = Reduced(await entries.ReadAsync(step.Data.Run, cancel).ConfigureAwait(false), step);
            if (IsSame(now, wanted))
            {
                return End(step, RepairState.Done, null, now);
            }
        }

        return End(step, RepairState.Failed, lost ?? "the RunDB accepted it, and its entries are not as they should be then", now);
    }

    private DoneStep End(RepairStep step, RepairState state, string? detail, ImmutableArray<DataEntry>? now)
    {
        journal.Append(Line(step, state) with { Detail = detail is null ? null : UntrustedText.Shown(detail) });
        return new DoneStep(step, state, detail, now);
    }

    private RepairEntry Line(RepairStep step, RepairState state) =>
        new(clock.GetUtcNow(), step.Key, state) { User = host.User, Host = host.HostName };

    /// <summary>What we use of the entries of the step's type; other types do not matter to it.</summary>
    private static ImmutableArray<DataEntry> Reduced(ImmutableArray<RunEntry> all, RepairStep step) =>
        [.. all.Select(e => e.Entry).Where(e => e.Type == step.Data.Type)];

    private static RunEntry? Target(RepairStep step, ImmutableArray<RunEntry> all) => all.FirstOrDefault(e => e.Entry == step.Entry);

    private static List<DataEntry> Wanted(RepairStep step, ImmutableArray<DataEntry> before, DataEntry? target, int twins)
    {
        List<DataEntry> wanted = [.. before];
        if (target is null)
        {
            wanted.Add(
                new DataEntry(
                    step.Data.Type,
                    DataEntry.RucioHost,
                    step.Rse,
                    step.Data.Did,
                    DataEntry.Transferred,
                    step.Bytes / 1e6,
                    step.Files
                )
            );
        }

        for (var i = 0; target is not null && i < (step.KeepsOne && twins > 1 ? twins - 1 : twins); i++)
        {
            wanted.Remove(target);
        }

        return wanted;
    }

    private static bool IsDone(RepairStep step, ImmutableArray<DataEntry> now) =>
        step.Kind == RepairKind.Enter
            ? now.Any(e => e.Location == step.Rse && e.IsAvailable(step.Data.Run, step.Data.Type, step.Data.Hash))
            : !now.Contains(step.Entry!);

    private static bool IsSame(ImmutableArray<DataEntry> one, IReadOnlyCollection<DataEntry> other)
    {
        List<DataEntry> left = [.. other];
        return one.Length == left.Count && one.All(left.Remove);
    }

    /// <summary>Whether an entry has all fields of another with the same values, and is not the same.</summary>
    private static bool HasMore(RunEntry entry, RunEntry than)
    {
        if (entry.Json == than.Json)
        {
            return false;
        }

        using var more = JsonDocument.Parse(entry.Json);
        using var less = JsonDocument.Parse(than.Json);
        return less.RootElement.EnumerateObject()
            .All(p => more.RootElement.TryGetProperty(p.Name, out var value) && JsonElement.DeepEquals(value, p.Value));
    }
}
