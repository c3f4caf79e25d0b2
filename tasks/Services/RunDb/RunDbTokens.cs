using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Tables;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// The token the jobs take along (<c>.dbtoken</c>), for stages that submit: runs may have come from MongoDB or a file, jobs speak REST.
/// </summary>
public static class RunDbTokens
{
    private const string Url = "rundb_api_url",
        User = "rundb_api_user",
        Password = "rundb_api_password";

    /// <summary>The keys of <c>[RunDB]</c> without which no token is of use.</summary>
    public static readonly ImmutableArray<string> Always = [Url, User];

    /// <summary>Makes sure that there is one where the jobs look for it, which outlives the workflow; logs in when there is not.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="messages">Words for the operator.</param>
    /// <param name="length">How long the workflow takes, or null: nobody knows.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">There is no such token and the REST keys of <c>[RunDB]</c> are missing, or the RunDB does not
    /// let us in.</exception>
    public static async Task EnsureAsync(
        OutsourceSettings settings,
        HostEnvironment host,
        IOperatorLog messages,
        TimeSpan? length,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(host);
        var config = XenonConfigFile.Read(host.Disk, settings.ConfigFile, ConfiguredPlaces.Variables(host));
        var least = RunDbToken.NeededFor(length);
        if (IsGood(config, settings, host, TimeProvider.System.GetUtcNow(), least, out var file))
        {
            file.CloseAloud(messages);
            return;
        }

        var credentials = RunDbCredentialsReader.ForToken(host, settings);
        using var client = RestSources.Client(credentials, settings, host, messages, keepToken: true, new TransportLimits());
        await client.EnsureTokenAsync(least, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// What is missing for the jobs to enter their results, found out without asking anybody: the address and the user always, the password
    /// where there is no token that outlives a day. Empty: nothing, or none is needed.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="now">The time, UTC.</param>
    public static IReadOnlyList<Fault> Missing(OutsourceSettings settings, HostEnvironment host, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(host);
        if (!TokenCopy.IsNeeded(settings) || settings.Demo)
        {
            return [];
        }

        var config = XenonConfigFile.Read(host.Disk, settings.ConfigFile, ConfiguredPlaces.Variables(host));
        var missing = Always.Where(k => !Has(config, k)).ToList();
        if (
            !Has(config, Password)
            && !(missing.Count == 0 && IsGood(config, settings, host, now, RunDbToken.LeastAtSubmission, out _))
        )
        {
            missing.Add(Password);
        }

        var token = missing.Contains(Password)
            ? $" (there is no token in '{settings.Token}' that is good for {RunDbToken.LeastAtSubmission.TotalHours:0} h)"
            : "";
        return
        [
            .. missing.Select(k => new Fault(
                $"{k} is missing in [RunDB]{(k == Password ? token : "")}: the jobs enter their results into the RunDB with it. Write "
                    + "it there, or pass --debug, with which nothing is uploaded or entered.",
                config.Path,
                config.Find(KeyCatalog.RunDb, k)?.Line
            )),
        ];
    }

    private static bool Has(XenonConfigFile config, string key) =>
        config.Find(KeyCatalog.RunDb, key) is { Text.Length: > 0 } value && !JobKeys.IsPlaceholder(value.Text);

    private static bool IsGood(
        XenonConfigFile config,
        OutsourceSettings settings,
        HostEnvironment host,
        DateTimeOffset now,
        TimeSpan least,
        out TokenFile file
    )
    {
        file = new TokenFile(host.Disk, settings.Token);
        return Has(config, Url)
            && Has(config, User)
            && file.Read(config.Find(KeyCatalog.RunDb, User)!.Text, now).Token is { } token
            && token.LeftAt(now) >= least;
    }
}
