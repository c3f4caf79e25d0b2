using System.IO.Abstractions;
using System.Text;
using System.Text.RegularExpressions;

namespace Outsource.Foundation.Files;

/// <summary>
/// Our messages for errors of the system: they come from the error number, because the runtime's messages are for programmers and name
/// temporary files. This is the only place for messages of error numbers.
/// </summary>
public static partial class DiskFault
{
    /// <summary>Error numbers of Linux (errno(3)) for which there is a remedy.</summary>
    private const int NotPermitted = 1,
        NotThere = 2,
        InputOutput = 5,
        BadDescriptor = 9,
        Denied = 13,
        Exists = 17,
        NoFolder = 20,
        IsFolder = 21,
        TooManyInSystem = 23,
        TooManyOpen = 24,
        TooLarge = 27,
        NoSpace = 28,
        ReadOnly = 30,
        NameTooLong = 36,
        Circle = 40,
        Stale = 116,
        Quota = 122;

    /// <summary>Longest name in a file system, in bytes.</summary>
    private const int LongestName = 255;

    /// <summary>Whether an error comes from the disk.</summary>
    public static bool Is(Exception? error) => error is IOException or UnauthorizedAccessException;

    /// <summary>Why a path cannot be used: a clause without a full stop, to follow <c>cannot be read:</c>.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="path">The path; null: the one in the error.</param>
    public static string Why(Exception error, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error is UnfitFileException unfit
            ? unfit.Why
            : Known(NumberOf(error), path ?? PathIn(error))?.Why ?? error.Message.TrimEnd('.');
    }

    /// <summary>The whole message when only the error is known: the path, why, and what to do.</summary>
    /// <returns>Null when the error does not come from the disk, or there is no remedy.</returns>
    public static string? Sentence(Exception? error)
    {
        if (error is UnfitFileException)
        {
            return error.Message;
        }

        if (!Is(error) || PathIn(error!) is not { } path || Known(NumberOf(error!), path) is not { } known)
        {
            return null;
        }

        return $"'{path}' cannot be {known.Done}: {known.Why}. {known.Remedy}";
    }

    /// <summary>Why there is no file to read; null: there is one.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">Absolute.</param>
    /// <returns>What follows <c>which</c>: <c>does not exist</c>, <c>is a folder where a file is expected</c>.</returns>
    public static string? NoFile(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return disk.File.Exists(path) ? null
            : disk.Directory.Exists(path) ? "is a folder where a file is expected"
            : IsTooLong(path) ? "has a name that is too long: a file system allows 255 bytes for a name"
            : FileOnTheWay(disk, path) is { } file ? $"does not exist: '{file}' is a file, not a folder"
            : "does not exist";
    }

    private static (string Done, string Why, string Remedy)? Known(int? number, string? path)
    {
        const string Again = "then run the command again.";
        var look = path is null ? "'ls -ld'" : $"'ls -ld {path}'";
        return number switch
        {
            NoSpace => (
                "written",
                "the disk is full",
                $"Free some space there ('df -h' and 'df -i' show the free bytes and files) or name another place, {Again}"
            ),
            Quota => (
                "written",
                "your quota there is used up",
                $"Free some space ('quota -s' shows the quota) or name another place, {Again}"
            ),
            TooLarge => ("written", "it would be larger than is allowed", $"Check 'ulimit -f', or name another place, {Again}"),
            ReadOnly => (
                "written",
                "the file system is mounted read-only",
                $"Name another place, or have it mounted for writing, {Again}"
            ),
            NotPermitted or Denied or BadDescriptor or IsFolder when path is not null && Directory.Exists(path) => (
                "opened",
                "it is a folder where a file is expected",
                $"Move it away, {Again}"
            ),
            NotPermitted or Denied => (
                "opened",
                "permission denied",
                $"Check its owner and mode ({look}), have the mode changed or name another place, {Again}"
            ),
            IsFolder => ("opened", "it is a folder where a file is expected", $"Move it away, {Again}"),
            NotThere => ("opened", "it does not exist", $"Check whether it was moved, {Again}"),
            Exists when path is not null && File.Exists(path) => (
                "made",
                "a file is there where a folder is needed",
                $"Move it away or name another place, {Again}"
            ),
            Exists => ("made", "something is there already", $"Check what it is ({look}), move it away or name another place, {Again}"),
            NoFolder => ("opened", "a part of the path is a file, not a folder", $"Correct the path or move that file away, {Again}"),
            NameTooLong => (
                "opened",
                "its name is too long: a file system allows 255 bytes for a name, 38 less while it is written, and 4095 for a path",
                $"Name a shorter one, {Again}"
            ),
            Circle => ("opened", "its symbolic links form a circle", $"Correct the link ({look} shows it), {Again}"),
            InputOutput => (
                "used",
                "the disk reports an error of its own",
                $"Tell the administrators of this machine, or name another place, {Again}"
            ),
            Stale => (
                "used",
                "the network file system has lost it (stale file handle)",
                $"Check whether the folder is still there, {Again}"
            ),
            TooManyOpen or TooManyInSystem => ("opened", "too many files are open", $"Raise the limit ('ulimit -n'), {Again}"),
            _ => null,
        };
    }

    /// <summary>The system's error number, if the runtime kept it or has an exception for it.</summary>
    private static int? NumberOf(Exception error) =>
        error switch
        {
            FileNotFoundException => NotThere,
            DirectoryNotFoundException => NotThere,
            PathTooLongException => NameTooLong,
            UnauthorizedAccessException { InnerException: IOException inner } => NumberOf(inner),
            UnauthorizedAccessException => Denied,
            IOException { HResult: > 0 and < 4096 and var number } => number,
            _ => null,
        };

    /// <summary>The path in an error; for a temporary name the name of the file that is written.</summary>
    private static string? PathIn(Exception error)
    {
        var named = error is FileNotFoundException { FileName: { } file } ? file : QuotedPath().Match(error.Message).Groups["path"].Value;
        return named.Length == 0 ? null : TemporaryName().Replace(named, "/${name}");
    }

    private static bool IsTooLong(string path) => path.Split('/').Any(name => Encoding.UTF8.GetByteCount(name) > LongestName);

    private static string? FileOnTheWay(IFileSystem disk, string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (disk.File.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }

    [GeneratedRegex("'(?<path>/.*)'", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedPath();

    /// <summary>As <see cref="AtomicFile"/> names them.</summary>
    [GeneratedRegex(@"/\.(?<name>[^/]+)\.[0-9a-f]{32}\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryName();
}
