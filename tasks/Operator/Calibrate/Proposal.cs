namespace Outsource.Operator.Calibrate;

/// <summary>Where a number stands.</summary>
public enum ProposedIn
{
    /// <summary>A key of <c>[Outsource]</c>.</summary>
    Configuration,

    /// <summary>The table <c>levels.yml</c>.</summary>
    Levels,
}

/// <summary>A number that should be another.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Key">The key; of a table <c>DETECTOR/memory/lower</c> or <c>redundancy/disk</c>.</param>
/// <param name="Old">As it is; null: it is not set.</param>
/// <param name="New">As it should be.</param>
/// <param name="Why">A main clause without a full stop.</param>
public sealed record Proposal(ProposedIn Place, string Key, string? Old, string New, string Why);
