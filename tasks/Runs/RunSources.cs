using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;

namespace Outsource.Runs;

/// <summary>Chooses the run source that the settings name.</summary>
public static class RunSources
{
    /// <summary>What a setting begins with that names a file as source.</summary>
    public const string FilePrefix = "file:";

    public static IRunSource Create(LoadedConfiguration loaded, Surroundings surroundings) =>
        loaded.Settings.RunDb.StartsWith(FilePrefix, StringComparison.Ordinal)
            ? new SnapshotRunSource(surroundings.Disk, loaded.Settings.RunDb[FilePrefix.Length..])
            : throw new UsageException($"rundb = {loaded.Settings.RunDb}: this version reads run documents from a snapshot only. Write rundb = file:PATH, or --rundb=file:PATH.");
}
