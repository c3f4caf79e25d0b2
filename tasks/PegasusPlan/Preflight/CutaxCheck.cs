using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;
using Outsource.WriteWorkflow;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks the cutax tarball of the jobs.</summary>
public sealed class CutaxCheck(HostEnvironment host, OutsourceSettings settings, string folder)
{
    private const string Subject = "cutax tarball";

    /// <summary>The result.</summary>
    public CheckResult Look()
    {
        if (settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary needs none");
        }

        const string Choose = "Set CUTAX_LOCATION to the cutax to use; its name with dots as dashes and .tar.gz is the tarball.";
        var written = host.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow));
        var path = written ? JobFiles.CopyOfCutax(folder) : settings.CutaxTarball;
        if (written && !host.Disk.File.Exists(path))
        {
            return CheckResult.Failed(
                Subject,
                "the workflow was written without it, because "
                    + (
                        host.Disk.File.Exists(settings.CutaxTarball)
                            ? "it was missing then"
                            : $"'{settings.CutaxTarball}' is missing"
                    ),
                $"{(host.Disk.File.Exists(settings.CutaxTarball) ? "" : Choose + " ")}Run the same command again, or "
                    + $"--target=WriteWorkflow --reuse --name={settings.Name}."
            );
        }

        try
        {
            using var stream = RegularFile.Open(host.Disk, path);
            if (stream.ReadByte() != 0x1f || stream.ReadByte() != 0x8b)
            {
                return CheckResult.Failed(Subject, $"'{path}' is not a gzip file", Choose);
            }

            return written && !ReplicaChecksums().Contains(Fingerprint.OfFile(host.Disk, path))
                ? CheckResult.Failed(
                    Subject,
                    $"'{path}' has changed since the workflow was written",
                    $"Write it again: --target=WriteWorkflow --reuse --name={settings.Name}."
                )
                : CheckResult.Ok(Subject, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return CheckResult.Failed(Subject, $"'{path}' cannot be read: {DiskFault.Why(error, path)}", Choose);
        }
    }

    /// <summary>The checksums in the replica catalog, as text; only the presence of one is checked.</summary>
    private string ReplicaChecksums()
    {
        var path = Path.Combine(folder, WorkflowFolder.Replicas);
        return host.Disk.File.Exists(path) ? BoundedText.ReadAll(host.Disk, path) : "";
    }
}
