using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>A configuration file and why it was selected.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Origin">Where its path came from.</param>
/// <param name="Demo">Whether it is a configuration of the embedded demo.</param>
/// <param name="Fallback">Whether it was selected because nothing else was found.</param>
public sealed record ConfigurationPlace(string Path, string Origin, bool Demo, bool Fallback);

/// <summary>
/// Finds the configuration: <c>--config</c>, <c>$XENON_CONFIG</c>, <c>$HOME/.xenon_config</c>, the demo. If one is named but missing, that
/// is an error: continuing with another one would process the wrong data.
/// </summary>
public static class ConfigurationLocator
{
    /// <exception cref="UsageException">There is none, or the named one does not exist.</exception>
    public static ConfigurationPlace Locate(HostEnvironment host, Invocation invocation)
    {
        var argument = invocation.Options.Config;
        if (invocation.Options.Demo)
        {
            if (argument is not null)
            {
                return IsDemo(host, host.Absolute(argument))
                    ? Named(host, argument, "argument --config", "--config")
                    : throw new UsageException($"--demo and --config={argument} exclude each other: give one.");
            }

            return host.DemoConfig is { } wanted
                ? new ConfigurationPlace(wanted, "argument --demo", Demo: true, Fallback: false)
                : throw new UsageException(
                    "--demo: this installation has no demo (Outsource_DemoConfig in cake.config). Pass a configuration with "
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
            ? new ConfigurationPlace(demo, "demo, because nothing else was found", Demo: true, Fallback: true)
            : throw new UsageException(
                $"no configuration: --config is not given, XENON_CONFIG is not set, and '{own}' does not exist. --target=Init writes one "
                    + "to fill in; or pass one with --config=FILE."
            );
    }

    /// <summary>Whether it is the demo's configuration, or another one beside it.</summary>
    private static bool IsDemo(HostEnvironment host, string path) =>
        host.DemoConfig is { } demo && Path.GetDirectoryName(path) == Path.GetDirectoryName(demo);

    private static ConfigurationPlace Named(HostEnvironment host, string path, string origin, string namer)
    {
        var full = host.Absolute(path);
        if (host.Disk.Directory.Exists(full))
        {
            throw new UsageException($"the configuration '{full}', named by {namer}, is a folder. Name a file.");
        }

        return DiskFault.NoFile(host.Disk, full) is not { } fault
            ? new ConfigurationPlace(full, origin, Demo: IsDemo(host, full), Fallback: false)
            : throw new UsageException(
                $"the configuration '{full}', named by {namer}, {fault}. Correct the name; no other configuration is used "
                    + "instead."
            );
    }
}
