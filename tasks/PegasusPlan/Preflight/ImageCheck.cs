using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks that the image of the jobs exists.</summary>
public sealed class ImageCheck(HostEnvironment host, OutsourceSettings settings)
{
    private const string Subject = "image",
        Cvmfs = "/cvmfs/";

    /// <summary>The result.</summary>
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
                $"'{path}' is fetched by each job; its existence was not checked",
                "Make sure that the pool can fetch it."
            );
        }

        if (!path.StartsWith(Cvmfs, StringComparison.Ordinal))
        {
            return host.Disk.Path.Exists(path)
                ? CheckResult.Ok(Subject, path)
                : CheckResult.Warning(
                    Subject,
                    $"'{path}' is neither on CVMFS nor on this machine",
                    "Make sure that every node can read it."
                );
        }

        var repository = string.Join('/', path.Split('/').Take(3));
        return host.Disk.Path.Exists(path) ? CheckResult.Ok(Subject, $"{path} can be read")
            : host.Disk.Directory.Exists(repository)
                ? CheckResult.Failed(
                    Subject,
                    $"'{path}' is missing, though {repository} is mounted",
                    "Correct --image; a new release needs some hours to arrive."
                )
            : CheckResult.Warning(
                Subject,
                $"{repository} is not mounted here, so the existence of '{path}' was not checked",
                "Check on a machine with CVMFS."
            );
    }
}
