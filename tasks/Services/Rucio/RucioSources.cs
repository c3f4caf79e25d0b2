using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>Makes what asks Rucio over REST.</summary>
internal static class RucioSources
{
    public static RestDatasetSource Rest(
        OutsourceSettings settings,
        HostEnvironment host,
        IOperatorLog? messages,
        bool keepFiles,
        TransportLimits limits
    )
    {
        var config = RucioConfig.Read(host, settings.Proxy);
        var clock = TimeProvider.System;
        limits = limits with { Tries = config.Tries };
        var trusted =
            config.Authorities is var (path, where) && config.Hosts.Any(h => h.Scheme == "https")
                ? Tls.Authorities(host.Disk, path, where)
                : null;
        var who =
            config.Proxy is not { } shown ? null
            : config.KeyFile is { } key ? Tls.Certificate(host.Disk, shown, key, clock.GetUtcNow())
            : Tls.Proxy(host.Disk, shown.Path, shown.Subject, clock.GetUtcNow());
        var environment = new EnvironmentProxy(host);
        var traffic = new RequestStatistics();

        // Only the login shows who we are: the listings are asked for with the token it gives.
        Transport To(Uri address, string key, bool asUs)
        {
            PlainHttp.Warn(messages, "Rucio", address, config.Key(key), config.Proxy is null ? "the password and the token" : "the token");
            var authorities = config.Authorities is var (_, subject) ? subject : config.Key("ca_cert");
            return new(
                new Service(
                    "Rucio",
                    address,
                    config.Key(key),
                    $"Correct {authorities}: a file or folder with the authorities to trust (often /etc/grid-security/certificates)."
                ),
                limits,
                environment,
                Tls.Options(trusted, asUs ? who : null),
                traffic
            );
        }

        return new RestDatasetSource(
            To(config.Host, "rucio_host", false),
            new RucioLogin(config, To(config.AuthHost, "auth_host", true), clock),
            keepFiles
        );
    }
}
