namespace Outsource.Workflows.State;

/// <summary>One of those who know something of a workflow.</summary>
/// <param name="Name">Who: <c>condor_q</c>, <c>DAGMan's files</c>, <c>pegasus-status</c>, <c>pegasus-analyzer</c>.</param>
/// <param name="Answer">Whether it was asked, and answered.</param>
/// <param name="Words">What it said, or why it did not; null: nothing to say.</param>
public sealed record StatusSource(string Name, SourceAnswer Answer, string? Words = null);
