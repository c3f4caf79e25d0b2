using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>Chooses the source of dataset listings that the settings name.</summary>
public static class DatasetSources
{
    /// <summary>Makes the source. It sends nothing yet; dispose it when it is <see cref="IDisposable"/>.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="files">Whether listings keep their files one by one, for a snapshot.</param>
    /// <param name="limits">Other limits than the settings' own; for tests.</param>
    /// <param name="messages">Messages for the operator, or null.</param>
    public static IDatasetSource Create(
        LoadedConfiguration loaded,
        HostEnvironment host,
        ListedFiles files = ListedFiles.Sized,
        TransportLimits? limits = null,
        IOperatorLog? messages = null
    )
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(host);
        var settings = loaded.Settings;
        return settings.Rucio is SourceChoice.Snapshot { Path: var path }
            ? new SnapshotDatasetSource(host.Disk, path, files)
            : new RestDatasetSource(RucioSources.Client(settings, host, messages, limits ?? LimitsOf(settings)), files);
    }

    /// <summary>Makes the source of replicas and rules. It sends nothing yet; dispose it when it is <see cref="IDisposable"/>.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="limits">Other limits than the settings' own; for tests.</param>
    /// <param name="messages">Messages for the operator, or null.</param>
    public static IReplicaSource Replicas(
        OutsourceSettings settings,
        HostEnvironment host,
        TransportLimits? limits = null,
        IOperatorLog? messages = null
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(host);
        return settings.Rucio is SourceChoice.Snapshot { Path: var path }
            ? new SnapshotReplicaSource(host.Disk, path)
            : new RestReplicaSource(RucioSources.Client(settings, host, messages, limits ?? LimitsOf(settings)));
    }

    private static TransportLimits LimitsOf(OutsourceSettings settings) => new() { Parallel = settings.MaxParallelRequests };
}
