using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>What is done with the caches beside a workflow.</summary>
public enum CacheUse
{
    /// <summary>Those that are there are used.</summary>
    Read,

    /// <summary>Those that are there are used, and new ones are kept for the next look.</summary>
    Keep,

    /// <summary>All is read anew.</summary>
    Off,
}

/// <summary>
/// A cache beside a workflow, for one log: what was read of the log, and by what its files are known again. It may be deleted at any time.
/// One that does not fit is as if it were not there; and so is a failure to write one.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The cache.</param>
/// <param name="key">What else the content was made from, besides the log.</param>
internal sealed class RecordsCache(IFileSystem disk, string path, CacheKey key)
{
    /// <summary>More than a cache of files of these sizes ever has.</summary>
    private const long LeastBound = 64 << 20,
        TimesFiles = 8;

    /// <summary>A cache is written again when its log has grown by this share of it: else looking would cost as much as reading.</summary>
    private const long ShareOfCache = 8;

    private long _size;

    /// <summary>Reads it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="load">Takes the content.</param>
    /// <param name="placeOf">To where the log was read for the content.</param>
    /// <returns>The content; null: there is none that fits.</returns>
    public T? Load<T>(string log, Func<CacheReader, T> load, Func<T, long> placeOf)
        where T : class
    {
        try
        {
            if (!disk.File.Exists(path) || !IsOurs(path))
            {
                return null;
            }

            using var stream = RegularFile.Open(disk, path);
            var cache = new CacheReader(stream, key.Bound(LeastBound, TimesFiles));
            var (before, around) = (cache.One<FileMark>(), cache.One<ulong>());
            if (!cache.Next<FileMark>().AsSpan().SequenceEqual(key.Files) || !cache.Next<byte>().AsSpan().SequenceEqual(key.Words))
            {
                return null;
            }

            // Whether the log fits is cheap to see, and reading the content is not.
            var place = cache.One<long>();
            if (!before.HasGrownTo(FileMark.Of(disk, log), place) || FileMark.Around(disk, log, place) != around)
            {
                return null;
            }

            var content = load(cache);
            cache.End();
            _size = stream.Length;
            return placeOf(content) == place ? content : null;
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // Damaged, cut, of another user, or written by something else.
            return null;
        }
    }

    /// <summary>Whether it pays to write it.</summary>
    /// <param name="news">Bytes that were read beyond what it has; all of them, if there is none.</param>
    /// <param name="least">With fewer it does not.</param>
    public bool IsWorthIt(long news, long least) => _size == 0 || (news > least && (least == 0 || news > _size / ShareOfCache));

    /// <summary>Writes it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="before">The log before it was read.</param>
    /// <param name="place">To where it was read.</param>
    /// <param name="save">Adds the content.</param>
    public void Save(string log, FileMark before, long place, Action<CacheWriter> save)
    {
        try
        {
            // A folder that was deleted meanwhile is not made again.
            if (disk.FileInfo.New(path).LinkTarget is not null || !disk.Directory.Exists(Path.GetDirectoryName(path)))
            {
                return;
            }

            using var file = AtomicFile.Create(disk, path, AtomicFile.Private);
            if (!file.HasOwnerOf(key.Dag))
            {
                return;
            }

            var cache = new CacheWriter(file.Stream);
            cache.Add<FileMark>([before]);
            cache.Add([FileMark.Around(disk, log, place)]);
            cache.Add<FileMark>(key.Files);
            cache.Add<byte>(key.Words);
            cache.Add([place]);
            save(cache);
            cache.End();
            file.CommitUnflushed();
        }
        catch (Exception error) when (DiskFault.Is(error) || error is UsageException or NotSupportedException) { }
    }

    /// <summary>Whether the owner of the DAG wrote the cache, and it is no link.</summary>
    private bool IsOurs(string cache) =>
        disk is not FileSystem
        || !OperatingSystem.IsLinux()
        || (FileStatus.OfLink(cache) is { Type: 0x8000 } own && FileStatus.Of(key.Dag) is { } dag && own.User == dag.User);
}
