using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Machine;

/// <summary>
/// Whether folders are ours to work in. Whoever may write in a folder, or owns it, or made a link of it, can put his own file in the place
/// of any of ours there: so, as ssh holds it with its keys, each folder from work_dir down is ours or root's, no link, and written by
/// nobody else, before anything in it is believed.
/// </summary>
/// <param name="machine">Tells whose a path is; where it cannot, as on other systems than Linux, nothing is refused.</param>
/// <param name="workDir">Where everything is. It may be a link itself, if that is ours or root's. Absolute.</param>
/// <param name="shared">Whether operators of one group work here together (<c>share_with_group</c>): its members may own folders and write
/// in them.</param>
public sealed class FolderTrust(IMachine machine, string workDir, bool shared)
{
    private const UnixFileMode Everybody = UnixFileMode.OtherWrite,
        Group = UnixFileMode.GroupWrite;

    /// <summary>The mode of a workflow's own folder.</summary>
    public UnixFileMode WorkflowMode =>
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | (
            shared
                ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.SetGroup
                : UnixFileMode.None
        );

    /// <summary>The mode of the folders that hold workflows.</summary>
    public UnixFileMode HoldingMode =>
        WorkflowMode
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | (shared ? UnixFileMode.None : UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    /// <summary>Refuses to work where others could interfere.</summary>
    /// <param name="places">Folders or files below work_dir; what of them is not there yet is nobody's. Absolute.</param>
    /// <exception cref="UsageException">One of the folders on the way to them, or they themselves, are not ours alone.</exception>
    public void Check(params IEnumerable<string> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in places)
        {
            foreach (var folder in Way(place))
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
                return $"'{path}' is a link, so that something else would be written than is named. Nothing of ours is a link: see who "
                    + $"made it ('ls -ld {path}'), and take it away, or choose another name with --name=NAME or another work_dir.";
            }

            // The operator's own link to where there is room.
            if (found.User != us && found.User != 0)
            {
                return Foreign(path, found);
            }

            return ResolvedFault(us, path);
        }

        return Judge(us, path, found);
    }

    private string? ResolvedFault(long us, string link)
    {
        string? target;
        try
        {
            target = Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // It leads in a circle, so there is nothing to write in: who tries hears so.
            return null;
        }

        return target is null || machine.OwnershipOf(target) is not { } found ? null : Judge(us, target, found);
    }

    private string? Judge(long us, string path, Ownership found)
    {
        if (found.User != us && found.User != 0 && !(shared && (found.Mode & Group) != 0))
        {
            return Foreign(path, found);
        }

        var allowed = shared || OursAlone(us, found);
        var open =
            (found.Mode & Everybody) != 0 ? "by everybody"
            : (found.Mode & Group) != 0 && !allowed ? "by its group"
            : null;
        return open is null
            ? null
            : $"'{path}' (mode {Octal(found.Mode)}) may be written {open}: whoever does so can have his own programs run with your "
                + $"proxy and token. Close it with 'chmod {(allowed ? "o-w" : "go-w")} {path}'"
                + (
                    allowed || (found.Mode & Everybody) != 0
                        ? "."
                        : ", or say share_with_group = True in [Outsource] where operators of that group work together."
                );
    }

    /// <summary>The group that many systems give each user, with its number and nobody else in it: what it may do, only he can.</summary>
    private static bool OursAlone(long us, Ownership found) => found.Group == us;

    private string Foreign(string path, Ownership found) =>
        $"'{path}' belongs to {(found.User == 0 ? "root" : $"another user (number {found.User})")}, who can put there what he likes. "
        + "Choose another name with --name=NAME or another work_dir"
        + (shared ? ", or have its owner let the group write in it." : ", or see who made it ('ls -ld') and take it away.");

    /// <summary>work_dir, and each folder from there to a place.</summary>
    private IEnumerable<string> Way(string place)
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
