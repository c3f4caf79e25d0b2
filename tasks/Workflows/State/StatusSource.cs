namespace Outsource.Workflows.State;

/// <summary>One source of the status.</summary>
/// <param name="Name">Its name: <c>condor_q</c>, <c>DAGMan's files</c>, <c>pegasus-status</c>, <c>pegasus-analyzer</c>.</param>
/// <param name="Answer">Whether it was asked, and answered.</param>
/// <param name="Description">Its answer, or why there is none; null: nothing to report.</param>
public sealed record StatusSource(string Name, SourceAnswer Answer, string? Description = null);
