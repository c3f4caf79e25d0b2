using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>A configuration file and why it is this one.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Origin">Where its name came from.</param>
/// <param name="Demo">Whether it is the embedded demo.</param>
/// <param name="Fallback">Whether it was taken because nothing else was found.</param>
public sealed record ConfigurationPlace(string Path, string Origin, bool Demo, bool Fallback);

/// <summary>
/// Finds the configuration: <c>--config</c>, <c>$XENON_CONFIG</c>, <c>$HOME/.xenon_config</c>, the demo. One that is named but missing is
/// an error: to go on with another would process the wrong thing.
/// </summary>
public static class ConfigurationLocator
{
    /// <exception cref="UsageException">There is none, or the one named is not there.</exception>
    public static ConfigurationPlace Locate(HostEnvironment host, Invocation invocation)
    {
        var argument = invocation.Options.Config;
        if (invocation.Options.Demo)
        {
            if (argument is not null)
            {
                throw new UsageException($"--demo and --config={argument} exclude each other: give one.");
            }

            return host.DemoConfig is { } wanted
                ? new ConfigurationPlace(wanted, "argument --demo", Demo: true, Fallback: false)
                : throw new UsageException(
                    "--demo: this installation has no demo (cake.config names it as Outsource_DemoConfig). Name a configuration with "
                        + "--config=FILE."
                );
        }

        if (argument is not null)
        {
            return Named(host, argument, "argument --config", "--config");
        }

        if (host.Variable("XENON_CONFIG") is { } variable)
        {
            return Named(host, variable, "environment XENON_CONFIG", "XENON_CONFIG");
        }

        var own = Path.Combine(host.Home, ".xenon_config");
        if (host.Disk.Path.Exists(own))
        {
            return Named(host, own, "home folder", "the home folder");
        }

        return host.DemoConfig is { } demo
            ? new ConfigurationPlace(demo, "demo, as nothing else was found", Demo: true, Fallback: true)
            : throw new UsageException(
                $"no configuration: --config is not given, XENON_CONFIG is not set, and '{own}' is not there. --target=Init writes one "
                    + "to fill in; or name one with --config=FILE."
            );
    }

    private static ConfigurationPlace Named(HostEnvironment host, string path, string origin, string namer)
    {
        var full = host.Absolute(path);
        if (host.Disk.Directory.Exists(full))
        {
            throw new UsageException($"the configuration '{full}', named by {namer}, is a folder. Name the file itself.");
        }

        return DiskFault.NoFile(host.Disk, full) is not { } fault
            ? new ConfigurationPlace(full, origin, Demo: full == host.DemoConfig, Fallback: false)
            : throw new UsageException(
                $"the configuration '{full}', named by {namer}, {fault}. Correct the name; no other configuration is taken in "
                    + "its place."
            );
    }
}
