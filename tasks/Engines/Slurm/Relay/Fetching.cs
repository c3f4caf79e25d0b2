using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>
/// Brings results from a staging site, several at a time. A file gets its name only when it is complete: with the size of the site, and
/// with its checksum where the site tells it. One that is there is not copied again; so it can be stopped and repeated.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="store">The staging site.</param>
public sealed partial class Fetching(IFileSystem disk, IGridStore store)
{
    /// <summary>The end of the name of a file that is not complete.</summary>
    public const string Partial = ".part";

    private const int Tries = 3;

    /// <summary>The files below some folders of a site, each name once. One that is missing counts only if all are.</summary>
    /// <param name="addresses">The folders.</param>
    /// <param name="wanted">Whether a file is wanted, by its name.</param>
    /// <exception cref="OutsourceException">None of the folders is there, or the site does not answer.</exception>
    public IReadOnlyList<StoredFile> List(ImmutableArray<string> addresses, Func<string, bool> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var listed = addresses.Select(store.List).ToList();
        return listed.TrueForAll(l => l is null)
            ? throw new OutsourceException(
                $"the staging site has no folder {string.Join(" and no folder ", addresses.Select(a => $"'{UntrustedText.Shown(a)}'"))}: "
                    + "jobs make it when they leave their first result. --staging=ADDRESS names another one."
            )
            :
            [
                .. listed
                    .SelectMany(l => l ?? [])
                    .Where(f => FileName().IsMatch(f.Name) && wanted(f.Name))
                    .OrderBy(f => f.Name, StringComparer.Ordinal)
                    .ThenBy(f => f.Address, StringComparer.Ordinal)
                    .DistinctBy(f => f.Name, StringComparer.Ordinal),
            ];
    }

    /// <summary>Copies what is missing.</summary>
    /// <param name="order">What, and where to.</param>
    /// <param name="progress">Counts files; or null.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>What became of each file, in the order given.</returns>
    public ImmutableArray<FetchedFile> Run(FetchOrder order, IProgressDisplay? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        OwnedFile.MakeFolderOf(disk, Path.Combine(order.Target, "x"));
        var done = new ConcurrentDictionary<string, FetchedFile>(StringComparer.Ordinal);
        try
        {
            Parallel.ForEach(
                order.Files,
                new ParallelOptions { MaxDegreeOfParallelism = order.AtOnce, CancellationToken = cancel },
                file =>
                {
                    done[file.Name] = Brought(file, order, cancel);
                    progress?.Advance();
                }
            );
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }

        return [.. order.Files.Select(f => done[f.Name])];
    }

    /// <summary>A file that cannot be compared with the site costs this file, not the others.</summary>
    private FetchedFile Brought(StoredFile file, FetchOrder order, CancellationToken cancel)
    {
        try
        {
            return There(file, order) ?? Copied(file, order.Target, cancel);
        }
        catch (Exception error) when (IsOfOneFile(error))
        {
            var why = WhyOf(error, file, Path.Combine(order.Target, file.Name));
            return new FetchedFile(file.Name, file.Bytes, FetchState.Failed) { Why = why };
        }
    }

    private static bool IsOfOneFile(Exception error) =>
        error is IOException or UnauthorizedAccessException or (OutsourceException and not UsageException);

    private static string WhyOf(Exception error, StoredFile file, string path) =>
        DiskFault.Is(error) ? $"{file.Name}: {DiskFault.Why(error, path)}" : error.Message.TrimEnd('.');

    /// <summary>A file that is there as the site has it; null: it is not.</summary>
    private FetchedFile? There(StoredFile file, FetchOrder order)
    {
        var there = new FetchedFile(file.Name, file.Bytes, FetchState.There);
        if (order.Unpacked.Contains(file.Name))
        {
            return there;
        }

        var info = disk.FileInfo.New(Path.Combine(order.Target, file.Name));
        if (!info.Exists || info.Length != file.Bytes)
        {
            return null;
        }

        if (order.Compared.TryGetValue(file.Name, out var known) && known.Bytes == file.Bytes)
        {
            return there with { Adler32 = known.Adler32 };
        }

        var sum = store.AdlerOf(file);
        return sum is null || sum == Adler32.Of(disk, info.FullName) ? there with { Adler32 = sum } : null;
    }

    private FetchedFile Copied(StoredFile file, string folder, CancellationToken cancel)
    {
        var whole = Path.Combine(folder, file.Name);
        var partial = whole + Partial;
        var why = "";
        for (var i = 0; i < Tries; i++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                disk.File.Delete(partial);
                store.Copy(file, partial);
                var length = disk.FileInfo.New(partial).Length;
                var sum = length == file.Bytes ? store.AdlerOf(file) : null;
                if (length != file.Bytes)
                {
                    why = FormattableString.Invariant($"{file.Name} arrived with {length} of {file.Bytes} bytes");
                }
                else if (sum is not null && Adler32.Of(disk, partial) is var copy && copy != sum)
                {
                    why = $"{file.Name} arrived with Adler-32 {copy} instead of {sum}";
                }
                else
                {
                    disk.File.Move(partial, whole, overwrite: true);
                    return new FetchedFile(file.Name, file.Bytes, FetchState.Fetched) { Adler32 = sum };
                }

                disk.File.Delete(partial);
            }
            catch (Exception error) when (IsOfOneFile(error))
            {
                why = WhyOf(error, file, partial);
            }
        }

        return new FetchedFile(file.Name, file.Bytes, FetchState.Failed) { Why = why };
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
