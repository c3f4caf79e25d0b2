using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>
/// The RunDB's token for the jobs of a workflow: a copy in the workflow's folder, so that a login as another user does not change a
/// workflow that runs. It is copied again before each submission.
/// </summary>
public static class TokenCopy
{
    private const string Name = ".dbtoken";

    /// <summary>Whether the jobs enter something into the RunDB, and so need a token.</summary>
    public static bool IsNeeded(OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return !settings.Canary && settings.Registers;
    }

    /// <summary>Where it is. Absolute.</summary>
    /// <param name="folder">The workflow's folder.</param>
    public static string PathIn(string folder) => Path.Combine(folder, Name);

    /// <summary>Copies the token, readable by the owner only; nothing when there is none, or none is needed.</summary>
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
                $"the RunDB's token '{settings.Token}' cannot be copied to '{copy}': {DiskFault.Why(error)}. Run chmod 600 "
                    + "on it, or delete it: then a new token is requested."
            );
        }
    }
}
