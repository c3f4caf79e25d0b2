using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Runtime.ExceptionServices;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm;

/// <summary>What is written down of a submission.</summary>
/// <param name="Journal">Gets a line before and after each call.</param>
/// <param name="History">What it said when the submission began.</param>
internal sealed record SubmitRecords(SlurmJournal Journal, SlurmHistory History);

/// <summary>One submission of a plan.</summary>
internal sealed class SubmitWork(
    IFileSystem disk,
    ISlurmPrograms programs,
    IMachine machine,
    SubmitOrder order,
    SubmitRecords records,
    CancellationToken cancel
) : IDisposable
{
    /// <summary>
    /// Runs of which the numbers are kept: dependencies do not leave a run, so the memory need not grow with the plan.
    /// </summary>
    private const int MostRuns = 64;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Sbatch _sbatch = new(programs);
    private readonly Squeue _squeue = new(programs);
    private readonly QueueRoom _room = new(new Squeue(programs), order, machine);
    private readonly ParentCheck _parents = new(disk, programs, machine, order, records.History);
    private readonly SemaphoreSlim _calls = new(order.AtOnce);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    private readonly Dictionary<int, Dictionary<string, Task<int?>>> _runs = [];
    private readonly Queue<int> _order = new();
    private long _submitted,
        _kept,
        _leftOut;

    /// <summary>Submits all; a refusal stops it after the calls that are under way.</summary>
    public SubmitResult Run()
    {
        var open = new Queue<Task<int?>>();
        try
        {
            foreach (var job in SlurmPlanFile.Read(disk, order.Folder.Plan))
            {
                _stop.Token.ThrowIfCancellationRequested();
                var jobs = JobsOf(job.Run);
                var parents = job.Dependencies.ToDictionary(d => d, d => jobs.GetValueOrDefault(d), StringComparer.Ordinal);
                var task = SubmitAsync(job, parents);
                jobs[job.Name] = task;
                open.Enqueue(task);
                // Not more than a few calls in advance: each waits for its parents, and all are held in memory.
                while (open.Count > 16 * order.AtOnce)
                {
                    Finish(open.Dequeue());
                }
            }

            while (open.TryDequeue(out var last))
            {
                Finish(last);
            }
        }
        catch (Exception error) when (Stop(open, error) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return new SubmitResult(_submitted, 0, _kept, _leftOut);
    }

    /// <summary>
    /// Waits for the calls that are under way, and finds why it stopped: what was only cancelled because of it says nothing.
    /// </summary>
    private Exception Stop(IEnumerable<Task<int?>> open, Exception error)
    {
        _stop.Cancel();
        var tasks = open.ToList();
        Task.WhenAll(tasks.Select(t => t.ContinueWith(_ => { }, TaskScheduler.Default))).Wait(CancellationToken.None);
        return error is not OperationCanceledException
            ? error
            : tasks.Select(t => t.Exception?.InnerException).FirstOrDefault(e => e is not null and not OperationCanceledException) ?? error;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _calls.Dispose();
    }

    private Dictionary<string, Task<int?>> JobsOf(int run)
    {
        if (!_runs.TryGetValue(run, out var jobs))
        {
            _runs[run] = jobs = new Dictionary<string, Task<int?>>(StringComparer.Ordinal);
            _order.Enqueue(run);
            if (_order.Count > MostRuns)
            {
                _ = _runs.Remove(_order.Dequeue());
            }
        }

        return jobs;
    }

    private static void Finish(Task<int?> task) => task.GetAwaiter().GetResult();

    /// <summary>Submits a job when those that it depends on have numbers.</summary>
    /// <returns>Its number; null: it was not submitted, and need not be waited for or can never run.</returns>
    private async Task<int?> SubmitAsync(SlurmPlanJob job, Dictionary<string, Task<int?>?> parents)
    {
        var ids = new Dictionary<string, int?>(StringComparer.Ordinal);
        foreach (var (name, task) in parents)
        {
            ids[name] = task is null ? records.History.Last(name)?.Id : await task.ConfigureAwait(false);
        }

        if (order.Attempt(job) is not { } attempt)
        {
            return records.History.Last(job.Name)?.Id;
        }

        // Who submits a job again has written down before how its last try ended.
        if (records.History.Last(job.Name) is { Id: { } known, End: null })
        {
            _ = Interlocked.Increment(ref _kept);
            return known;
        }

        // In the order of the plan; the call itself takes a thread of its own.
        await _calls.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => SubmitNow(job, attempt, ids), _stop.Token).ConfigureAwait(false);
        }
        catch
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _ = _calls.Release();
        }
    }

    private int? SubmitNow(SlurmPlanJob job, int attempt, Dictionary<string, int?> parents)
    {
        _room.Take(_stop.Token);
        if (_parents.Find(parents) is { } waitsFor)
        {
            return Submit(job, attempt, waitsFor);
        }

        _ = Interlocked.Increment(ref _leftOut);
        return null;
    }

    private int Submit(SlurmPlanJob job, int attempt, ImmutableArray<int> waitsFor)
    {
        var request = job.At(attempt);
        ImmutableArray<string> options =
        [
            .. DependencyOf(waitsFor),
            $"--mem={request.MemoryMb.ToString(CultureInfo.InvariantCulture)}M",
            $"--time={BatchScript.TimeOf(request.Hours)}",
            $"--output={order.Folder.Output(job.Name, records.History.Of(job.Name).Count)}",
        ];
        var script = order.Folder.Script(job.Name);
        var (began, pause) = (machine.UtcNow, order.Choice.Pause);
        var waited = TimeSpan.Zero;
        while (true)
        {
            _stop.Token.ThrowIfCancellationRequested();
            var called = machine.UtcNow;
            records.Journal.Append(new SlurmEntry(called, SlurmStep.Begun, job.Name, attempt));
            var answer = _sbatch.Submit(options, script, [attempt.ToString(CultureInfo.InvariantCulture)]);
            if (answer.Id is { } id || (answer.Verdict == SbatchVerdict.Lost && (id = FoundAfter(job, called)) > 0))
            {
                var step = answer.Id is null ? SlurmStep.Found : SlurmStep.Submitted;
                records.Journal.Append(new SlurmEntry(machine.UtcNow, step, job.Name, attempt) { Id = id });
                _ = Interlocked.Increment(ref _submitted);
                order.Progress?.Advance();
                return id;
            }

            records.Journal.Append(new SlurmEntry(machine.UtcNow, SlurmStep.Refused, job.Name, attempt) { Words = answer.Words });
            if (answer.Verdict == SbatchVerdict.Refused)
            {
                throw new OutsourceException(
                    $"sbatch refused {job.Name}: {answer.Words}. What was submitted before stays; correct the rcc_ keys, or the plan, and "
                        + "run the same command again.",
                    answer.ExitCode
                );
            }

            if (waited + pause > order.Patience || machine.UtcNow - began > order.Patience)
            {
                throw new OutsourceException(
                    $"Slurm has not taken {job.Name} for {order.Patience.TotalMinutes:0} min: {answer.Words}. What was submitted before "
                        + "stays; run the same command again later."
                );
            }

            order.Said?.Invoke($"{job.Name}: {answer.Words}; next try in {pause.TotalSeconds:0} s.");
            machine.Wait(pause, _stop.Token);
            waited += pause;
            pause = pause * 2 < LongestPause ? Longer(pause) : LongestPause;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause > TimeSpan.Zero ? pause * 2 : TimeSpan.FromSeconds(1);

    /// <summary>Colons: with commas all but the first would be waited for until their end only, failed or not (T27).</summary>
    internal static IEnumerable<string> DependencyOf(ImmutableArray<int> ids) =>
        ids.IsEmpty
            ? []
            : ["--dependency=afterok:" + string.Join(':', ids.Order().Select(i => i.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>The number of a job whose answer was lost; 0: it is not in the queue.</summary>
    /// <exception cref="OutsourceException">The queue does not answer either, so it is not known.</exception>
    private int FoundAfter(SlurmPlanJob job, DateTimeOffset called)
    {
        var earlier = records.History.Of(job.Name).Select(t => t.Id).OfType<int>().ToHashSet();
        for (var pause = order.Choice.Pause; ; pause = Longer(pause))
        {
            var queue = _squeue.All();
            if (queue.Jobs is { } jobs)
            {
                return jobs.Where(j => j.NodeIn(order.Workflow) == job.Name && !earlier.Contains(j.Id) && SlurmSubmitter.IsOf(j, called))
                    .Select(j => j.Id)
                    .DefaultIfEmpty()
                    .Max();
            }

            if (pause > LongestPause)
            {
                throw new OutsourceException(
                    $"Whether {job.Name} was submitted is not known: {queue.Silence}. Run the same command again when squeue answers; it "
                        + "finds out."
                );
            }

            machine.Wait(pause, _stop.Token);
        }
    }
}
