using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Outsource.Artifacts;
using Outsource.Engines.Jobs;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Planning;
using Outsource.Model.Runs;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>
/// Writes <c>workflow.yml</c> (Pegasus 5.0 format) job by job, without keeping it in memory. The same plan and clock give the same bytes.
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="jobs">Writes the jobs of a group, in one of the plans.</param>
public sealed class WorkflowFile(OutsourceSettings settings, IJobWriter jobs)
{
    /// <summary>Format of the workflow and the catalogs.</summary>
    public const string PegasusVersion = "5.0";

    private IReadOnlySet<string> _madeBefore = ImmutableHashSet<string>.Empty;

    /// <summary>
    /// Id of processing job <paramref name="index"/> of a group: <c>043000-peaklets-0003</c>. DAG nodes contain it, so that run and type
    /// can be read from a node's name.
    /// </summary>
    public static string IdOf(JobGroup group, int index) =>
        group.Chunked
            ? string.Create(CultureInfo.InvariantCulture, $"{RunDocument.Padded(group.Run)}-{group.Type}-{index:D4}")
            : $"{RunDocument.Padded(group.Run)}-{group.Type}";

    /// <summary>Id of the last job of a group: the combine job, or the single one.</summary>
    public static string LastIdOf(JobGroup group) =>
        group.Chunked ? $"{RunDocument.Padded(group.Run)}-{group.Type}-combine" : IdOf(group, 0);

    /// <summary>Writes the workflow.</summary>
    /// <param name="stream">The destination.</param>
    /// <param name="plan">The plan to write.</param>
    /// <param name="madeBefore">
    /// Outputs of chunk jobs that already exist: their jobs are left out. The planner could do that itself, but then it also drops, without
    /// a message, every job whose output is not staged out (Pegasus 5.1): all jobs that end in an upload.
    /// </param>
    /// <param name="heading">Comment lines for people and for <c>--reuse</c>.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <param name="progress">Counts the written jobs; or null.</param>
    public void Write(
        Stream stream,
        JobPlan plan,
        IEnumerable<string> madeBefore,
        IEnumerable<string> heading,
        CancellationToken cancel,
        IProgressDisplay? progress = null
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        Exclude(madeBefore);
        using var text = Begin(stream, heading);
        WriteHooks(text);
        WriteJobs(text, plan.Groups, progress, cancel);
    }

    /// <summary>Writes a part of a workflow.</summary>
    /// <param name="stream">The destination.</param>
    /// <param name="part">The part.</param>
    /// <param name="heading">Comment lines for people and for <c>--reuse</c>.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <param name="progress">Counts the written jobs; or null.</param>
    public void WritePart(
        Stream stream,
        WorkflowPart part,
        IEnumerable<string> heading,
        CancellationToken cancel,
        IProgressDisplay? progress = null
    )
    {
        ArgumentNullException.ThrowIfNull(part);
        using var text = Begin(stream, heading);
        WriteJobs(text, part.Groups, progress, cancel);
    }

    /// <summary>
    /// Writes the workflow of the parts, each of which is a workflow of its own (<c>pegasusWorkflow</c>) that Pegasus plans when DAGMan
    /// reaches it. A part is not tried again as a whole: DAGMan would give its failed jobs all their retries anew.
    /// </summary>
    /// <param name="stream">The destination.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="sites">Names the sites, which the planner of a part does not inherit.</param>
    /// <param name="heading">Comment lines for people and for <c>--reuse</c>.</param>
    public void WriteRoot(Stream stream, IEnumerable<WorkflowPart> parts, SiteProfile sites, IEnumerable<string> heading)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(sites);
        using var text = Begin(stream, heading);
        WriteHooks(text);
        text.WriteLine("jobs:");
        string[] arguments =
        [
            "--sites",
            sites.ExecutionSite,
            "--staging-site",
            $"{sites.ExecutionSite}={sites.StagingSite}",
            "--output-sites",
            sites.OutputSite,
        ];
        var rest =
            $"    arguments: [{string.Join(", ", arguments.Select(YamlText.Quote))}]\n    uses:\n      - {{lfn: \"{{0}}\", type: input}}\n"
            + "    profiles:\n      dagman:\n        RETRY: \"0\"\n";
        foreach (var part in parts)
        {
            text.Write($"  - type: {WorkflowJob.Part}\n    id: \"{part.Id}\"\n    file: \"{part.File}\"\n");
            text.Write(rest.Replace("{0}", part.File, StringComparison.Ordinal));
        }

        text.WriteLine("jobDependencies: []");
    }

    /// <summary>
    /// Writes the nodes of a part's jobs as lines of a DAG (<c>JOB peaklets_043000-peaklets-0003 -</c>), by the names that Pegasus will
    /// give them.
    /// </summary>
    /// <param name="stream">The destination.</param>
    /// <param name="part">The part.</param>
    public void WriteJobList(Stream stream, WorkflowPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        using var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        void Line(string name, string id) => text.Write($"JOB {name}_{id} {DagNode.NoFile}\n");
        foreach (var group in part.Groups)
        {
            foreach (var i in Written(group))
            {
                Line(group.JobName, IdOf(group, i));
            }

            if (group.Chunked)
            {
                Line(group.CombineName, LastIdOf(group));
            }

            foreach (var after in jobs.After(group))
            {
                Line(after.Name, after.Id);
            }
        }
    }

    /// <summary>How many jobs are written for a group.</summary>
    public int JobsOf(JobGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Written(group).Count() + (group.Chunked ? 1 : 0) + jobs.After(group).Count();
    }

    /// <summary>Outputs of chunk jobs that already exist: their jobs are left out.</summary>
    public void Exclude(IEnumerable<string> madeBefore) => _madeBefore = madeBefore.ToImmutableHashSet(StringComparer.Ordinal);

    private static StreamWriter Begin(Stream stream, IEnumerable<string> heading)
    {
        var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        foreach (var line in heading)
        {
            text.WriteLine($"# {line}");
        }

        text.WriteLine($"pegasus: {YamlText.Quote(PegasusVersion)}");
        text.WriteLine($"name: {SubmitDirectory.WorkflowName}");
        return text;
    }

    private void WriteJobs(StreamWriter text, ImmutableArray<JobGroup> groups, IProgressDisplay? progress, CancellationToken cancel)
    {
        text.WriteLine("jobs:");
        foreach (var run in groups.GroupBy(g => g.Run))
        {
            cancel.ThrowIfCancellationRequested();
            var last = run.ToDictionary(g => g.Type, g => g.LastOutput, StringComparer.Ordinal);
            foreach (var group in run)
            {
                jobs.Write(text, group, [.. group.Parents.Select(p => last[p])], _madeBefore);
                progress?.Advance(group.Jobs);
            }
        }

        WriteDependencies(text, groups, cancel);
    }

    private void WriteHooks(StreamWriter text)
    {
        if (settings.NotificationEmail is { Length: > 0 } address)
        {
            var command = YamlText.Quote(NotificationHook.Command(settings.PegasusPath, address));

            // Start and end. The planner passes the value "end" on unchanged, and the monitor that runs the hooks knows only "at_end" and
            // "all" (Pegasus 5.1).
            text.WriteLine($"hooks:\n  shell:\n    - {{_on: all, cmd: {command}}}");
        }
    }

    /// <summary>A name that we made, which contains nothing to escape.</summary>
    internal static void Quote(StreamWriter text, string name)
    {
        text.Write('"');
        text.Write(name);
        text.Write('"');
    }

    /// <summary>A number, without a text for it.</summary>
    internal static void Write(StreamWriter text, int number)
    {
        Span<char> digits = stackalloc char[11];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        text.Write(digits[..length]);
    }

    /// <summary>The lines of input files.</summary>
    internal static string Inputs(IEnumerable<string> files) =>
        string.Concat(files.Select(f => $"      - {{lfn: \"{f}\", type: input}}\n"));

    /// <summary>
    /// Passed to the job with a run's last known chunk, and to the combine job. A listing is a lower bound, because an empty chunk has no
    /// file (docs/domain.md §3): these jobs continue to the number of chunks in the metadata.
    /// </summary>
    internal const string OpenEnd = ", \"--open-end\"";

    /// <summary>The chunks of a job, as arguments.</summary>
    internal static void WriteChunks(StreamWriter text, JobGroup group, int index)
    {
        var (start, stop) = group.ChunksOf(index);
        text.Write(", \"--chunk-start\", \"");
        Write(text, start);
        text.Write("\", \"--chunk-stop\", \"");
        Write(text, stop);
        text.Write('"');
        if (stop == group.Chunks)
        {
            text.Write(OpenEnd);
        }
    }

    /// <summary>The line of an output file.</summary>
    internal static void WriteOutput(StreamWriter text, string file, string stageOut)
    {
        text.Write("      - {lfn: ");
        Quote(text, file);
        text.Write(", type: output, stageOut: ");
        text.Write(stageOut);
        text.Write(", registerReplica: true}\n");
    }

    private void WriteDependencies(StreamWriter text, ImmutableArray<JobGroup> groups, CancellationToken cancel)
    {
        text.Write("jobDependencies:");
        var any = false;
        foreach (var run in groups.GroupBy(g => g.Run))
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var group in run)
            {
                if (group.Chunked)
                {
                    var children = $", children: [\"{LastIdOf(group)}\"]}}";
                    foreach (var i in Written(group))
                    {
                        text.Write("\n  - {id: ");
                        Quote(text, IdOf(group, i));
                        text.Write(children);
                        any = true;
                    }
                }

                var dependents = run.Where(g => g.Parents.Contains(group.Type))
                    .SelectMany(g => Written(g).Select(i => IdOf(g, i)))
                    .Concat(jobs.After(group).Select(j => j.Id))
                    .Select(id => $"\"{id}\"")
                    .ToList();
                if (dependents.Count > 0)
                {
                    text.Write($"\n  - {{id: \"{LastIdOf(group)}\", children: [{string.Join(", ", dependents)}]}}");
                    any = true;
                }
            }
        }

        text.Write(any ? "\n" : " []\n");
    }

    /// <summary>The processing jobs of a group that are in the workflow.</summary>
    private IEnumerable<int> Written(JobGroup group) =>
        _madeBefore.Count == 0
            ? Enumerable.Range(0, group.ProcessingJobs)
            : Enumerable.Range(0, group.ProcessingJobs).Where(i => !_madeBefore.Contains(group.OutputOf(i)));
}
