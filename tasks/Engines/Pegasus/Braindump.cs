namespace Outsource.Engines.Pegasus;

/// <summary>What the planner writes about a submit directory in its <c>braindump.yml</c>.</summary>
/// <param name="Uuid">The workflow's id; DAGMan's job in the queue has it as an attribute.</param>
/// <param name="RootUuid">The id that all its jobs have as an attribute, DAGMan's included, or null.</param>
public sealed record Braindump(string Uuid, string? RootUuid);
