using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.LoadConfig;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks work_dir, the folder of submit directories, logs and results.</summary>
public sealed class WorkDirChecks(HostEnvironment host, IMachine machine, OutsourceSettings settings, JobPlan? plan)
{
    /// <summary>
    /// Files and bytes of a job in the submit directory: about three files of the planner, and its output and logs (17 kB planned, the rest
    /// is from DAGMan and the job).
    /// </summary>
    private const long FilesPerJob = 10,
        BytesPerJob = 300_000;

    /// <summary>What even a small workflow needs: worker package, databases, logs.</summary>
    private const long LeastFiles = 1000,
        LeastBytes = 500_000_000;

    /// <summary>Whether it can be written to.</summary>
    public CheckResult Writable() =>
        WorkDirProbe.ErrorIn(host, machine, settings.WorkDir) is { } fault
            ? CheckResult.Failed(
                "work_dir",
                $"'{settings.WorkDir}' is not writable: {fault}",
                "Correct work_dir in [Outsource], or change its permissions."
            )
            : CheckResult.Ok("work_dir", $"{settings.WorkDir} is writable");

    /// <summary>Whether it has enough space for the files of the workflow.</summary>
    public CheckResult Room()
    {
        const string Subject = "room";
        var (bytes, files) = (LeastBytes + ((plan?.Jobs ?? 0) * BytesPerJob), LeastFiles + ((plan?.Jobs ?? 0) * FilesPerJob));
        var needed = string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB and {Counted.Of(files, "file")}");
        if (machine.FreeAt(settings.WorkDir) is not { } free)
        {
            return CheckResult.Warning(
                Subject,
                "the free space is unknown",
                $"Make sure that {needed} are free below '{settings.WorkDir}'."
            );
        }

        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"{free.Bytes / 1e9:0.0} GB{(free.Files is { } inodes ? $" and {Counted.Of(inodes, "file")}" : "")} free, about {needed} "
                + $"needed besides results"
        );
        return free.Bytes >= bytes && (free.Files is null || free.Files >= files)
            ? CheckResult.Ok(Subject, words)
            : CheckResult.Failed(Subject, words, $"Free some space below '{settings.WorkDir}', or submit fewer runs at a time.");
    }
}
