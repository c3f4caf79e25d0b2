using System.Collections.Immutable;

namespace Outsource.Engines.Slurm;

/// <summary>What the batch scripts of a plan have in common.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Folder">Where it is planned.</param>
/// <param name="Outputs">The workflow's outputs folder. Absolute.</param>
/// <param name="Choice">What the configuration says about Slurm.</param>
public sealed record JobSurroundings(string Workflow, SlurmFolder Folder, string Outputs, SlurmChoice Choice)
{
    /// <summary>Variables of the site's jobs.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The folders that every job needs in the container besides those of the configuration. Absolute.</summary>
    public ImmutableArray<string> OwnBinds { get; init; } = [];
}

/// <summary>What a batch script needs to know of its job besides its line of the plan.</summary>
/// <param name="Job">The line of the plan.</param>
/// <param name="Program">The payload's executable. Absolute.</param>
/// <param name="Unpack">What unpacks the job's tarball into a folder of data. Absolute; null: it is left as it is.</param>
public sealed record BatchJob(SlurmPlanJob Job, string Program, string? Unpack)
{
    /// <summary>Variables of the job, in order.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Inputs that lie outside of the workflow's scratch folder: name and path.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Files { get; init; } = [];

    /// <summary>Inputs that other jobs make, by name.</summary>
    public ImmutableArray<string> Data { get; init; } = [];

    /// <summary>Whether another job reads its tarballs.</summary>
    public bool IsRead { get; init; }
}
