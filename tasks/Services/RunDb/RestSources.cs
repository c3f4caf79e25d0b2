using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Model.Runs;
using Outsource.Services.Http;

namespace Outsource.Services.RunDb;

/// <summary>Makes the sources that ask the RunDB over REST.</summary>
internal static class RestSources
{
    public static RestRunSource Runs(RunDbAccess access, Func<RunDocument, bool> decidedByListing) =>
        new(Client(access), access.Limits.Parallel, decidedByListing);

    public static RestContextCatalogue Contexts(RunDbAccess access, string? straxenVersion) =>
        new(Client(access), straxenVersion, access.Settings.ConfigFile);

    public static RestRunEntries Entries(RunDbAccess access) => new(Client(access));

    public static RunDbClient Client(RunDbAccess access)
    {
        var (credentials, settings) = (access.Credentials, access.Settings);
        if (credentials.ApiUrl is not { } url || credentials.ApiUser is null || credentials.ApiPassword is null)
        {
            throw new UsageException(
                "rundb_api_url, rundb_api_user and rundb_api_password are needed to ask the RunDB over REST. Write them into [RunDB] "
                    + $"of {settings.ConfigFile}."
            );
        }

        // All requests to the RunDB are counted together.
        var traffic = new RequestStatistics();
        var transport = To(access, url, "rundb_api_url", traffic);
        ImmutableArray<Transport> logins =
            credentials.TokenUrl is { } first && first != url ? [To(access, first, "tk_rundb_api_url", traffic), transport] : [transport];
        var tokens = new RunDbTokenSource(
            new RunDbLogin(logins, credentials, settings.ConfigFile, access.Messages, TimeProvider.System),
            credentials.ApiUser,
            new TokenFile(access.Host.Disk, settings.Token),
            access.Storage,
            access.Messages,
            TimeProvider.System
        );
        return new RunDbClient(transport, tokens, settings.ConfigFile);
    }

    private static Transport To(RunDbAccess access, Uri address, string key, RequestStatistics traffic)
    {
        var where = $"{key} in [RunDB] of {access.Settings.ConfigFile}";
        PlainHttp.Warn(access.Messages, "RunDB", address, where, "the password and the token");
        return new Transport(
            new Service(
                "RunDB",
                address,
                where,
                $"Correct {where}, or add the certificate's authority to those this machine trusts ($SSL_CERT_FILE names a file with them)."
            ),
            access.Limits with
            {
                Tries = access.Credentials.Retry,
            },
            new EnvironmentProxy(access.Host),
            Tls.Options(null, null),
            traffic,
            access.Messages
        );
    }
}
