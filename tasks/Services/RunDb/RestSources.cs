using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Makes what asks the RunDB over REST.</summary>
internal static class RestSources
{
    public static RestRunSource Runs(
        RunDbCredentials credentials,
        OutsourceSettings settings,
        HostEnvironment host,
        IOperatorLog messages,
        bool keepToken,
        TransportLimits limits,
        Func<RunDocument, bool> decidedByListing
    ) => new(Client(credentials, settings, host, messages, keepToken, limits), limits.Parallel, decidedByListing);

    public static RestContextCatalogue Contexts(
        RunDbCredentials credentials,
        OutsourceSettings settings,
        HostEnvironment host,
        IOperatorLog messages,
        bool keepToken,
        TransportLimits limits,
        string? straxenVersion
    ) => new(Client(credentials, settings, host, messages, keepToken, limits), straxenVersion, settings.ConfigFile);

    public static RunDbClient Client(
        RunDbCredentials credentials,
        OutsourceSettings settings,
        HostEnvironment host,
        IOperatorLog messages,
        bool keepToken,
        TransportLimits limits
    )
    {
        var where = $"in [RunDB] of {settings.ConfigFile}";
        if (credentials.ApiUrl is not { } url || credentials.ApiUser is null || credentials.ApiPassword is null)
        {
            throw new UsageException(
                "rundb_api_url, rundb_api_user and rundb_api_password are needed to ask the RunDB over REST. Write them into [RunDB] "
                    + $"of {settings.ConfigFile}."
            );
        }

        // One count for all: what it costs to ask the RunDB.
        var traffic = new RequestStatistics();
        Transport To(Uri address, string key)
        {
            var mend = $"{key} {where}";
            PlainHttp.Warn(messages, "RunDB", address, mend, "the password and the token");
            var service = new Service(
                "RunDB",
                address,
                mend,
                $"Correct {mend}, or add the certificate's authority to those this machine trusts ($SSL_CERT_FILE names a file with them)."
            );
            return new Transport(
                service,
                limits with
                {
                    Tries = credentials.Retry,
                },
                new EnvironmentProxy(host),
                Tls.Options(null, null),
                traffic
            );
        }

        var transport = To(url, "rundb_api_url");
        ImmutableArray<Transport> logins =
            credentials.TokenUrl is { } first && first != url ? [To(first, "tk_rundb_api_url"), transport] : [transport];
        return new RunDbClient(
            transport,
            logins,
            credentials,
            settings.ConfigFile,
            new TokenFile(host.Disk, settings.Token),
            keepToken,
            messages,
            TimeProvider.System
        );
    }
}
