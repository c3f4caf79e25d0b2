using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Services.Proxies;

/// <summary>
/// The proxy that a plan by level sends with its jobs: a copy in the workflow's folder, so that the file that is checked is the file that
/// is sent. It is made with the workflow, and renewed by commands that start or restart it. Plans by type send the operator's own file.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="settings">The settings; place of the operator's own file.</param>
/// <param name="now">The time, UTC.</param>
public sealed class ProxyCopy(IFileSystem disk, OutsourceSettings settings, DateTimeOffset now)
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>The file that is sent with the jobs. Absolute; it need not exist yet.</summary>
    public static string SentBy(OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.ByLevel ? Path.Combine(settings.GeneratedFolder, WorkflowFolder.Proxy) : settings.Proxy;
    }

    /// <summary>The file that is sent once the copy is renewed: the copy, or the operator's file where that is to be copied.</summary>
    public string Current => settings.ByLevel && !IsToBeCopied() ? SentBy(settings) : settings.Proxy;

    /// <summary>Makes the copy with a workflow: one that an earlier workflow of that folder left is not kept.</summary>
    /// <exception cref="UsageException">It cannot be copied.</exception>
    public void Put()
    {
        if (settings.ByLevel)
        {
            disk.File.Delete(SentBy(settings));
            Renew();
        }
    }

    /// <summary>Copies the operator's proxy again if there is no copy, or if it was made later or is valid for longer.</summary>
    /// <returns>Whether a copy was made.</returns>
    /// <exception cref="UsageException">It cannot be copied.</exception>
    public bool Renew()
    {
        // What others can read, or what is no proxy, is not copied: the check of the proxy says what to do about it.
        if (!settings.ByLevel || !IsToBeCopied() || !IsUsable(Parsed(Text(settings.Proxy))) || IsOpen(settings.Proxy))
        {
            return false;
        }

        var copy = SentBy(settings);
        try
        {
            using var source = RegularFile.Open(disk, settings.Proxy);
            AtomicFile.Write(disk, copy, source.CopyTo, AtomicFile.Private);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"the proxy '{settings.Proxy}' cannot be copied to '{copy}': {DiskFault.Why(error)}. Run chmod 600 on it, or name another "
                    + "one with x509_user_proxy."
            );
        }
    }

    private bool IsToBeCopied()
    {
        var copy = SentBy(settings);
        if (!disk.File.Exists(copy))
        {
            return true;
        }

        if (Text(settings.Proxy) is not { } own || own == Text(copy))
        {
            return false;
        }

        // A proxy that cannot be used never replaces one that can.
        return Parsed(own) is { } mine
            && IsUsable(mine)
            && (Parsed(Text(copy)) is not { } sent || mine.From > sent.From || mine.End > sent.End);
    }

    private bool IsUsable(ProxyFile? proxy) => proxy is not null && proxy.From <= now && proxy.End > now;

    private bool IsOpen(string path) => !OperatingSystem.IsWindows() && (disk.File.GetUnixFileMode(path) & OfOthers) != 0;

    private string? Text(string path)
    {
        try
        {
            return disk.File.Exists(path) ? BoundedText.ReadAll(disk, path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ProxyFile? Parsed(string? text)
    {
        try
        {
            return text is null ? null : ProxyFile.Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
