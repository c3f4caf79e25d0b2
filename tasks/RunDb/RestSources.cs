using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Http;
using Outsource.Runs;

namespace Outsource.RunDb;

/// <summary>Makes what asks the RunDB over REST.</summary>
internal static class RestSources
{
    public static RestRunSource Runs(RunDbCredentials credentials, OutsourceSettings settings, Surroundings surroundings, IMessages messages, bool keepToken, TransportLimits limits, Func<RunDocument, bool> decidedByListing) =>
        new(Client(credentials, settings, surroundings, messages, keepToken, limits), limits.Parallel, decidedByListing);

    public static RestContextCatalogue Contexts(RunDbCredentials credentials, OutsourceSettings settings, Surroundings surroundings, IMessages messages, bool keepToken, TransportLimits limits, string? straxenVersion) =>
        new(Client(credentials, settings, surroundings, messages, keepToken, limits), straxenVersion, settings.ConfigFile);

    public static RunDbClient Client(RunDbCredentials credentials, OutsourceSettings settings, Surroundings surroundings, IMessages messages, bool keepToken, TransportLimits limits)
    {
        var where = $"in [RunDB] of {settings.ConfigFile}";
        if (credentials.ApiUrl is not { } url || credentials.ApiUser is null || credentials.ApiPassword is null)
        {
            throw new UsageException($"rundb_api_url, rundb_api_user and rundb_api_password are needed to ask the RunDB over REST. Write them into [RunDB] of {settings.ConfigFile}.");
        }

        var service = new Service(
            "RunDB",
            url,
            $"rundb_api_url {where}",
            $"Correct rundb_api_url {where}, or add the certificate's authority to those this machine trusts ($SSL_CERT_FILE names a file with them).");
        var transport = new Transport(service, limits with { Tries = credentials.Retry }, new EnvironmentProxy(surroundings), Tls.Options(null, null), new Traffic());
        return new RunDbClient(transport, credentials, settings.ConfigFile, new TokenFile(surroundings.Disk, settings.Token), keepToken, messages, TimeProvider.System);
    }
}
