using System.Collections.Immutable;
using Outsource.Engines.State;

namespace Outsource.Operator.Clean;

/// <summary>A workflow that may be deleted, or is kept.</summary>
/// <param name="Name">The workflow.</param>
public sealed record CleanRow(string Name)
{
    /// <summary>Its state; null: it was not needed.</summary>
    public WorkflowState? State { get; init; }

    /// <summary>How long nothing in its folders has changed; null: unknown.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Size of the folders to delete.</summary>
    public long Bytes { get; init; }

    /// <summary>The folders to delete, that of its artifacts first. Absolute.</summary>
    public ImmutableArray<string> Goes { get; init; } = [];

    /// <summary>Why it is kept, without a full stop; null: it may be deleted.</summary>
    public string? Kept { get; init; }

    /// <summary>Whether it is the rest of a deletion that was stopped.</summary>
    public bool Leftover { get; init; }

    public bool Deleted { get; init; }

    /// <summary>Whether it was to be deleted, and the disk refused.</summary>
    public bool Failed { get; init; }
}
