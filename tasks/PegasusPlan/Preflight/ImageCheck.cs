using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Looks whether the image of the jobs is there.</summary>
public sealed class ImageCheck(HostEnvironment host, OutsourceSettings settings)
{
    private const string Subject = "image",
        Cvmfs = "/cvmfs/";

    /// <summary>What came of it.</summary>
    public CheckResult Look()
    {
        var path = settings.Image.Path;
        if (settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary needs none");
        }

        if (path.Contains("://", StringComparison.Ordinal))
        {
            return CheckResult.Warning(
                Subject,
                $"'{path}' is fetched by each job, and nobody looked whether it is there",
                "Make sure that the pool may fetch it."
            );
        }

        if (!path.StartsWith(Cvmfs, StringComparison.Ordinal))
        {
            return host.Disk.Path.Exists(path)
                ? CheckResult.Ok(Subject, path)
                : CheckResult.Warning(
                    Subject,
                    $"'{path}' does not lie on CVMFS and not on this machine",
                    "Make sure that every node can read it."
                );
        }

        var repository = string.Join('/', path.Split('/').Take(3));
        return host.Disk.Path.Exists(path) ? CheckResult.Ok(Subject, $"{path} can be read")
            : host.Disk.Directory.Exists(repository)
                ? CheckResult.Failed(
                    Subject,
                    $"'{path}' is not there, though {repository} is mounted",
                    "Correct --image; a release that is just out needs some hours to arrive."
                )
            : CheckResult.Warning(
                Subject,
                $"{repository} is not mounted here, so nobody looked whether '{path}' exists",
                "Look on a machine with CVMFS."
            );
    }
}
