using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Records;
using Outsource.Engines.Slurm.Programs;

namespace Outsource.Engines.Slurm;

/// <summary>
/// What happened to the jobs of a workflow, in the events of HTCondor's job event log, which all commands understand: from the journal,
/// the marks of the jobs, the queue, and, of jobs that ended without a mark, from Slurm's memory or accounting. As with DAGMan, a job is
/// "submitted" when those that it depends on have succeeded; that it is in Slurm's queue before makes no difference to anybody.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">Where the workflow is planned.</param>
/// <param name="workflow">Its name.</param>
/// <param name="queue">Slurm's queue.</param>
/// <param name="ended">Asked for jobs that are neither in the queue nor left a mark.</param>
public sealed class SlurmEvents(IFileSystem disk, SlurmFolder folder, string workflow, SlurmQueue queue, EndedJobs ended)
{
    private const int Submitted = 0,
        Executing = 1,
        Terminated = 5,
        Aborted = 9,
        Held = 12;

    private readonly Dictionary<int, SlurmJob> _jobs = (queue.Jobs ?? []).GroupBy(j => j.Id).ToDictionary(g => g.Key, g => g.Last());

    /// <summary>When a job succeeded.</summary>
    private readonly Dictionary<string, DateTimeOffset> _succeeded = new(StringComparer.Ordinal);

    private readonly List<QueueJob> _queued = [];

    /// <summary>
    /// The jobs in the queue, as HTCondor's queue has them; those that wait for others are not there. After <see cref="All"/>.
    /// </summary>
    public QueueAnswer Queue => new(queue.Jobs is null ? null : _queued, queue.Silence);

    /// <summary>Id of the workflow, for <see cref="Queue"/>.</summary>
    public string? RootId { get; init; }

    /// <summary>All events, in the order of time.</summary>
    public IReadOnlyList<LogEvent> All()
    {
        _queued.Clear();
        using var journal = new SlurmJournal(disk, folder.Journal);
        var history = SlurmHistory.Of(journal.Read());
        var jobs = SlurmPlanFile.Read(disk, folder.Plan).ToList();
        var marks = jobs.ToDictionary(j => j.Name, j => JobMark.Read(disk, folder.EndMark(j.Name)), StringComparer.Ordinal);
        Ask(jobs, history, marks);
        var events = new List<LogEvent>();
        foreach (var (job, index) in jobs.Select((j, i) => (j, i)))
        {
            if (marks[job.Name] is { ExitCode: 0, Id: DataMarks.NoJob } there && history.Last(job.Name) is null)
            {
                AddThere(events, job, there, int.MaxValue - index);
            }

            foreach (var tried in history.Of(job.Name).Where(t => t.Id is not null))
            {
                var own = new List<LogEvent>(4);
                Add(own, job, tried, marks[job.Name]);
                AddInOrder(events, own, job.Name);
            }
        }

        return [.. events.OrderBy(e => e.At)];
    }

    /// <summary>Slurm's words about the end of a job.</summary>
    internal static string WordsOf(SlurmJob job) => job.Reason is "" ? job.State : $"{job.State}: {job.Reason}";

    private void Ask(IReadOnlyList<SlurmPlanJob> jobs, SlurmHistory history, Dictionary<string, JobMark?> marks)
    {
        var silent = jobs
            .Select(j => (history.Last(j.Name)?.Id, Mark: marks[j.Name]?.Id))
            .Where(t => t.Id is { } id && id != t.Mark && _jobs.GetValueOrDefault(id) is not { IsQueued: true })
            .Select(t => t.Id!.Value)
            .ToHashSet();
        foreach (var (id, job) in ended.Of(silent))
        {
            _jobs[id] = job;
        }
    }

    /// <summary>A job whose data came on another way, as if it had run in no time; Slurm's own numbers are less.</summary>
    private void AddThere(List<LogEvent> events, SlurmPlanJob job, JobMark mark, int id)
    {
        events.Add(Event(Submitted, id, mark.At, "Job submitted from host: <slurm>", $"DAG Node: {job.Name}"));
        events.Add(EndOf(job, new SlurmTry(0, mark.At) { Id = id }, mark.At, 0, null));
        _succeeded[job.Name] = mark.At;
    }

    /// <summary>Clocks of nodes differ, and Slurm counts whole seconds: nothing happens before what comes before it.</summary>
    private void AddInOrder(List<LogEvent> events, List<LogEvent> own, string job)
    {
        var last = DateTimeOffset.MinValue;
        foreach (var happened in own)
        {
            last = happened.At > last ? happened.At : last;
            events.Add(happened with { At = last });
        }

        if (_succeeded.ContainsKey(job))
        {
            _succeeded[job] = last;
        }
    }

    private void Add(List<LogEvent> events, SlurmPlanJob job, SlurmTry tried, JobMark? mark)
    {
        var id = tried.Id!.Value;
        var slurm = _jobs.GetValueOrDefault(id);
        // A job that Slurm has put back into the queue left the mark of its end, and waits again.
        if (tried.End is null && slurm is { IsQueued: true } queued && (mark?.Id != id || queued.State == "PENDING"))
        {
            AddQueued(events, job, tried, queued);
            return;
        }

        // One that was removed because a job before it failed has never begun: it is as if it had not been submitted.
        var start = StartOf(job, tried, mark, slurm);
        if (Ready(job, tried) is not { } ready || (start is null && IsFutile(tried, slurm)))
        {
            return;
        }

        events.Add(Event(Submitted, id, ready, "Job submitted from host: <slurm>", $"DAG Node: {job.Name}"));
        if (start is { } from)
        {
            events.Add(Event(Executing, id, from, "Job executing on host: <slurm>"));
        }

        AddEnd(events, job, tried, mark?.Id == id ? mark : null, slurm);
    }

    private void AddQueued(List<LogEvent> events, SlurmPlanJob job, SlurmTry tried, SlurmJob slurm)
    {
        if (slurm.WaitsForOthers || Ready(job, tried) is not { } ready)
        {
            return;
        }

        events.Add(Event(Submitted, slurm.Id, ready, "Job submitted from host: <slurm>", $"DAG Node: {job.Name}"));
        if (slurm.IsHeld)
        {
            events.Add(Event(Held, slurm.Id, ready, "Job was held.", WordsOf(slurm)));
        }
        else if (slurm.IsRunning)
        {
            var start = JobMark.Read(disk, folder.StartMark(job.Name));
            var from = start?.Id == slurm.Id ? start.At : slurm.Started ?? ready;
            events.Add(Event(Executing, slurm.Id, from, "Job executing on host: <slurm>"));
        }

        _queued.Add(
            new QueueJob(slurm.Id, 0, slurm.IsHeld ? QueueJob.Held : slurm.IsRunning ? QueueJob.Running : QueueJob.Idle)
            {
                Node = job.Name,
                RootId = RootId,
                HoldReason = slurm.IsHeld ? slurm.Reason : null,
            }
        );
    }

    private void AddEnd(List<LogEvent> events, SlurmPlanJob job, SlurmTry tried, JobMark? mark, SlurmJob? slurm)
    {
        var id = tried.Id!.Value;
        if (mark is { ExitCode: not (null or 0), Stopped: true })
        {
            // It was told to end: by its limit, or because somebody removed it.
            events.Add(Event(Aborted, id, mark.At, "Job was aborted.", Slurm(slurm is null ? "it was stopped" : WordsOf(slurm))));
        }
        else if (mark is { ExitCode: { } code })
        {
            events.Add(EndOf(job, tried, mark.At, code, mark.PeakMb ?? slurm?.PeakMb));
            if (code == 0)
            {
                _succeeded[job.Name] = mark.At;
            }
        }
        else if (tried.End is { Exit: { } exit, Words: null } end)
        {
            events.Add(EndOf(job, tried, end.Ended ?? end.At, exit, end.PeakMb));
        }
        else if (tried.End is { } known)
        {
            events.Add(Event(Aborted, id, known.Ended ?? known.At, "Job was aborted.", Slurm(known.Words)));
        }
        else if (slurm is not null || queue.Jobs is not null)
        {
            events.Add(EndWithoutMark(job, tried, slurm));
        }
    }

    /// <summary>The end of a job that could not write a mark: of a killed one, Slurm knows why.</summary>
    private static LogEvent EndWithoutMark(SlurmPlanJob job, SlurmTry tried, SlurmJob? slurm) =>
        slurm is { State: "FAILED", ExitCode: { } failed and not 0 }
            ? EndOf(job, tried, slurm.Ended ?? tried.At, failed, slurm.PeakMb)
            : Event(
                Aborted,
                tried.Id!.Value,
                slurm?.Ended ?? tried.At,
                "Job was aborted.",
                Slurm(slurm is null ? null : WordsOf(slurm))
            );

    private static string Slurm(string? words) =>
        words is null ? "Slurm knows this job no more, and it left no end mark." : $"Slurm: {words}.";

    /// <summary>When those that it depends on had succeeded, or when it was submitted, if that was later; null: they have not.</summary>
    private DateTimeOffset? Ready(SlurmPlanJob job, SlurmTry tried)
    {
        var ready = tried.At;
        foreach (var parent in job.Dependencies)
        {
            if (!_succeeded.TryGetValue(parent, out var at))
            {
                // Its data came on another way, or it has not succeeded; if this one has begun, it did not matter.
                return disk.File.Exists(folder.StartMark(job.Name)) ? ready : null;
            }

            ready = at > ready ? at : ready;
        }

        return ready;
    }

    private static bool IsFutile(SlurmTry tried, SlurmJob? slurm) =>
        (slurm is { WaitsForNothing: true })
        || (tried.End?.Words ?? "").Contains("DependencyNeverSatisfied", StringComparison.Ordinal);

    private DateTimeOffset? StartOf(SlurmPlanJob job, SlurmTry tried, JobMark? mark, SlurmJob? slurm)
    {
        if (tried.End is { } end)
        {
            return end.Started;
        }

        if (mark?.Id == tried.Id)
        {
            return mark!.At.AddSeconds(-mark.Seconds);
        }

        var start = JobMark.Read(disk, folder.StartMark(job.Name));
        // Slurm gives jobs that were removed before they ran a start equal to their end.
        return start?.Id == tried.Id ? start!.At
            : slurm is { Started: { } from, Ended: { } to } && from < to ? from
            : null;
    }

    private static LogEvent EndOf(SlurmPlanJob job, SlurmTry tried, DateTimeOffset at, int code, long? peak)
    {
        var asked = job.At(tried.Attempt).MemoryMb.ToString(CultureInfo.InvariantCulture);
        return Event(
            Terminated,
            tried.Id!.Value,
            at,
            "Job terminated.",
            code < 0
                ? string.Create(CultureInfo.InvariantCulture, $"(0) Abnormal termination (signal {-code})")
                : string.Create(CultureInfo.InvariantCulture, $"(1) Normal termination (return value {code})"),
            "Partitionable Resources : Usage Request Allocated",
            $"Memory (MB) : {(peak is { } used ? used.ToString(CultureInfo.InvariantCulture) + " " : "")}{asked} {asked}"
        );
    }

    private static LogEvent Event(int number, int id, DateTimeOffset at, string title, params string[] body) =>
        new(number, id, 0, at, title, body);

    public override string ToString() => workflow;
}
