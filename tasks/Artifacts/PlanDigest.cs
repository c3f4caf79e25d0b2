using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Artifacts;

/// <summary>
/// A short digest of a plan: its settings, its ledger and its jobs. The next step that DryRun prints contains it, so that exactly the plan
/// that was read is submitted.
/// </summary>
public static class PlanDigest
{
    /// <summary>Its hex digits: enough to distinguish plans, and short enough to type.</summary>
    public const int Length = 12;

    /// <summary>The digest of the plan in a folder, or null if there is none.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="settings">Fingerprint of its settings.</param>
    /// <param name="folder">Folder of its artifacts. Absolute.</param>
    public static string? Of(IFileSystem disk, string settings, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var (ledger, plan) = (Path.Combine(folder, LedgerFile.FileName), Path.Combine(folder, JobPlan.FileName));
        return disk.File.Exists(ledger) && disk.File.Exists(plan)
            ? Fingerprint.Of(settings, Fingerprint.OfLines(disk, ledger), Fingerprint.OfLines(disk, plan))[..Length]
            : null;
    }
}
