using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Tables;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// The token the jobs take along (<c>.dbtoken</c>), for stages that submit: runs may come from MongoDB or a file, but jobs use REST.
/// </summary>
public static class RunDbTokens
{
    private const string Url = "rundb_api_url",
        User = "rundb_api_user",
        Password = "rundb_api_password";

    /// <summary>The keys of <c>[RunDB]</c> without which a token is useless.</summary>
    public static readonly ImmutableArray<string> Always = [Url, User];

    /// <summary>Makes sure that there is a token where the jobs look for it, which outlives the workflow; else logs in.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="messages">Messages for the operator.</param>
    /// <param name="length">How long the workflow takes, or null when it is not known.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">There is no such token and the REST keys of <c>[RunDB]</c> are missing, or the RunDB does not
    /// accept the login; or no token may be made, and there is none that is valid.</exception>
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
            file.RestrictAndWarn(messages);
            return;
        }

        if (settings.KeepDbtoken)
        {
            Keep(config, file, messages, least);
            return;
        }

        var credentials = RunDbCredentialsReader.ForToken(host, settings);
        using var client = RestSources.Client(
            new RunDbAccess(credentials, settings, host, messages, TokenStorage.File, new TransportLimits())
        );
        await client.EnsureTokenAsync(least, cancel).ConfigureAwait(false);
    }

    /// <summary>With <c>--keep-dbtoken</c>: the token is sent as it is, if it is valid at all.</summary>
    private static void Keep(XenonConfigFile config, TokenFile file, IOperatorLog messages, TimeSpan least)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (token, why) = file.Read(config.Find(KeyCatalog.RunDb, User)?.Text ?? "", now);
        if (token is null || token.LeftAt(now) <= TimeSpan.Zero)
        {
            throw new UsageException(
                $"--keep-dbtoken: the RunDB's token '{file.FilePath}' cannot be used: {why ?? "it is expired"}. Put a valid token "
                    + "there, or leave out --keep-dbtoken: then a new one is requested."
            );
        }

        file.RestrictAndWarn(messages);
        messages.Warn(
            $"--keep-dbtoken: the RunDB's token is kept, but it is valid for only {Hours(token.LeftAt(now))} h more, and the workflow "
                + $"needs {Hours(least)} h. Jobs that end later log in themselves, or cannot enter their results. Leave out "
                + "--keep-dbtoken to renew it."
        );
    }

    private static string Hours(TimeSpan time) => time.TotalHours.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>
    /// What is missing for the jobs to enter their results, found out without asking a service: the address and the user always, the
    /// password
    /// where no token is valid for a day. Empty: nothing is missing, or no token is needed.
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
            ? $" (there is no token in '{settings.Token}' that is valid for {RunDbToken.LeastAtSubmission.TotalHours:0} h)"
            : "";
        return
        [
            .. missing.Select(k => new Fault(
                $"{k} is missing in [RunDB]{(k == Password ? token : "")}: the jobs need it to enter their results into the RunDB. Write "
                    + "it there, or pass --debug: then nothing is uploaded or entered.",
                config.Path,
                config.Find(KeyCatalog.RunDb, k)?.Line
            )),
        ];
    }

    private static bool Has(XenonConfigFile config, string key) =>
        config.Find(KeyCatalog.RunDb, key) is { Text.Length: > 0 } value && !JobKeyValue.IsPlaceholder(value.Text);

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
