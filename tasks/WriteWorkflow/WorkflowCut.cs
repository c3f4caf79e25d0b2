using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>A part of a workflow: some of its runs, each whole.</summary>
/// <param name="Number">From 0, in the order of the runs.</param>
/// <param name="Groups">Its job groups.</param>
/// <param name="Jobs">Its jobs.</param>
public sealed record WorkflowPart(int Number, ImmutableArray<JobGroup> Groups, long Jobs)
{
    /// <summary>Its id among the jobs of the workflow: <c>part-0012</c>.</summary>
    public string Id => IdOf(Number);

    /// <summary>Its file in the folder of the parts, and the logical name of that file.</summary>
    public string File => Id + ".yml";

    /// <summary>The names of its jobs, as lines of a DAG: what is known of it until it is planned.</summary>
    public string JobList => Id + ".jobs";

    /// <summary>The id of a part.</summary>
    public static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"part-{number:D4}");
}

/// <summary>
/// Cuts a plan into parts of at most <c>jobs_per_part</c> jobs. Pegasus' planner needs 0.1 GB and about 1 s for 1,000 jobs: a large
/// workflow is planned part by part. A run is never cut, so a part with a run of more jobs is as large as that run.
/// </summary>
public static class WorkflowCut
{
    /// <summary>Whether a plan of so many jobs is cut.</summary>
    public static bool IsCut(OutsourceSettings settings, long jobs)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.JobsPerPart > 0 && jobs > settings.JobsPerPart;
    }

    /// <summary>The parts.</summary>
    /// <param name="plan">The plan; the groups of a run are beside each other.</param>
    /// <param name="most">Jobs of a part, at most.</param>
    /// <param name="jobsOf">How many jobs are written for a group.</param>
    public static IEnumerable<WorkflowPart> Parts(JobPlan plan, int most, Func<JobGroup, int> jobsOf)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(jobsOf);
        var (number, jobs, groups) = (0, 0L, ImmutableArray.CreateBuilder<JobGroup>());
        foreach (var run in plan.Groups.GroupBy(g => g.Run))
        {
            var its = run.Sum(g => (long)jobsOf(g));
            if (groups.Count > 0 && jobs + its > most)
            {
                yield return new WorkflowPart(number++, groups.ToImmutable(), jobs);
                groups.Clear();
                jobs = 0;
            }

            groups.AddRange(run);
            jobs += its;
        }

        if (groups.Count > 0)
        {
            yield return new WorkflowPart(number, groups.ToImmutable(), jobs);
        }
    }
}
