using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Packages;
using Outsource.Settings.Keys;

namespace Outsource.Services.Packages;

/// <summary>The tarballs of a workflow.</summary>
/// <param name="Tarballs">For each package that the jobs install, in the order of the configuration.</param>
/// <param name="Remarks">What the operator should know, one sentence each, without a full stop.</param>
public sealed record TarballSet(ImmutableArray<PackageTarball> Tarballs, ImmutableArray<string> Remarks)
{
    /// <summary>Whether code of the operator is in the jobs: then nothing may be uploaded, and names of workflows say so.</summary>
    public bool HasOwnCode => Tarballs.Any(t => !t.Shared);
}

/// <summary>
/// Makes the tarballs of the operator's own packages (docs/domain.md): into <c>payload/</c> of the workflow's folder, and
/// <c>tarballs.yml</c> beside the workflow. In the work trees nothing is written.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs python3 and git.</param>
public sealed class PackageTarballs(HostEnvironment host, IProgramRunner programs)
{
    /// <summary>Above this the largest files are named: each job gets a tarball, and usually data went into it by mistake.</summary>
    private const long Large = 50_000_000;

    /// <summary>Above this no tarball is made.</summary>
    private const long TooLarge = 1_000_000_000;

    private const int NamedFiles = 10;

    /// <summary>A job refuses a tarball that unpacks to more (<c>payload_common.py</c>, UNPACKED_GROWTH and UNPACKED_BESIDES).</summary>
    private const long Growth = 20,
        Besides = 32 << 20;

    /// <summary>What is decided about the packages, without making anything.</summary>
    /// <exception cref="UsageException">A rule is broken; all faults together.</exception>
    /// <exception cref="OutsourceException">python3 or git fails.</exception>
    public async Task<(ImmutableArray<PackageDecision> Decisions, ImmutableArray<string> Remarks)> DecideAsync(
        PackageRequest request,
        CancellationToken cancel
    )
    {
        var answer = await new InstalledPackages(host, programs).FindAsync(request, cancel).ConfigureAwait(false);
        var decided = PackageRules.Decide(request, answer.Packages);
        return decided.Faults.IsEmpty
            ? (decided.Decisions, answer.Remarks)
            : throw new UsageException([.. decided.Faults.Select(f => new Fault(f))]);
    }

    /// <summary>Makes all tarballs and <c>tarballs.yml</c>; each replaces an existing one at once.</summary>
    /// <param name="request">Which packages.</param>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="UsageException">A rule is broken, or a work tree cannot be packed; all faults of the rules together.</exception>
    /// <exception cref="OutsourceException">python3, git or the disk fails.</exception>
    public async Task<TarballSet> MakeAsync(PackageRequest request, string folder, CancellationToken cancel)
    {
        var (decisions, remarks) = await DecideAsync(request, cancel).ConfigureAwait(false);
        var told = new List<string>(remarks);
        var tarballs = ImmutableArray.CreateBuilder<PackageTarball>();
        foreach (var decision in decisions)
        {
            if (decision.Source == PackageSource.WorkTree)
            {
                tarballs.Add(await PackAsync(decision, folder, told, cancel).ConfigureAwait(false));
            }
            else if (decision.Source == PackageSource.Shared)
            {
                tarballs.Add(OfShared(decision, told));
            }
        }

        RemoveOld(folder, tarballs);
        TarballsFile.Write(host.Disk, folder, tarballs);
        return new TarballSet(tarballs.ToImmutable(), [.. told]);
    }

    /// <summary>What has changed in the work trees since the tarballs of a workflow were made; empty: nothing.</summary>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <returns>The changes, and what could not be looked at, as parts of sentences.</returns>
    public async Task<(ImmutableArray<string> Changes, ImmutableArray<string> Unknown)> ChangesAsync(
        string folder,
        CancellationToken cancel
    )
    {
        var (changes, unknown) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>());
        foreach (var tarball in TarballsFile.Read(host.Disk, folder).Where(t => t is { Shared: false, WorkTree: not null }))
        {
            try
            {
                if (!host.Disk.Directory.Exists(tarball.WorkTree))
                {
                    unknown.Add($"{tarball.Name}: '{UntrustedText.Brief(tarball.WorkTree!)}' is not on this machine");
                }
                else if (await ChangeOfAsync(tarball, cancel).ConfigureAwait(false) is { } change)
                {
                    changes.Add(change);
                }
            }
            catch (OutsourceException error)
            {
                unknown.Add($"{tarball.Name}: {error.Message.TrimEnd('.')}");
            }
        }

        return (changes.ToImmutable(), unknown.ToImmutable());
    }

    private async Task<string?> ChangeOfAsync(PackageTarball tarball, CancellationToken cancel)
    {
        var (name, top) = (tarball.Name, tarball.WorkTree!);
        var git = new GitTree(host, programs, top);
        var commit = await git.CommitAsync(cancel).ConfigureAwait(false);
        if (commit.Id != tarball.Commit)
        {
            return $"{name} is at commit {Short(commit.Id)} now, and its tarball is of {Short(tarball.Commit)}";
        }

        // Equal content at one commit gives equal bytes, so that they are compared without a second copy on disk.
        var files = await new WorkTree(host, programs, name, top).FilesAsync(cancel).ConfigureAwait(false);
        using var sha256 = SHA256.Create();
        using (var hashed = new CryptoStream(Stream.Null, sha256, CryptoStreamMode.Write))
        {
            _ = new TarballWriter(host.Disk, top, name, commit.Time).Write(hashed, files, cancel);
        }

        if (Convert.ToHexStringLower(sha256.Hash!) == tarball.Sha256)
        {
            return null;
        }

        var dirty = await git.DirtyAsync(cancel).ConfigureAwait(false);
        return $"the files of {name} have changed since its tarball was made"
            + (dirty.IsEmpty ? "" : $" (not committed: {Some(dirty)})");
    }

    private static string Short(string? commit) => commit is null ? "no commit" : commit[..Math.Min(10, commit.Length)];

    private static string FileOf(string package) => $"{package}.tar.gz";

    private PackageTarball OfShared(PackageDecision decision, List<string> told)
    {
        if (!host.Disk.File.Exists(decision.Path!))
        {
            told.Add($"the shared release of {decision.Package.Name}, '{decision.Path}', is not on this machine");
        }

        return new PackageTarball(decision.Package.Name, FileOf(decision.Package.Name), decision.Path!)
        {
            Shared = true,
            Version = decision.Package.Version,
        };
    }

    private async Task<PackageTarball> PackAsync(
        PackageDecision decision,
        string folder,
        List<string> told,
        CancellationToken cancel
    )
    {
        var (package, top) = (decision.Package, decision.Path!);
        RefuseHome(package.Name, top);
        var git = new GitTree(host, programs, top);
        var commit = await git.CommitAsync(cancel).ConfigureAwait(false);
        var dirty = await git.DirtyAsync(cancel).ConfigureAwait(false);
        var files = await new WorkTree(host, programs, package.Name, top).FilesAsync(cancel).ConfigureAwait(false);
        var bytes = Weigh(package.Name, top, files, told);
        if (!dirty.IsEmpty)
        {
            told.Add(
                $"{package.Name} has {Counted.Of(dirty.Length, "file")} with changes that are not committed: "
                    + $"{Some(dirty)}. They are in its tarball, and tarballs.yml names them"
            );
        }

        var path = Path.Combine(folder, WorkflowFolder.Payload, FileOf(package.Name));
        Write(package.Name, top, commit, files, path, cancel);
        return new PackageTarball(package.Name, FileOf(package.Name), path)
        {
            Sha256 = Fingerprint.OfFile(host.Disk, path),
            Bytes = host.Disk.FileInfo.New(path).Length,
            Unpacked = bytes,
            Files = files.Length,
            Version = package.Version,
            Commit = commit.Id,
            WorkTree = top,
            Dirty = dirty,
        };
    }

    /// <summary>A home folder under git holds keys and passwords, which no job may get.</summary>
    private void RefuseHome(string name, string top)
    {
        var root = top.TrimEnd('/') + "/";
        if ((host.Home.TrimEnd('/') + "/").StartsWith(root, StringComparison.Ordinal))
        {
            throw new UsageException(
                $"no tarball of '{name}' is made: its work tree '{UntrustedText.Brief(top)}' contains your home folder, and all of it "
                    + "would be sent with the jobs. Make the package a repository of its own."
            );
        }
    }

    /// <summary>The sum of the files' sizes.</summary>
    private static long Weigh(string name, string top, ImmutableArray<WorkTreeFile> files, List<string> told)
    {
        var bytes = files.Sum(f => f.Bytes);
        if (bytes <= Large)
        {
            return bytes;
        }

        var largest = files.OrderByDescending(f => f.Bytes).ThenBy(f => f.Name, StringComparer.Ordinal).Take(NamedFiles);
        var words =
            $"'{UntrustedText.Brief(top)}', the work tree of {name}, has {Megabytes(bytes)} for each job. Its largest files: "
            + $"{string.Join(", ", largest.Select(f => $"{UntrustedText.Brief(f.Name)} ({Megabytes(f.Bytes)})"))}. Leave out with "
            + $"{TarballIgnore.FileName} or .gitignore what the jobs do not need";
        if (bytes > TooLarge)
        {
            throw new UsageException($"{words}. At most {Megabytes(TooLarge)} are sent.");
        }

        told.Add(words);
        return bytes;
    }

    private void Write(
        string name,
        string top,
        WorkTreeCommit commit,
        ImmutableArray<WorkTreeFile> files,
        string path,
        CancellationToken cancel
    )
    {
        using var file = AtomicFile.Create(host.Disk, path);
        var unpacked = new TarballWriter(host.Disk, top, name, commit.Time).Write(file.Stream, files, cancel);
        if (unpacked > Besides + (Growth * file.Stream.Length))
        {
            throw new UsageException(
                $"the tarball of '{name}' would unpack to {Megabytes(unpacked)}, more than {Growth} times its size, and jobs refuse such a "
                    + $"tarball. Leave out its large files of equal content with {TarballIgnore.FileName}."
            );
        }

        file.Commit();
    }

    /// <summary>Tarballs of an earlier plan in the same folder that are not used now.</summary>
    private void RemoveOld(string folder, IEnumerable<PackageTarball> used)
    {
        var path = Path.Combine(folder, TarballsFile.FileName);
        if (!host.Disk.File.Exists(path))
        {
            return;
        }

        var kept = used.Where(t => !t.Shared).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<PackageTarball> old;
        try
        {
            old = TarballsFile.Read(host.Disk, folder);
        }
        catch (OutsourceException)
        {
            // It is written anew.
            return;
        }

        foreach (var tarball in old.Where(t => !t.Shared && !kept.Contains(t.Name) && PackageRules.IsName(t.Name)))
        {
            host.Disk.File.Delete(Path.Combine(folder, WorkflowFolder.Payload, FileOf(tarball.Name)));
        }
    }

    private static string Some(ImmutableArray<string> names)
    {
        var shown = string.Join(", ", names.Take(5).Select(n => UntrustedText.Brief(n, 80)));
        return names.Length > 5 ? $"{shown} and {names.Length - 5} more" : shown;
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture) + " MB";
}
