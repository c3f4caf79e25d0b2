using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Http;
using Outsource.LoadConfig;
using Outsource.Runs;

namespace Outsource.RunDb;

/// <summary>The token the jobs take along (<c>.dbtoken</c>), for stages that submit: runs may have come from MongoDB or a file, jobs speak REST.</summary>
public static class RunDbTokens
{
    /// <summary>Makes sure that there is a good one where the jobs look for it; logs in when there is not.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="surroundings">Where we run.</param>
    /// <param name="messages">Words for the operator.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">The REST keys of <c>[RunDB]</c> are missing, or the RunDB does not let us in.</exception>
    public static async Task EnsureAsync(OutsourceSettings settings, Surroundings surroundings, IMessages messages, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var credentials = RunDbCredentialsReader.Read(surroundings, settings with { RunDb = RunSources.Rest });
        using var client = RestSources.Client(credentials, settings, surroundings, messages, keepToken: true, new TransportLimits());
        await client.EnsureTokenAsync(cancel).ConfigureAwait(false);
    }
}
