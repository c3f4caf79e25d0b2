using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Chooses the run source that the settings name.</summary>
public static class RunSources
{
    /// <summary>Makes the source. Nothing is asked yet; dispose it when it is <see cref="IDisposable"/>.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="credentials">Reads how to get into the RunDB; called for a service only.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="messages">Words for the operator.</param>
    /// <param name="keepToken">Whether a new token is written to where the jobs read it; a dry run keeps it in memory.</param>
    /// <param name="limits">Other limits than the settings' own; for tests.</param>
    public static IRunSource Create(
        LoadedConfiguration loaded,
        Func<RunDbCredentials> credentials,
        HostEnvironment host,
        IOperatorLog messages,
        bool keepToken,
        TransportLimits? limits = null
    )
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(host);
        var settings = loaded.Settings;
        if (settings.RunDb.StartsWith(SourceNames.FilePrefix, StringComparison.Ordinal))
        {
            return new SnapshotRunSource(host.Disk, settings.RunDb[SourceNames.FilePrefix.Length..]);
        }

        limits ??= new TransportLimits { Parallel = settings.MaxParallelRequests };

        var rules = loaded.Rules();

        // Each in a class of its own: the libraries of the one that is not used are never loaded.
        return settings.RunDb == SourceNames.Mongo
            ? MongoSources.Runs(credentials(), settings, limits)
            : RestSources.Runs(credentials(), settings, host, messages, keepToken, limits, run => rules.OfRun(run) is not null);
    }
}
