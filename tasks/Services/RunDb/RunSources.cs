using Outsource.Artifacts;
using Outsource.Foundation.Errors;
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

        limits ??= LimitsOf(settings);

        var rules = loaded.Rules();

        // Each is made by another class, so that the libraries of the other one are not loaded.
        return settings.RunDb is SourceChoice.Mongo
            ? MongoSources.Runs(credentials(), settings, limits, messages)
            : RestSources.Runs(
                new RunDbAccess(credentials(), settings, host, messages, storage, limits),
                run => rules.OfRun(run) is not null
            );
    }

    /// <summary>
    /// The same, but with the full document of every run: the fields of a listing decide whether a run is processed, not what is stored of
    /// it.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="credentials">Reads user and password of the RunDB; called for a service only.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="messages">Messages for the operator.</param>
    /// <param name="limits">Other limits than the settings' own; for tests.</param>
    public static IRunSource OfWholeDocuments(
        OutsourceSettings settings,
        Func<RunDbCredentials> credentials,
        HostEnvironment host,
        IOperatorLog messages,
        TransportLimits? limits = null
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(host);
        limits ??= LimitsOf(settings);
        return settings.RunDb switch
        {
            SourceChoice.Snapshot { Path: var path } => new SnapshotRunSource(host.Disk, path),
            SourceChoice.Mongo => MongoSources.Runs(credentials(), settings, limits, messages),
            _ => RestSources.Runs(
                new RunDbAccess(credentials(), settings, host, messages, TokenStorage.Memory, limits),
                decidedByListing: _ => false
            ),
        };
    }

    /// <summary>The entries of single runs, to be changed one by one.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="credentials">Reads user and password of the RunDB; called for a service only.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="messages">Messages for the operator.</param>
    /// <param name="limits">Other limits than the settings' own; for tests.</param>
    /// <exception cref="UsageException">The RunDB is a snapshot, or is asked over MongoDB.</exception>
    public static IRunEntries Entries(
        OutsourceSettings settings,
        Func<RunDbCredentials> credentials,
        HostEnvironment host,
        IOperatorLog messages,
        TransportLimits? limits = null
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(host);
        return settings.RunDb is SourceChoice.Rest
            ? RestSources.Entries(
                new RunDbAccess(credentials(), settings, host, messages, TokenStorage.Memory, limits ?? LimitsOf(settings))
            )
            : throw new UsageException(
                $"the RunDB is {settings.RunDb}, and entries are only changed over its REST interface, which keeps its own rules and logs. "
                    + "Pass --rundb=rest, or leave out --yes to see what would be done. Nothing was changed."
            );
    }

    private static TransportLimits LimitsOf(OutsourceSettings settings) => new() { Parallel = settings.MaxParallelRequests };
}
