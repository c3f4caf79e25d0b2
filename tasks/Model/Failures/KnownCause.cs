using System.Collections.Immutable;

namespace Outsource.Model.Failures;

/// <summary>What is proposed for the jobs of a cause.</summary>
public enum Mending
{
    /// <summary>They run again as they are.</summary>
    Again,

    /// <summary>They run again with more memory.</summary>
    Memory,

    /// <summary>They run again with more disk.</summary>
    Disk,

    /// <summary>They run again, and not at the sites where they failed.</summary>
    Sites,

    /// <summary>The workflow goes on without them.</summary>
    LeaveOut,

    /// <summary>Their runs are planned again.</summary>
    Plan,
}

/// <summary>A cause of the table <c>causes.yml</c>.</summary>
/// <param name="Name">Its name: letters, digits and dashes.</param>
/// <param name="Title">What happened, in a few words.</param>
public sealed record KnownCause(string Name, string Title)
{
    /// <summary>Whether another try can help before a person did something.</summary>
    public bool Retryable { get; init; }

    public Mending Mending { get; init; }

    /// <summary>What a person does, in sentences.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>It fits if one of them does.</summary>
    public ImmutableArray<CauseTest> Tests { get; init; } = [];
}
