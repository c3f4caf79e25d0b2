namespace Outsource.Engines.Slurm.Relay;

/// <summary>A file at a staging site.</summary>
/// <param name="Name">Its name, without folder.</param>
/// <param name="Address">Its address.</param>
/// <param name="Bytes">Its size.</param>
public sealed record StoredFile(string Name, string Address, long Bytes);
