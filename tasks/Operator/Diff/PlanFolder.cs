namespace Outsource.Operator.Diff;

/// <summary>A folder with the artifacts of a plan.</summary>
/// <param name="Name">Its name in messages: the name of the workflow, or the folder as typed.</param>
/// <param name="Path">The folder. Absolute.</param>
public sealed record PlanFolder(string Name, string Path);
