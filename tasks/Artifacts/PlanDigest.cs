using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Artifacts;

/// <summary>
/// A short word for a plan: its settings, its ledger and its jobs. A next step that is printed names it, so that what is submitted is what
/// was read.
/// </summary>
public static class PlanDigest
{
    /// <summary>Hex digits of it: enough to tell one plan from another, short enough to be typed.</summary>
    public const int Length = 12;

    /// <summary>The digest of the plan in a folder, or null where there is none.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="settings">Fingerprint of the settings that it was made from.</param>
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
