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
/// <param name="messages">Messages for the operator.</param>
/// <param name="programs">Runs python3.</param>
/// <param name="storage">Where a new RunDB token is kept.</param>
/// <param name="limits">Other limits than the settings' own; for tests.</param>
public sealed class ContextCatalogues(
    HostEnvironment host,
    IOperatorLog messages,
    IProgramRunner? programs,
    TokenStorage storage,
    TransportLimits? limits = null
)
{
    /// <summary>The catalogue where no file is named: the environment, else the RunDB.</summary>
    public IContextCatalogue? Default(OutsourceSettings settings, RunDbCredentials credentials)
    {
        var environment = Environment(settings);
        return RunDb(settings, credentials, null) is { } rundb ? new FirstContextCatalogue(environment, rundb, messages)
            : environment is null ? null
            : new FirstContextCatalogue(environment, null, messages);
    }

    /// <summary>Whether the RunDB is asked for runs next: then a cause is that error's, and does not also stand in a warning.</summary>
    public bool AsksRuns { get; init; }

    /// <summary>The environment's own catalogue, or null when no program can be run.</summary>
    public EnvironmentContextCatalogue? Environment(OutsourceSettings settings) =>
        programs is null ? null : new EnvironmentContextCatalogue(host, programs, settings.XedocsVersion);

    /// <summary>The RunDB's, or null when runs come from a file.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="credentials">User and password.</param>
    /// <param name="straxenVersion">The release to ask the REST service for; null: the one configured.</param>
    public IContextCatalogue? RunDb(OutsourceSettings settings, RunDbCredentials credentials, string? straxenVersion)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var with = limits ?? new TransportLimits { Parallel = settings.MaxParallelRequests };
        return settings.RunDb switch
        {
            SourceChoice.Rest => RestSources.Contexts(
                new RunDbAccess(credentials, settings, host, messages, storage, with),
                straxenVersion ?? settings.StraxenVersion
            ),
            SourceChoice.Mongo => Mongo(credentials, settings, with, messages),
            _ => null,
        };
    }

    /// <summary>
    /// Compares a document that was chosen with every other source that is available. A source that fails is left out with a warning: the
    /// choice does not depend on it.
    /// </summary>
    /// <returns>A fault for each hash that differs.</returns>
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
            // The demo's data is made up: no environment knows it.
            return faults;
        }

        await CompareAsync(() => Environment(settings), settings, chosen, faults, cancel).ConfigureAwait(false);
        if (settings.RunDb is SourceChoice.Rest or SourceChoice.Mongo)
        {
            await CompareAsync(() => RunDb(settings, credentials(), chosen.StraxenVersion), settings, chosen, faults, cancel)
                .ConfigureAwait(false);
        }

        return faults;
    }

    /// <summary>Compares with one source.</summary>
    private async Task CompareAsync(
        Func<IContextCatalogue?> make,
        OutsourceSettings settings,
        ContextDocument chosen,
        List<Fault> faults,
        CancellationToken cancel
    )
    {
        IContextCatalogue? other = null;
        try
        {
            other = make();
            if (other is null || other.Name == chosen.Origin)
            {
                return;
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
                    messages.Detail($"context '{chosen.Name}': {other.Name} has the same hashes as {chosen.Origin}.");
                }
            }
            else if (found.Count > 0)
            {
                messages.Warn(
                    $"context '{chosen.Name}': {other.Name} has it for another release (tag {found[0].Tag ?? "none"}, straxen "
                        + $"{found[0].StraxenVersion}) than {chosen.Origin} (tag {chosen.Tag ?? "none"}, straxen "
                        + $"{chosen.StraxenVersion}); hashes were not compared."
                );
            }
        }
        catch (OutsourceException error)
        {
            var brief = AsksRuns && other is not EnvironmentContextCatalogue;
            messages.Warn(
                $"hashes of context '{chosen.Name}' were not compared with {other?.Name ?? "the RunDB"}"
                    + (brief ? ": the request failed (why: --verbosity=verbose)." : $": {error.Message}")
            );
            if (brief)
            {
                messages.Detail(error.Message);
            }
        }
        finally
        {
            (other as IDisposable)?.Dispose();
        }
    }

    /// <summary>A method of its own, so that the driver is loaded only when it runs.</summary>
    private static IContextCatalogue Mongo(
        RunDbCredentials credentials,
        OutsourceSettings settings,
        TransportLimits limits,
        IOperatorLog messages
    ) => MongoSources.Contexts(credentials, settings, limits, messages);
}
