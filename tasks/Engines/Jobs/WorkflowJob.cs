using System.Collections.Immutable;

namespace Outsource.Engines.Jobs;

/// <summary>A file that a job makes.</summary>
/// <param name="Name">Its logical name, which may have a folder: <c>logs/NAME.log</c>.</param>
/// <param name="StageOut">Whether it is a result that is brought to the outputs folder.</param>
public sealed record JobOutput(string Name, bool StageOut);

/// <summary>A job of <c>workflow.yml</c>, for engines that run it themselves.</summary>
/// <param name="Id">Its id: <c>043000-peaklets-0003</c>.</param>
/// <param name="Name">The transformation that it runs: <c>peaklets</c>, <c>lower_tpc</c>.</param>
/// <param name="Arguments">Its argument vector.</param>
public sealed record WorkflowJob(string Id, string Name, ImmutableArray<string> Arguments)
{
    /// <summary>The kind of a job that runs a program.</summary>
    public const string Plain = "job";

    /// <summary>The kind of a part: a workflow of its own.</summary>
    public const string Part = "pegasusWorkflow";

    /// <summary>Its kind: <see cref="Plain"/>, <see cref="Part"/> and others.</summary>
    public string Kind { get; init; } = Plain;

    /// <summary>Its first line in the file, from 1; null: it is from no file.</summary>
    public int? Line { get; init; }

    /// <summary>Logical names of the files that it needs.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>The files that it makes.</summary>
    public ImmutableArray<JobOutput> Outputs { get; init; } = [];

    /// <summary>The output that its standard output becomes, or null.</summary>
    public string? StandardOutput { get; init; }

    /// <summary>Its environment variables, in the order of the file.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What it asks of HTCondor: <c>request_memory</c> and others, as ClassAd expressions.</summary>
    public ImmutableDictionary<string, string> Condor { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The site that it must run at, such as <c>local</c>; null: the planner's.</summary>
    public string? Site { get; init; }

    /// <summary>The name of its DAG node, as Pegasus makes it.</summary>
    public string NodeName => $"{Name}_{Id}";
}
