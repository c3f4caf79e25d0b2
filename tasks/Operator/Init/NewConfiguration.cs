using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Operator.Init;

/// <summary>Writes the sample where LoadConfig reads the configuration.</summary>
public static class NewConfiguration
{
    /// <returns>The file that was written. Absolute.</returns>
    /// <exception cref="UsageException">A file exists already, or the demo is selected, which has a configuration.</exception>
    /// <exception cref="OutsourceException">It cannot be written.</exception>
    public static string Write(HostEnvironment host, Invocation invocation)
    {
        if (invocation.Options.Demo)
        {
            throw new UsageException("--demo has a configuration. Leave the option out to write your own.");
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
                $"'{path}' cannot be written: {DiskFault.Why(error)}. Free some space, make its folder writable, or pass another file with "
                    + "--config=FILE.",
                inner: error
            );
        }

        return path;
    }

    private static UsageException Exists(string path) =>
        new(
            $"'{path}' exists already and is not overwritten. Edit it, move it away, or pass another file with "
                + "--config=FILE."
        );
}
