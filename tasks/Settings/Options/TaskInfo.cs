namespace Outsource.Settings.Options;

/// <summary>A task as the command line knows it.</summary>
/// <param name="Name">What <c>--target</c> names.</param>
/// <param name="Description">One imperative sentence.</param>
public sealed record TaskInfo(string Name, string Description);
