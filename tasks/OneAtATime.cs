using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource;

/// <summary>Only one call with <c>--one-at-a-time</c> works in a work_dir: a timer may ring while the last call still works.</summary>
public static class OneAtATime
{
    /// <summary>The lock is that of a workflow of this name, which none can have.</summary>
    private const string Claim = ".one-at-a-time";

    /// <summary>Claims the work_dir until the run ends, if the option was given.</summary>
    /// <exception cref="NothingToDoException">Another call works there.</exception>
    public static void Take(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        if (!request.Invocation.Options.OneAtATime)
        {
            return;
        }

        var workDir = new ConfiguredPlaces(request.Host).WorkDir(request.Invocation);
        OwnedFile.MakeFolderOf(context.Disk, WorkflowClaims.LockOf(workDir, Claim));
        if (context.Claims.Claim(workDir, Claim, null) is { } owner)
        {
            throw new NothingToDoException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"another call with --one-at-a-time works in '{workDir}' (process {owner.Process} of {owner.User} on {owner.Host})."
                )
            );
        }
    }
}
