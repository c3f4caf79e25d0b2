using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Configuration;
using Outsource.Errors;
using Outsource.Ledger;

namespace Outsource.PlanChunks;

/// <summary>
/// A short word for a plan: its settings, its ledger and its jobs. A next step that is printed names it, so that what is submitted is what was read.
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

    /// <summary>Refuses to go on with another plan than the one that <c>--plan</c> names.</summary>
    /// <param name="context">The run.</param>
    /// <exception cref="UsageException">The plan has changed, or is gone.</exception>
    public static void Check(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Invocation.Value("plan") is not { } meant)
        {
            return;
        }

        var loaded = context.Loaded;
        var found = Of(context.Disk, SettingsFingerprint.Of(loaded), context.Folder);
        if (!string.Equals(found, meant, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"the plan '{loaded.Settings.Name}' is not the one that was shown: --plan={meant} is asked for, {(found is null ? "and there is none" : $"it is {found} now")}. It was made anew, or its settings or inputs have changed since. "
                + $"Read it again with --target=DryRun --reuse --name={loaded.Settings.Name}, and take the command printed there. Nothing was submitted.");
        }
    }
}
