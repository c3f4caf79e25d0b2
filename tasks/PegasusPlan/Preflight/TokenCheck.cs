using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Tables;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks the RunDB's token of the jobs: that it exists, and that it is valid longer than they run.</summary>
public sealed class TokenCheck(HostEnvironment host, IMachine machine, OutsourceSettings settings, JobPlan? plan)
{
    private const string Subject = "RunDB token";

    /// <summary>The result.</summary>
    public CheckResult Look()
    {
        if (settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary needs none");
        }

        if (settings.Debug)
        {
            return CheckResult.Ok(Subject, "not needed: with --debug nothing is registered");
        }

        if (!settings.Registers)
        {
            return CheckResult.Ok(Subject, "not needed: without rundb_update nothing is registered");
        }

        var file = XenonConfigFile.Read(host.Disk, settings.ConfigFile, ConfiguredPlaces.Variables(host));
        if (RunDbTokens.Always.Where(k => !Has(file, k)).ToList() is { Count: > 0 } missing)
        {
            return CheckResult.Failed(
                Subject,
                $"{string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} not configured",
                "Jobs need it to register their results in the RunDB: add it to [RunDB], or pass --debug."
            );
        }

        try
        {
            var (token, why) = new TokenFile(host.Disk, settings.Token).Read(
                file.Find(KeyCatalog.RunDb, "rundb_api_user")!.Text,
                machine.UtcNow
            );
            return token is null ? Missing(file, why) : Lasting(file, token.LeftAt(machine.UtcNow));
        }
        catch (UsageException unreadable)
        {
            return CheckResult.Failed(Subject, unreadable.Message, $"chmod 600 {settings.Token}, or delete it: then a new token is "
                + $"requested.");
        }
    }

    private static bool Has(XenonConfigFile file, string key) =>
        file.Find(KeyCatalog.RunDb, key) is { Text.Length: > 0 } value && !JobKeyValue.IsPlaceholder(value.Text);

    /// <summary>With a password this program logs in, and so does a job that runs longer than the token is valid.</summary>
    private static bool CanLogIn(XenonConfigFile file) => Has(file, "rundb_api_password");

    private CheckResult Missing(XenonConfigFile file, string? why) =>
        CanLogIn(file)
            ? CheckResult.Warning(Subject, $"'{settings.Token}': {why}", "Nothing to do: PegasusPlan and Submit log in and request a new "
                + "one.")
            : CheckResult.Failed(
                Subject,
                $"'{settings.Token}': {why}",
                "Add rundb_api_url, rundb_api_user and rundb_api_password to [RunDB]: with them PegasusPlan requests a new one."
            );

    /// <summary>The token's remaining time against the length of the workflow.</summary>
    private CheckResult Lasting(XenonConfigFile file, TimeSpan left)
    {
        var length = plan is null ? null : new WorkflowLength(host, settings).Estimate(plan)?.Length;
        var needed = RunDbToken.NeededFor(length);
        var words =
            left < TimeSpan.FromHours(1)
                ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, left.TotalMinutes):0} min left")
                : string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:0} h left");
        if (left < needed)
        {
            words += string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(needed.TotalHours):0} h are needed");
            return CanLogIn(file)
                ? CheckResult.Warning(Subject, words, "Nothing to do: PegasusPlan and Submit log in and request a new one.")
                : CheckResult.Failed(Subject, words, "Add rundb_api_password to [RunDB]: with it PegasusPlan requests a new one.");
        }

        return length > left && !CanLogIn(file)
            ? CheckResult.Warning(
                Subject,
                $"{words}, but the workflow takes at least {WorkflowLength.Describe(length.Value)}",
                "Add rundb_api_password to [RunDB]: with it jobs log in again when the token has expired."
            )
            : CheckResult.Ok(Subject, words);
    }
}
