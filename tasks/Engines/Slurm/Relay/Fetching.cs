using System.Collections.Concurrent;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>What was fetched.</summary>
/// <param name="Fetched">Files that were copied now.</param>
/// <param name="There">Files that were there already, with their size.</param>
/// <param name="Bytes">Bytes copied.</param>
/// <param name="Failed">What could not be copied, each with the reason.</param>
public sealed record FetchResult(long Fetched, long There, long Bytes, IReadOnlyList<string> Failed);

/// <summary>
/// Brings results from a staging site, several at a time. A file gets its name only when it is complete, and one that is there with its
/// size is not copied again; so it can be stopped and repeated.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="store">The staging site.</param>
public sealed partial class Fetching(IFileSystem disk, IGridStore store)
{
    /// <summary>The end of the name of a file that is not complete.</summary>
    public const string Partial = ".part";

    private const int Tries = 3;

    /// <summary>Copies what is missing.</summary>
    /// <param name="address">The workflow's folder at the site.</param>
    /// <param name="target">Where to. Absolute.</param>
    /// <param name="wanted">Whether a file is wanted, by its name.</param>
    /// <param name="atOnce">Most copies at the same time.</param>
    /// <param name="progress">Counts files; or null.</param>
    /// <param name="cancel">Stops it.</param>
    public FetchResult Run(
        string address,
        string target,
        Func<string, bool> wanted,
        int atOnce,
        IProgressDisplay? progress,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(wanted);
        OwnedFile.MakeFolderOf(disk, Path.Combine(target, "x"));
        var failed = new ConcurrentQueue<string>();
        var (fetched, there, bytes) = (0L, 0L, 0L);
        Parallel.ForEach(
            store.List(address).Where(f => FileName().IsMatch(f.Name) && wanted(f.Name)),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel },
            file =>
            {
                if (IsThere(file, target))
                {
                    _ = Interlocked.Increment(ref there);
                }
                else if (WhyNot(file, target, cancel) is { } why)
                {
                    failed.Enqueue(why);
                }
                else
                {
                    _ = Interlocked.Increment(ref fetched);
                    _ = Interlocked.Add(ref bytes, file.Bytes);
                }

                progress?.Advance();
            }
        );
        return new FetchResult(fetched, there, bytes, [.. failed.Order(StringComparer.Ordinal)]);
    }

    private bool IsThere(StoredFile file, string folder)
    {
        var info = disk.FileInfo.New(Path.Combine(folder, file.Name));
        return info.Exists && info.Length == file.Bytes;
    }

    /// <summary>Copies a file; null: it is there now.</summary>
    private string? WhyNot(StoredFile file, string folder, CancellationToken cancel)
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
                if (length == file.Bytes)
                {
                    disk.File.Move(partial, whole, overwrite: true);
                    return null;
                }

                why = FormattableString.Invariant($"{file.Name} arrived with {length} of {file.Bytes} bytes");
            }
            catch (Exception error)
                when (error is IOException or UnauthorizedAccessException or (OutsourceException and not UsageException))
            {
                why = DiskFault.Is(error) ? $"{file.Name}: {DiskFault.Why(error, partial)}" : error.Message.TrimEnd('.');
            }
        }

        return why;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
