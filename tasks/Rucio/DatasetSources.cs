using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Runs;

namespace Outsource.Rucio;

/// <summary>Chooses the source of dataset listings that the settings name.</summary>
public static class DatasetSources
{
    public static IDatasetSource Create(LoadedConfiguration loaded, Surroundings surroundings) =>
        loaded.Settings.Rucio.StartsWith(RunSources.FilePrefix, StringComparison.Ordinal)
            ? new SnapshotDatasetSource(surroundings.Disk, loaded.Settings.Rucio[RunSources.FilePrefix.Length..])
            : throw new UsageException($"rucio = {loaded.Settings.Rucio}: this version reads dataset listings from a snapshot only. Write rucio = file:PATH, or --rucio=file:PATH.");
}
