using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;

namespace Outsource.Services.Packages;

/// <summary>Which files of a work tree are sent with the jobs. Nothing is written there.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs git.</param>
/// <param name="package">Name of the package, for messages.</param>
/// <param name="top">The top of the work tree. Absolute.</param>
public sealed class WorkTree(HostEnvironment host, IProgramRunner programs, string package, string top)
{
    /// <summary>The jobs refuse a tarball with more members (<c>payload_common.py</c>), folders included.</summary>
    private const int MostFiles = 50_000;

    /// <summary>Repositories in repositories are followed so far.</summary>
    private const int Deepest = 4;

    /// <summary>The jobs refuse longer names.</summary>
    private const int LongestPart = 255,
        LongestName = 1500;

    /// <summary>A chain of links that is longer is a circle.</summary>
    private const int MostLinks = 40;

    private readonly List<string> _faults = [];

    /// <summary>The files, in order of the bytes of their names.</summary>
    /// <exception cref="UsageException">A name or a link is refused, or git does not answer.</exception>
    public async Task<ImmutableArray<WorkTreeFile>> FilesAsync(CancellationToken cancel)
    {
        var ignore = Ignore();
        var names = await NamesAsync("", Deepest, cancel).ConfigureAwait(false);
        var files = names
            .Where(n => !ignore.LeavesOut(n) && IsAllowed(n))
            .Select(Look)
            .OfType<WorkTreeFile>()
            .OrderBy(f => Encoding.UTF8.GetBytes(f.Name), ByteOrder.Instance)
            .ToImmutableArray();
        if (files.Length > MostFiles)
        {
            _faults.Add($"it has {files.Length} files, and at most {MostFiles} are sent. Leave folders out with {TarballIgnore.FileName}");
        }
        else if (files.IsEmpty && _faults.Count == 0)
        {
            _faults.Add("it has no files that git does not ignore");
        }

        return _faults.Count == 0
            ? files
            : throw new UsageException([
                .. _faults.Take(10).Select(f => new Fault($"no tarball of '{package}' is made of '{UntrustedText.Brief(top)}': {f}.")),
            ]);
    }

    private TarballIgnore Ignore()
    {
        var path = Path.Combine(top, TarballIgnore.FileName);
        try
        {
            return host.Disk.File.Exists(path)
                ? TarballIgnore.Of(BoundedText.ReadAll(host.Disk, path, 1 << 20), path)
                : TarballIgnore.Nothing;
        }
        catch (Exception error) when (DiskFault.Is(error))
        {
            throw new UsageException([new Fault($"it cannot be read: {DiskFault.Why(error, path)}.", path)]);
        }
    }

    /// <summary>Names below a folder of the work tree, those of repositories in it included.</summary>
    private async Task<List<string>> NamesAsync(string below, int depth, CancellationToken cancel)
    {
        var names = new List<string>();
        foreach (var listed in await new GitTree(host, programs, Path.Combine(top, below)).FilesAsync(cancel).ConfigureAwait(false))
        {
            var name = below.Length == 0 ? listed.TrimEnd('/') : $"{below}/{listed.TrimEnd('/')}";
            var path = Path.Combine(top, name);
            if (!host.Disk.Directory.Exists(path) || IsLink(path))
            {
                names.Add(name);
            }
            else if (host.Disk.Path.Exists(Path.Combine(path, ".git")))
            {
                // git lists a repository in the work tree by its name only. A submodule that was never fetched has no files.
                if (depth == 0)
                {
                    _faults.Add($"'{UntrustedText.Brief(name)}' is a repository in more than {Deepest} others");
                    continue;
                }

                names.AddRange(await NamesAsync(name, depth - 1, cancel).ConfigureAwait(false));
            }
        }

        return names;
    }

    /// <summary>The jobs unpack only names that no terminal, shell or file system misunderstands.</summary>
    private bool IsAllowed(string name)
    {
        var parts = name.Split('/');
        var allowed =
            !name.Contains('\\', StringComparison.Ordinal)
            && !name.Contains('\ufffd', StringComparison.Ordinal)
            && name.EnumerateRunes().All(IsPrintable)
            && Encoding.UTF8.GetByteCount(name) <= LongestName
            && parts.All(p => p is not ("" or "." or "..") && Encoding.UTF8.GetByteCount(p) <= LongestPart);
        if (!allowed)
        {
            _faults.Add(
                $"the name '{UntrustedText.Brief(name)}' cannot be sent (line ends, backslashes, bytes that are not UTF-8, or too long). "
                    + $"Rename the file, or leave it out with {TarballIgnore.FileName}"
            );
        }

        return allowed;
    }

    /// <summary>What Python calls printable: the jobs refuse any other character in a name.</summary>
    private static bool IsPrintable(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );

    /// <summary>A file as it is now; null: it was deleted, or is refused.</summary>
    private WorkTreeFile? Look(string name)
    {
        var path = Path.Combine(top, name);
        var shown = UntrustedText.Brief(name);
        if (host.Disk.FileInfo.New(path).LinkTarget is { } target)
        {
            if (StaysInside(name))
            {
                return new WorkTreeFile(name, 0, false, target);
            }

            _faults.Add($"the link '{shown}' leads out of it ('{UntrustedText.Brief(target)}'). Put the file itself there");
            return null;
        }

        if (!host.Disk.File.Exists(path))
        {
            return null;
        }

        try
        {
            RegularFile.Check(host.Disk, path);
        }
        catch (UnfitFileException error)
        {
            _faults.Add($"'{shown}' is refused: {error.Why}");
            return null;
        }

        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : host.Disk.File.GetUnixFileMode(path);
        return new WorkTreeFile(name, host.Disk.FileInfo.New(path).Length, mode.HasFlag(UnixFileMode.UserExecute), null);
    }

    /// <summary>Whether a link, and each link on its way, stays in the work tree and leads somewhere.</summary>
    private bool StaysInside(string name)
    {
        var way = new Stack<string>(name.Split('/').Reverse());
        var place = new List<string>();
        var links = 0;
        while (way.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (place.Count == 0)
                {
                    return false;
                }

                place.RemoveAt(place.Count - 1);
                continue;
            }

            place.Add(part);
            if (host.Disk.FileInfo.New(Path.Combine([top, .. place])).LinkTarget is not { } target)
            {
                continue;
            }

            if (++links > MostLinks || target.StartsWith('/') || UntrustedText.OneLine(target) != target)
            {
                return false;
            }

            place.RemoveAt(place.Count - 1);
            foreach (var next in target.Split('/').Reverse())
            {
                way.Push(next);
            }
        }

        return place.FirstOrDefault() != ".git";
    }

    private bool IsLink(string path) => host.Disk.FileInfo.New(path).LinkTarget is not null;

    /// <summary>The order of bytes, which does not depend on a language.</summary>
    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static ByteOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
