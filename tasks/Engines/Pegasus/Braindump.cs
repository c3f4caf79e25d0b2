namespace Outsource.Engines.Pegasus;

/// <summary>What the planner notes about a submit directory in its <c>braindump.yml</c>.</summary>
/// <param name="Uuid">The workflow's own id; DAGMan's job in the queue carries it.</param>
/// <param name="RootUuid">The id that all its jobs carry, DAGMan's included, or null.</param>
public sealed record Braindump(string Uuid, string? RootUuid);
