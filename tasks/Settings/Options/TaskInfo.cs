namespace Outsource.Settings.Options;

/// <summary>A task as the command line knows it.</summary>
/// <param name="Name">What <c>--target</c> names.</param>
/// <param name="Description">One imperative sentence.</param>
public sealed record TaskInfo(string Name, string Description)
{
    /// <summary>The task as a type; null for one that is no target of ours, as in tests.</summary>
    public Target? Target => Enum.TryParse<Target>(Name, out var target) ? target : null;
}
