using System.Net.Security;
using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.Rucio;

/// <summary>Makes the client that asks Rucio over REST.</summary>
internal static class RucioSources
{
    public static RucioClient Client(OutsourceSettings settings, HostEnvironment host, IOperatorLog? messages, TransportLimits limits)
    {
        var config = RucioConfig.Read(host, settings.Proxy);
        var clock = TimeProvider.System;
        limits = limits with { Tries = config.Tries };
        var trusted =
            config.Authorities is var (path, where) && config.Hosts.Any(h => h.Scheme == "https")
                ? Tls.Authorities(host.Disk, path, where)
                : null;
        var presented =
            config.Proxy is not { } certificate ? null
            : config.KeyFile is { } key ? Tls.Certificate(host.Disk, certificate, key, clock.GetUtcNow())
            : Tls.Proxy(host.Disk, certificate.Path, certificate.Subject, clock.GetUtcNow());
        var environment = new EnvironmentProxy(host);
        var traffic = new RequestStatistics();
        Transport To(Uri address, string key, SslClientAuthenticationOptions tls)
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
                tls,
                traffic,
                messages
            );
        }

        // The certificate is only presented for the login: listings are requested with the token it gives.
        return new RucioClient(
            To(config.Host, "rucio_host", Tls.Options(trusted, null)),
            new RucioLogin(config, To(config.AuthHost, "auth_host", Tls.Options(trusted, presented)), clock)
        );
    }
}
