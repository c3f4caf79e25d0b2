namespace Outsource.Settings.Options;

/// <summary>A task on the command line.</summary>
/// <param name="Name">Its name for <c>--target</c>.</param>
/// <param name="Description">One imperative sentence.</param>
public sealed record TaskInfo(string Name, string Description)
{
    /// <summary>The task as a type; null for one that is no target of ours, as in tests.</summary>
    public Target? Target => Enum.TryParse<Target>(Name, out var target) ? target : null;
}
