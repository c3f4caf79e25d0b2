using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Http;

namespace Outsource.Rucio;

/// <summary>Makes what asks Rucio over REST.</summary>
internal static class RucioSources
{
    public static RestDatasetSource Rest(OutsourceSettings settings, Surroundings surroundings, bool keepFiles, TransportLimits limits)
    {
        var config = RucioConfig.Read(surroundings, settings.Proxy);
        var clock = TimeProvider.System;
        limits = limits with { Tries = config.Tries };
        var authorities = config.Authorities is var (path, subject) ? Tls.Authorities(surroundings.Disk, path, subject) : null;
        var who = config.Proxy is { } proxy ? Tls.Proxy(surroundings.Disk, proxy.Path, proxy.Subject, clock.GetUtcNow()) : null;
        var environment = new EnvironmentProxy(surroundings);
        var traffic = new Traffic();

        // Only the login shows who we are: the listings are asked for with the token it gives.
        Transport To(Uri address, string key, bool asUs) => new(
            new Service("Rucio", address, config.Key(key), $"Correct {config.Key("ca_cert")}: a file or folder with the authorities to trust (often /etc/grid-security/certificates)."),
            limits,
            environment,
            Tls.Options(authorities, asUs ? who : null),
            traffic);
        return new RestDatasetSource(To(config.Host, "rucio_host", false), new RucioLogin(config, To(config.AuthHost, "auth_host", true), clock), keepFiles);
    }
}
