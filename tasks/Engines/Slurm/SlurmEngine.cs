using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Engines.Slurm.Programs;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Slurm;

/// <summary>The engine of a computing centre: batch scripts, sbatch, and what Slurm knows of its jobs.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="machine">The clock.</param>
/// <param name="programs">The programs of Slurm.</param>
/// <param name="settings">The workflow's settings; asked for when it is planned or started.</param>
/// <param name="messages">Messages for the operator.</param>
public sealed class SlurmEngine(
    HostEnvironment host,
    IMachine machine,
    ISlurmPrograms programs,
    Func<OutsourceSettings> settings,
    IOperatorLog messages
) : IEngine
{
    /// <summary>Nodes of the RCC with this feature take no jobs of ours.</summary>
    private const string Unfit = "lc";

    public EngineKind Kind => EngineKind.Slurm;

    public bool StartsByParts => true;

    public ImmutableArray<InstalledProgram> Programs() =>
        [
            new(
                programs.Find("sbatch") ?? throw SlurmPrograms.Missing("sbatch"),
                programs.Run("sbatch", ["--version"]).Out.Select(UntrustedText.Shown).FirstOrDefault() ?? "unknown"
            ),
        ];

    public ImmutableArray<string> PlanCommand(PlanOrder order) =>
        [ProgramCommand.Program, "--target=PegasusPlan", "--exclusive", $"--name={NameOf(order.SubmitDirectory)}"];

    public ImmutableArray<string> StartCommand(string submitDirectory) =>
        [ProgramCommand.Program, "--target=PegasusRun", "--exclusive", $"--name={NameOf(submitDirectory)}"];

    public CommandOutput Plan(PlanOrder order, string folder, Action<string> said)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(said);
        var checks = new SlurmChecks(host.Disk, programs);
        var choice = Told(checks.Before(Choice(), host.User), said);
        var planned = new SlurmPlanner(host.Disk).Write(
            new SlurmOrder(
                NameOf(order.SubmitDirectory),
                Path.GetDirectoryName(order.Workflow)!,
                order.SubmitDirectory,
                settings().OutputsFolder,
                choice
            )
            {
                Site = order.ExecutionSite,
                At = machine.UtcNow,
            },
            CancellationToken.None
        );
        var slurm = new SlurmFolder(order.SubmitDirectory);
        _ = Told(checks.After(slurm, planned, choice), said);
        var there = Data(Path.GetDirectoryName(order.Workflow)!) is { } data
            ? new DataMarks(host.Disk, slurm, data).Write(machine.UtcNow)
            : 0;
        var line = FormattableString.Invariant($"{planned.Jobs} jobs planned.");
        if (there > 0)
        {
            var words = FormattableString.Invariant($"{there} of {planned.Jobs} jobs are done or not needed: their data is there already.");
            said(words);
            messages.Note(words);
        }

        said(line);
        return new CommandOutput(0, [line], []);
    }

    /// <inheritdoc/>
    /// <exception cref="OutsourceException">sbatch refused a job; what was submitted before stays, and another call goes on.</exception>
    public CommandOutput Start(string submitDirectory)
    {
        var (folder, name) = (new SlurmFolder(submitDirectory), NameOf(submitDirectory));
        var order = new SubmitOrder(name, folder, Choice(), host.User) { Said = messages.Note };
        if (Data(settings().GeneratedFolder) is { } data)
        {
            _ = new DataMarks(host.Disk, folder, data).Write(machine.UtcNow);
        }

        if (host.Disk.File.Exists(folder.Journal) || DataMarks.Any(host.Disk, folder))
        {
            order = Continued(order);
        }

        var result = new SlurmSubmitter(host.Disk, programs, machine).Submit(order, CancellationToken.None);
        if (!host.Disk.File.Exists(folder.Journal))
        {
            // All data was there already. That there is a journal says that the workflow was started.
            AtomicFile.WriteText(host.Disk, folder.Journal, "");
        }

        _ = JobsOf([new SubmitDirectory(host.Disk, submitDirectory)]);
        return new CommandOutput(0, [FormattableString.Invariant($"{result.Submitted + result.Found} jobs submitted.")], []);
    }

    public QueueAnswer ManagersOf(SubmitDirectory directory) => JobsOf([directory]);

    public QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories)
    {
        ArgumentNullException.ThrowIfNull(directories);
        var queue = new Squeue(programs).All();
        var jobs = directories.SelectMany(d => Look(d, queue)).ToList();
        return new QueueAnswer(queue.Jobs is null ? null : jobs, queue.Silence);
    }

    public void Hold(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) =>
        new SlurmSite(programs).Hold(Numbers(directory, jobs, j => !j.IsRunning && !j.IsHeld));

    public void Release(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) =>
        new SlurmSite(programs).Release(Numbers(directory, jobs, j => j.IsHeld));

    public IReadOnlyList<string> Remove(SubmitDirectory directory, IReadOnlyList<QueueJob> managers, IReadOnlyList<QueueJob> jobs)
    {
        new SlurmSite(programs).Cancel(Numbers(directory, managers.Count > 0 ? managers : jobs, _ => true));
        return [];
    }

    /// <summary>What is there of a plan by level, here or from the workflow that it continues; null: nothing counts.</summary>
    private DoneData? Data(string generated)
    {
        var wanted = settings();
        return !wanted.ByLevel || wanted.Force ? null : StoredData.Of(host.Disk, generated, wanted.OutputsFolder);
    }

    private static string NameOf(string submitDirectory) => Path.GetFileName(submitDirectory);

    private SlurmChoice Choice()
    {
        var wanted = settings();
        ImmutableArray<string> unfit = [];
        try
        {
            unfit = wanted.RccPartition is { } partition ? new SlurmSite(programs).NodesWith(Unfit, partition) : [];
        }
        catch (OutsourceException silent)
        {
            messages.Detail($"Slurm was not asked for its nodes: {silent.Message}");
        }

        return SlurmChoice.Of(wanted, unfit);
    }

    private SlurmChoice Told(SlurmFindings findings, Action<string> said)
    {
        foreach (var warning in findings.Warnings)
        {
            said(warning);
            messages.Warn(warning);
        }

        findings.Require();
        return findings.Choice;
    }

    /// <summary>Only what is missing, and what hangs on it (T8).</summary>
    private SubmitOrder Continued(SubmitOrder order)
    {
        var resubmission = new SlurmResubmission(host.Disk, order.Folder, data: null);
        var decided = resubmission.Decide(order.Workflow, new Squeue(programs).All());
        using (var journal = new SlurmJournal(host.Disk, order.Folder.Journal))
        {
            resubmission.RecordEnds(journal, decided, new EndedJobs(programs, TimeZoneInfo.Local), machine.UtcNow);
        }

        if (!decided.ToCancel.IsEmpty)
        {
            new SlurmSite(programs).Cancel(decided.ToCancel);
        }

        var dag = DagFile.Read(host.Disk, new SubmitDirectory(host.Disk, order.Folder.SubmitDirectory).Dag);
        bool IsLeftAlone(string job) => dag.Nodes.TryGetValue(job, out var node) && node.LeftAlone;
        return order with
        {
            Attempt = job => decided.Attempts.TryGetValue(job.Name, out var attempt) && !IsLeftAlone(job.Name) ? attempt : null,
            IsThere = decided.There.Contains,
        };
    }

    /// <summary>Writes down what Slurm knows of a workflow, in the records that every command reads.</summary>
    /// <returns>Its jobs in the queue; while there are any, one job that stands for all of it.</returns>
    private IEnumerable<QueueJob> Look(SubmitDirectory directory, SlurmQueue queue)
    {
        var (folder, name) = (new SlurmFolder(directory.Path), NameOf(directory.Path));
        if (!host.Disk.File.Exists(folder.Journal) || queue.Jobs is null)
        {
            return [];
        }

        var events = new SlurmEvents(host.Disk, folder, name, queue, new EndedJobs(programs, TimeZoneInfo.Local))
        {
            RootId = directory.RootId,
        };
        var all = events.All();
        var open = queue.Jobs.Where(j => j.NodeIn(name) is not null && j.IsQueued).ToList();
        new SlurmRecords(host.Disk, directory) { IsOpen = open.Count > 0 }.Write(all);
        var held = open.Where(j => !j.IsRunning).ToList() is { Count: > 0 } waiting && waiting.TrueForAll(j => j.IsHeld);
        return open.Count == 0
            ? []
            :
            [
                new QueueJob(SlurmRecords.Cluster, 0, held ? QueueJob.Held : QueueJob.Running)
                {
                    RootId = directory.RootId,
                    HoldReason = held ? open.First(j => j.IsHeld).Reason : null,
                },
                .. events.Queue.Jobs ?? [],
            ];
    }

    /// <summary>The numbers of jobs; the job that stands for the workflow means all of its jobs.</summary>
    private List<int> Numbers(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, Func<SlurmJob, bool> which)
    {
        var queue = new Squeue(programs).All();
        var all = queue.Jobs ?? throw new OutsourceException($"{queue.Silence}. Nothing was changed. Try again when squeue answers.");
        var (named, whole) = (jobs.Where(j => j.Node is not null).Select(j => j.Cluster).ToHashSet(), jobs.Any(j => j.Node is null));
        return
        [
            .. all.Where(j => j.NodeIn(NameOf(directory.Path)) is not null && j.IsQueued)
                .Where(j => (whole || named.Contains(j.Id)) && which(j))
                .Select(j => j.Id),
        ];
    }
}
