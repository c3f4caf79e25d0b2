using System.Globalization;
using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Http;
using Outsource.LoadConfig;

namespace Outsource.RunDb;

/// <summary>The token the jobs take along (<c>.dbtoken</c>), for stages that submit: runs may have come from MongoDB or a file, jobs speak REST.</summary>
public static class RunDbTokens
{
    /// <summary>With less left a token is as good as none.</summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromHours(1);

    /// <summary>Makes sure that there is a good one where the jobs look for it; logs in when there is not.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="surroundings">Where we run.</param>
    /// <param name="messages">Words for the operator.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">The REST keys of <c>[RunDB]</c> are missing, or the RunDB does not let us in.</exception>
    public static async Task EnsureAsync(OutsourceSettings settings, Surroundings surroundings, IMessages messages, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (Standing(settings, surroundings) is { } left && !CanLogIn(settings, surroundings))
        {
            messages.Note(string.Create(CultureInfo.InvariantCulture, $"RunDB token: {left.TotalHours:0.0} h left; without rundb_api_password nobody can make it anew."));
            return;
        }

        var credentials = RunDbCredentialsReader.ForToken(surroundings, settings);
        using var client = RestSources.Client(credentials, settings, surroundings, messages, keepToken: true, new TransportLimits());
        await client.EnsureTokenAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Whether the jobs can be given a token: there is a good one, or what one is made with. Asked before anything is written.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="surroundings">Where we run.</param>
    /// <exception cref="UsageException">Neither; all keys that are missing.</exception>
    public static void CheckCredentials(OutsourceSettings settings, Surroundings surroundings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings is { Canary: false, Demo: false } && Standing(settings, surroundings) is null)
        {
            _ = RunDbCredentialsReader.ForToken(surroundings, settings);
        }
    }

    /// <summary>How long the token that lies there is good; null: there is none, or not for this user.</summary>
    private static TimeSpan? Standing(OutsourceSettings settings, Surroundings surroundings) =>
        Key(settings, surroundings, "rundb_api_user") is { } user && new TokenFile(surroundings.Disk, settings.Token).Read(user, surroundings.Now).Token is { } token
            && token.Created + RunDbToken.Life - surroundings.Now is var left && left > LeastTime ? left : null;

    private static bool CanLogIn(OutsourceSettings settings, Surroundings surroundings) =>
        Key(settings, surroundings, "rundb_api_url") is not null && Key(settings, surroundings, "rundb_api_password") is not null;

    private static string? Key(OutsourceSettings settings, Surroundings surroundings, string key) =>
        XenonConfigFile.Read(surroundings.Disk, settings.ConfigFile, SettingsLoader.Variables(surroundings)).Find(KeyCatalog.RunDb, key) is { Text.Length: > 0 } value ? value.Text : null;
}
