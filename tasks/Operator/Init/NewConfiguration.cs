using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Operator.Init;

/// <summary>Puts the sample where LoadConfig will look for the configuration.</summary>
public static class NewConfiguration
{
    /// <returns>The file that was written. Absolute.</returns>
    /// <exception cref="UsageException">There is something already, or the demo is asked for, whose configuration is there.</exception>
    /// <exception cref="OutsourceException">It cannot be written.</exception>
    public static string Write(HostEnvironment host, Invocation invocation)
    {
        if (invocation.Options.Demo)
        {
            throw new UsageException("--demo has its configuration already. Leave the option out to write one of your own.");
        }

        var path = host.Absolute(invocation.Options.Config ?? host.Variable("XENON_CONFIG") ?? "~/.xenon_config");
        if (host.Disk.Path.Exists(path))
        {
            throw Exists(path);
        }

        try
        {
            AtomicFile.WriteNewText(host.Disk, path, SampleConfiguration.Text(), AtomicFile.Private);
        }
        catch (Exception) when (host.Disk.Path.Exists(path) || host.Disk.FileInfo.New(path).LinkTarget is not null)
        {
            throw Exists(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutsourceException(
                $"'{path}' cannot be written: {DiskFault.Why(error)}. Make room or its folder writable, or name another file with "
                    + "--config=FILE.",
                inner: error
            );
        }

        return path;
    }

    private static UsageException Exists(string path) =>
        new(
            $"'{path}' exists already, and a configuration is never overwritten. Edit it, move it away, or name another file with "
                + "--config=FILE."
        );
}
