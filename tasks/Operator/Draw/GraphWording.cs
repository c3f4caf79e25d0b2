using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Planning;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Draw;

/// <summary>The texts of a graph, its nodes and its edges. Each group of a list is of one data type and one run.</summary>
internal abstract class GraphWording
{
    public abstract string Title { get; }

    public abstract string Description { get; }

    /// <summary>Number of jobs of a node of processing jobs.</summary>
    public abstract string Count(IReadOnlyList<JobGroup> alike);

    /// <summary>The text below it.</summary>
    public abstract ImmutableArray<string> Details(IReadOnlyList<JobGroup> alike);

    /// <summary>The title of the node of combine jobs.</summary>
    public abstract string Combine(IReadOnlyList<JobGroup> alike);

    /// <summary>Where existing data are, or how many there are.</summary>
    public abstract string Places(IReadOnlyList<JobGroup> inputs);

    /// <summary>At the edge from such data to the jobs that read them in chunks.</summary>
    public abstract string Chunks(IReadOnlyList<JobGroup> readers);

    /// <summary>At the edge from processing jobs to the combine jobs of their type.</summary>
    public abstract string Outputs(IReadOnlyList<JobGroup> alike);

    /// <summary>The request of a job.</summary>
    public static string Amounts(Resources each) => Invariant($"{each.MemoryMb / 1000.0:0.#} GB memory, {each.DiskKb / 1e6:0.#} GB disk");

    protected static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The texts for one run.</summary>
/// <param name="run">Run number.</param>
/// <param name="groups">Its job groups.</param>
internal sealed class RunWording(int run, IReadOnlyCollection<JobGroup> groups) : GraphWording
{
    public override string Title => $"Run {RunDocument.Padded(run)}";

    public override string Description => $"{Counted.Of(groups.Sum(g => g.Jobs), "job")} of {Counted.Of(groups.Count, "data type")}.";

    public override string Count(IReadOnlyList<JobGroup> alike) => Invariant($"×{alike[0].ProcessingJobs:N0}");

    public override ImmutableArray<string> Details(IReadOnlyList<JobGroup> alike) =>
        [alike[0].Type == alike[0].JobName ? "" : alike[0].Type, Amounts(alike[0].Resources)];

    public override string Combine(IReadOnlyList<JobGroup> alike) => "combine ×1";

    public override string Places(IReadOnlyList<JobGroup> inputs) =>
        inputs[0].Input.Rses is [var only] ? $"at {only}" : Invariant($"at {inputs[0].Input.Rses.Length} RSEs");

    public override string Chunks(IReadOnlyList<JobGroup> readers) => Counted.Of(readers[0].Chunks, "chunk");

    public override string Outputs(IReadOnlyList<JobGroup> alike) => Counted.Of(alike[0].ProcessingJobs, "output");
}

/// <summary>The texts for a whole plan.</summary>
/// <param name="name">Of the workflow.</param>
/// <param name="plan">The plan.</param>
internal sealed class PlanWording(string name, JobPlan plan) : GraphWording
{
    public override string Title => $"Workflow {name}";

    public override string Description =>
        $"{Counted.Of(plan.Jobs, "job")} for {Counted.Of(plan.Runs, "run")} and {Counted.Of(plan.Chunks, "chunk")}; jobs with the same "
            + $"name and "
        + "data type are one node.";

    public override string Count(IReadOnlyList<JobGroup> alike) => Invariant($"×{alike.Sum(g => (long)g.ProcessingJobs):N0}");

    public override ImmutableArray<string> Details(IReadOnlyList<JobGroup> alike) =>
        [
            string.Join(
                " · ",
                new[] { alike[0].Type == alike[0].JobName ? "" : alike[0].Type, Counted.Of(alike.Count, "run") }.Where(w => w.Length > 0)
            ),
            Amounts(alike[0].Resources),
        ];

    public override string Combine(IReadOnlyList<JobGroup> alike) => Invariant($"combine ×{alike.Count:N0}");

    public override string Places(IReadOnlyList<JobGroup> inputs) => Counted.Of(inputs.Count, "input");

    public override string Chunks(IReadOnlyList<JobGroup> readers) => Counted.Of(readers.Sum(c => (long)c.Chunks), "chunk");

    public override string Outputs(IReadOnlyList<JobGroup> alike) => Counted.Of(alike.Sum(c => (long)c.ProcessingJobs), "output");
}
