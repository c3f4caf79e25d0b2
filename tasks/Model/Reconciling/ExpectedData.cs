using Outsource.Model.Runs;

namespace Outsource.Model.Reconciling;

/// <summary>How far the jobs that make a data type have come.</summary>
public enum WorkState
{
    /// <summary>No workflow is asked about.</summary>
    None,

    /// <summary>Not all have ended.</summary>
    Open,

    /// <summary>One failed.</summary>
    Failed,

    /// <summary>All are done.</summary>
    Done,
}

/// <summary>A data type of a run that should be loadable: planned by a workflow, or asked about.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Stored data type.</param>
/// <param name="Hash">Its lineage hash.</param>
public sealed record ExpectedData(int Run, string Type, string Hash)
{
    /// <summary>The dataset: <c>xnt_007157:peaklets-rfzvpzj4mf</c>.</summary>
    public string Did => $"{DataEntry.Scope}{RunDocument.Padded(Run)}:{Prefix}";

    /// <summary>What the names of its files begin with.</summary>
    public string Prefix => $"{Type}-{Hash}";

    /// <summary>Name of its metadata file.</summary>
    public string MetadataFile => $"{Prefix}-metadata.json";

    /// <summary>The data type that is asked for when it is to be made again.</summary>
    public string Asked { get; init; } = Type;

    /// <summary>Its jobs.</summary>
    public WorkState Work { get; init; }

    /// <summary>Whether it is to be uploaded and entered.</summary>
    public bool Uploads { get; init; } = true;

    /// <summary>The RSE that it is to be uploaded to; null: not known.</summary>
    public string? Rse { get; init; }

    /// <summary>The folder on this machine that has all of it; null: there is none. Absolute.</summary>
    public string? Folder { get; init; }

    /// <summary>The tarball on this machine that holds it; null: there is none. Absolute.</summary>
    public string? Tarball { get; init; }

    /// <summary>What is known about it besides, a main clause; or null.</summary>
    public string? Remark { get; init; }
}
