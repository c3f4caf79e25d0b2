using System.Globalization;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Foundation.Machine;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>
/// A lower bound of a workflow's length, measured on jobs with the same names in an earlier workflow below the same work_dir: the longest
/// chain of jobs of one run. The time that jobs wait for a machine is not included.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="settings">Of the workflow: its name, where others are, and whether it is a canary, whose jobs take no time.</param>
public sealed class WorkflowLength(HostEnvironment host, OutsourceSettings settings)
{
    /// <summary>Maximum number of earlier workflows, and maximum size of a log in bytes: the answer must be fast.</summary>
    private const int MostWorkflows = 5,
        MostBytes = 30_000_000;

    /// <summary>Estimates it.</summary>
    /// <param name="plan">The plan to run.</param>
    /// <returns>The length and the workflow on which it was measured; null: no earlier one is suitable.</returns>
    public (TimeSpan Length, string MeasuredOn)? Estimate(JobPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var needed = plan
            .Groups.Select(g => g.JobName)
            .Concat(plan.Groups.Where(g => g.Chunked).Select(g => g.CombineName))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        foreach (
            var earlier in new WorkflowChooser(host, settings.WorkDir)
                .All()
                .Reverse()
                .Where(w =>
                    w.SubmittedAt is not null
                    && w.Name != settings.Name
                    && RecordedSettings.IsCanary(host.Disk, w.Folder) == settings.Canary
                    && IsSmall(w)
                )
                .Take(MostWorkflows)
        )
        {
            var times = Medians(new StatusReader(host, TimeZoneInfo.Local).Read(earlier, new QueueAnswer(null), host.Now));
            if (needed.TrueForAll(times.ContainsKey))
            {
                return (plan.Groups.GroupBy(g => g.Run).Max(run => Longest(run, times)), earlier.Name);
            }
        }

        return null;
    }

    /// <summary>Hours and minutes, for people.</summary>
    public static string Describe(TimeSpan length) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalHours} h {length.Minutes} min");

    private static TimeSpan Longest(IEnumerable<JobGroup> run, Dictionary<string, TimeSpan> times)
    {
        // Groups are ordered by depth.
        Dictionary<string, TimeSpan> ends = new(StringComparer.Ordinal);
        foreach (var group in run)
        {
            var begin = group.Parents.Select(p => ends.GetValueOrDefault(p)).DefaultIfEmpty().Max();
            ends[group.Type] = begin + times[group.JobName] + (group.Chunked ? times[group.CombineName] : TimeSpan.Zero);
        }

        return ends.Values.Max();
    }

    private static Dictionary<string, TimeSpan> Medians(WorkflowStatus status) =>
        status
            .Nodes.Where(n => n is { State: NodeState.Done, Attempts: > 0, Name.Ours: true } && n.Wall > TimeSpan.Zero)
            .GroupBy(n => n.Name.Job, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(n => n.Wall - n.Lost).Order().ElementAt(g.Count() / 2), StringComparer.Ordinal);

    private bool IsSmall(WorkflowOnDisk workflow) =>
        workflow.Submit is { IsStarted: true } submit
        && host.Disk.File.Exists(submit.NodesLog)
        && host.Disk.FileInfo.New(submit.NodesLog).Length <= MostBytes;
}
