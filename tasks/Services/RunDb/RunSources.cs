using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Chooses the run source that the settings name.</summary>
public static class RunSources
{
    /// <summary>Makes the source. It sends nothing yet; dispose it when it is <see cref="IDisposable"/>.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="credentials">Reads user and password of the RunDB; called for a service only.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="messages">Messages for the operator.</param>
    /// <param name="storage">Where a new token is kept.</param>
    /// <param name="limits">Other limits than the settings' own; for tests.</param>
    public static IRunSource Create(
        LoadedConfiguration loaded,
        Func<RunDbCredentials> credentials,
        HostEnvironment host,
        IOperatorLog messages,
        TokenStorage storage,
        TransportLimits? limits = null
    )
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(host);
        var settings = loaded.Settings;
        if (settings.RunDb is SourceChoice.Snapshot { Path: var path })
        {
            return new SnapshotRunSource(host.Disk, path);
        }

        limits ??= new TransportLimits { Parallel = settings.MaxParallelRequests };

        var rules = loaded.Rules();

        // Each is made by another class, so that the libraries of the other one are not loaded.
        return settings.RunDb is SourceChoice.Mongo
            ? MongoSources.Runs(credentials(), settings, limits, messages)
            : RestSources.Runs(
                new RunDbAccess(credentials(), settings, host, messages, storage, limits),
                run => rules.OfRun(run) is not null
            );
    }
}
