using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// The RunDB's token as a workflow's jobs take it along: a copy in the workflow's folder, so that nobody who logs in as another user
/// changes a workflow that runs. It is made anew before each submission.
/// </summary>
public static class TokenCopy
{
    private const string Name = ".dbtoken";

    /// <summary>Whether the jobs enter something into the RunDB, and so need a token.</summary>
    public static bool IsNeeded(OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return !settings.Canary && !settings.Debug;
    }

    /// <summary>Where it lies. Absolute.</summary>
    /// <param name="folder">The workflow's folder.</param>
    public static string PathIn(string folder) => Path.Combine(folder, Name);

    /// <summary>Copies the token that is there, for the owner only; nothing where there is none, or none is needed.</summary>
    /// <exception cref="UsageException">It cannot be copied.</exception>
    public static void Put(IFileSystem disk, OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (!IsNeeded(settings) || !disk.File.Exists(settings.Token))
        {
            return;
        }

        var copy = PathIn(settings.GeneratedFolder);
        try
        {
            using var source = RegularFile.Open(disk, settings.Token);
            AtomicFile.Write(disk, copy, source.CopyTo, AtomicFile.Private);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"the RunDB's token '{settings.Token}' cannot be copied to '{copy}': {DiskFault.Why(error)}. It must be yours "
                    + "(chmod 600), or be away: then it is made anew."
            );
        }
    }
}
