using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Services.Http;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;

namespace Outsource.Services.Contexts;

/// <summary>
/// Where context documents come from, in order: the file that is named, the environment when its python3 has cutax, the RunDB.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="messages">Words for the operator.</param>
/// <param name="programs">Runs python3.</param>
/// <param name="keepToken">Whether a new RunDB token is written to where the jobs read it.</param>
/// <param name="limits">Other limits than the settings' own; for tests.</param>
public sealed class ContextCatalogues(
    HostEnvironment host,
    IOperatorLog messages,
    IProgramRunner? programs,
    bool keepToken,
    TransportLimits? limits = null
)
{
    /// <summary>The catalogue where no file is named: the environment, else the RunDB. </summary>
    public IContextCatalogue? Default(OutsourceSettings settings, RunDbCredentials credentials)
    {
        var environment = Environment(settings);
        return RunDb(settings, credentials, null) is { } rundb ? new InOrder(environment, rundb, messages)
            : environment is null ? null
            : new InOrder(environment, null, messages);
    }

    /// <summary>The environment's own word, or null where no program can be run.</summary>
    public EnvironmentContextCatalogue? Environment(OutsourceSettings settings) =>
        programs is null ? null : new EnvironmentContextCatalogue(host, programs, settings.XedocsVersion);

    /// <summary>The RunDB's, or null when runs come from a file.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="credentials">How to get in.</param>
    /// <param name="straxenVersion">The release to ask the REST service for; null: the one configured.</param>
    public IContextCatalogue? RunDb(OutsourceSettings settings, RunDbCredentials credentials, string? straxenVersion)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var with = limits ?? new TransportLimits { Parallel = settings.MaxParallelRequests };
        return settings.RunDb switch
        {
            SourceNames.Rest => RestSources.Contexts(
                credentials,
                settings,
                host,
                messages,
                keepToken,
                with,
                straxenVersion ?? settings.StraxenVersion
            ),
            SourceNames.Mongo => Mongo(credentials, settings, with),
            _ => null,
        };
    }

    /// <summary>
    /// What every other source at hand says to a document that was chosen. One that fails is told and left out: the choice does not hang on
    /// it.
    /// </summary>
    /// <returns>A fault per hash that differs.</returns>
    public async Task<IReadOnlyList<Fault>> ContradictionsAsync(
        OutsourceSettings settings,
        Func<RunDbCredentials> credentials,
        ContextDocument chosen,
        CancellationToken cancel
    )
    {
        var faults = new List<Fault>();
        if (settings.Demo)
        {
            // A world of our own making, which no environment knows.
            return faults;
        }

        foreach (
            var make in new Func<IContextCatalogue?>[]
            {
                () => Environment(settings),
                () =>
                    settings.RunDb is SourceNames.Rest or SourceNames.Mongo ? RunDb(settings, credentials(), chosen.StraxenVersion) : null,
            }
        )
        {
            IContextCatalogue? other = null;
            try
            {
                other = make();
                if (other is null || other.Name == chosen.Origin)
                {
                    continue;
                }

                var (found, _) = await new ContextRequest(settings.Context, settings.XedocsVersion)
                    .FindAsync(other, cancel)
                    .ConfigureAwait(false);
                if (ContextComparison.SameRelease(chosen, found) is { } same)
                {
                    var differences = ContextComparison.Differences(chosen, same);
                    faults.AddRange(differences);
                    if (differences.Count == 0)
                    {
                        messages.Detail($"context '{chosen.Name}': {other.Name} tells the same hashes as {chosen.Origin}.");
                    }
                }
                else if (found.Count > 0)
                {
                    messages.Warn(
                        $"context '{chosen.Name}': {other.Name} has it of another release (tag {found[0].Tag ?? "none"}, straxen "
                            + $"{found[0].StraxenVersion}) than {chosen.Origin} (tag {chosen.Tag ?? "none"}, straxen "
                            + $"{chosen.StraxenVersion}); hashes were not compared."
                    );
                }
            }
            catch (OutsourceException error)
            {
                messages.Warn($"hashes of context '{chosen.Name}' were not compared with {other?.Name ?? "the RunDB"}: {error.Message}");
            }
            finally
            {
                (other as IDisposable)?.Dispose();
            }
        }

        return faults;
    }

    /// <summary>A method of its own: only where it runs is the driver loaded.</summary>
    private static IContextCatalogue Mongo(RunDbCredentials credentials, OutsourceSettings settings, TransportLimits limits) =>
        MongoSources.Contexts(credentials, settings, limits);

    /// <summary>The first that is at hand.</summary>
    private sealed class InOrder(EnvironmentContextCatalogue? environment, IContextCatalogue? rundb, IOperatorLog messages)
        : IContextCatalogue,
            IDisposable
    {
        public string Name =>
            rundb is null ? environment!.Name + (environment.Absent is { } why ? $", where {why.TrimEnd('.')}" : "") : rundb.Name;

        public async Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel)
        {
            if (environment is not null)
            {
                var own = await environment.FindAsync(context, cancel).ConfigureAwait(false);
                if (own.Count > 0)
                {
                    return own;
                }

                messages.Detail($"no context from {environment.Name}: {environment.Absent}");
            }

            return rundb is null ? [] : await rundb.FindAsync(context, cancel).ConfigureAwait(false);
        }

        public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) =>
            rundb?.NamesAsync(cancel) ?? Task.FromResult<IReadOnlyList<string>>([]);

        public void Dispose() => (rundb as IDisposable)?.Dispose();
    }
}
