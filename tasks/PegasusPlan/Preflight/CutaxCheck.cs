using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;
using Outsource.WriteWorkflow;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Looks at the tarball of cutax that the jobs take along.</summary>
public sealed class CutaxCheck(HostEnvironment host, OutsourceSettings settings, string folder)
{
    private const string Subject = "cutax tarball";

    /// <summary>What came of it.</summary>
    public CheckResult Look()
    {
        if (settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary takes none along");
        }

        const string Choose = "Set CUTAX_LOCATION to the cutax that is meant; its name with dots as dashes and .tar.gz is the tarball.";
        var written = host.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow));
        var path = written ? JobFiles.CopyOfCutax(folder) : settings.CutaxTarball;
        if (written && !host.Disk.File.Exists(path))
        {
            return CheckResult.Failed(
                Subject,
                "the workflow was written without, as "
                    + (
                        host.Disk.File.Exists(settings.CutaxTarball)
                            ? "it was not there then"
                            : $"'{settings.CutaxTarball}' is not there"
                    ),
                $"{(host.Disk.File.Exists(settings.CutaxTarball) ? "" : Choose + " ")}Give the same command again, or "
                    + $"--target=WriteWorkflow --reuse --name={settings.Name}."
            );
        }

        try
        {
            using var stream = RegularFile.Open(host.Disk, path);
            if (stream.ReadByte() != 0x1f || stream.ReadByte() != 0x8b)
            {
                return CheckResult.Failed(Subject, $"'{path}' is no gzip file", Choose);
            }

            return written && !ReplicaChecksums().Contains(Fingerprint.OfFile(host.Disk, path))
                ? CheckResult.Failed(
                    Subject,
                    $"'{path}' is not the file that the workflow was written with",
                    $"Write it anew: --target=WriteWorkflow --reuse --name={settings.Name}."
                )
                : CheckResult.Ok(Subject, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return CheckResult.Failed(Subject, $"'{path}' cannot be read: {DiskFault.Why(error, path)}", Choose);
        }
    }

    /// <summary>The checksums in the replica catalog, as text: whether one is there is all that is asked.</summary>
    private string ReplicaChecksums()
    {
        var path = Path.Combine(folder, WorkflowFolder.Replicas);
        return host.Disk.File.Exists(path) ? BoundedText.ReadAll(host.Disk, path) : "";
    }
}
