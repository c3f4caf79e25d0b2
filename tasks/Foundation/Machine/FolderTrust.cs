using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Machine;

/// <summary>Who works in work_dir.</summary>
public enum FolderSharing
{
    /// <summary>One user.</summary>
    OwnerOnly,

    /// <summary>Operators of one group (<c>share_with_group</c>): its members may own folders and write in them.</summary>
    WithGroup,
}

/// <summary>
/// Whether folders are safe to work in. A user who may write in a folder, owns it, or replaced it by a link, can replace any of our files
/// there. So, as ssh requires for its keys, each folder from work_dir down must be ours or root's, not a link, and writable for no other
/// user, before a file in it is used.
/// </summary>
/// <param name="machine">Knows the owner of a path; when it does not, as on other systems than Linux, nothing is refused.</param>
/// <param name="workDir">The folder of everything. It may be a link itself, if the link is ours or root's. Absolute.</param>
/// <param name="sharing">Who works here.</param>
public sealed class FolderTrust(IMachine machine, string workDir, FolderSharing sharing)
{
    private readonly bool _shared = sharing == FolderSharing.WithGroup;

    private const UnixFileMode Everybody = UnixFileMode.OtherWrite,
        Group = UnixFileMode.GroupWrite;

    /// <summary>The mode of a workflow's own folder.</summary>
    public UnixFileMode WorkflowMode =>
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | (
            _shared
                ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.SetGroup
                : UnixFileMode.None
        );

    /// <summary>The mode of the folders that hold workflows.</summary>
    public UnixFileMode HoldingMode =>
        WorkflowMode
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | (_shared ? UnixFileMode.None : UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    /// <summary>Refuses to work where other users could interfere.</summary>
    /// <param name="places">Folders or files below work_dir; they may be missing. Absolute.</param>
    /// <exception cref="UsageException">One of them, or of the folders above, is not safe.</exception>
    public void Check(params IEnumerable<string> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in places)
        {
            foreach (var folder in WayTo(place))
            {
                if (seen.Add(folder) && ErrorIn(folder) is { } fault)
                {
                    throw new UsageException(fault);
                }
            }
        }
    }

    /// <summary>What is wrong with one folder, or null.</summary>
    /// <param name="path">Absolute.</param>
    public string? ErrorIn(string path)
    {
        if (machine.User is not { } us || machine.OwnershipOf(path) is not { } found)
        {
            return null;
        }

        if (found.Kind == PathKind.Link)
        {
            if (path != workDir)
            {
                return $"'{path}' is a link, so another file would be written. The program makes no links: check who "
                    + $"made it ('ls -ld {path}'), and delete it, or choose another name with --name=NAME or another work_dir.";
            }

            // The operator's own link, to a larger disk.
            if (found.User != us && found.User != 0)
            {
                return Foreign(path, found);
            }

            return ValidateTarget(us, path);
        }

        return Check(us, path, found);
    }

    private string? ValidateTarget(long us, string link)
    {
        string? target;
        try
        {
            target = Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // It leads in a circle: writing there reports it.
            return null;
        }

        return target is null || machine.OwnershipOf(target) is not { } found ? null : Check(us, target, found);
    }

    private string? Check(long us, string path, Ownership found)
    {
        if (found.User != us && found.User != 0 && !(_shared && (found.Mode & Group) != 0))
        {
            return Foreign(path, found);
        }

        var allowed = _shared || OursAlone(us, found);
        var open =
            (found.Mode & Everybody) != 0 ? "all users"
            : (found.Mode & Group) != 0 && !allowed ? "its group"
            : null;
        return open is null
            ? null
            : $"'{path}' (mode {Octal(found.Mode)}) is writable for {open}, who could run programs with your proxy and "
                + $"token. Change it with 'chmod {(allowed ? "o-w" : "go-w")} {path}'"
                + (
                    allowed || (found.Mode & Everybody) != 0
                        ? "."
                        : ", or write share_with_group = True into [Outsource] if operators of that group work together."
                );
    }

    /// <summary>The group that many systems create for each user, with the user's number and no other member.</summary>
    private static bool OursAlone(long us, Ownership found) => found.Group == us;

    private string Foreign(string path, Ownership found) =>
        $"'{path}' belongs to {(found.User == 0 ? "root" : $"another user (number {found.User})")}, who can change it. "
        + "Choose another name with --name=NAME or another work_dir"
        + (_shared ? ", or have its owner let the group write in it." : ", or check who made it ('ls -ld') and delete it.");

    /// <summary>work_dir, and each folder from there to a place.</summary>
    private IEnumerable<string> WayTo(string place)
    {
        yield return workDir;
        var relative = Path.GetRelativePath(workDir, place);
        if (relative == "." || relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative))
        {
            yield break;
        }

        var path = workDir;
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return path = Path.Combine(path, part);
        }
    }

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8);
}
