namespace Outsource.Services.Packages;

/// <summary>A file of a work tree that is sent with the jobs.</summary>
/// <param name="Name">Relative to the work tree, with <c>/</c>.</param>
/// <param name="Bytes">Its size; 0: a link.</param>
/// <param name="Executable">Whether its owner may execute it.</param>
/// <param name="Link">Where it leads; null: it is no link.</param>
public sealed record WorkTreeFile(string Name, long Bytes, bool Executable, string? Link);
