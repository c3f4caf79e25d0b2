using System.IO.Abstractions;

namespace Outsource.Foundation.Files;

/// <summary>
/// A file of pieces that are added in any order and are in order at the end: they are written unsorted to a temporary file; only key, place
/// and length of each are held. Nothing remains without <see cref="Commit"/>.
/// </summary>
/// <typeparam name="TKey">What orders the pieces; equal ones stay in the order in which they were added.</typeparam>
public sealed class SortedLines<TKey> : IDisposable
{
    private readonly IFileSystem _disk;
    private readonly string _path;
    private readonly IComparer<TKey>? _order;
    private readonly AtomicFile _unsorted;
    private readonly List<(TKey Key, long Offset, int Length)> _index = [];
    private readonly Lock _lock = new();

    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. Absolute.</param>
    /// <param name="order">The order of keys; null: their own.</param>
    public SortedLines(IFileSystem disk, string path, IComparer<TKey>? order = null)
    {
        _order = order;
        _disk = disk;
        _path = path;
        _unsorted = AtomicFile.Create(disk, path);
    }

    /// <summary>Adds a piece: whole lines, each with its end. Safe to call from several threads.</summary>
    public void Add(TKey key, ReadOnlySpan<byte> lines)
    {
        lock (_lock)
        {
            _index.Add((key, _unsorted.Stream.Position, lines.Length));
            _unsorted.Stream.Write(lines);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="header">What is written before the pieces.</param>
    public void Commit(ReadOnlySpan<byte> header)
    {
        using var sorted = AtomicFile.Create(_disk, _path);
        sorted.Stream.Write(header);
        var buffer = new byte[1 << 16];
        var kept = _index.OrderBy(p => p.Key, _order);
        foreach (var (_, offset, length) in kept)
        {
            if (_unsorted.Stream.Position != offset)
            {
                _unsorted.Stream.Position = offset;
            }

            for (var left = length; left > 0;)
            {
                var part = Math.Min(left, buffer.Length);
                _unsorted.Stream.ReadExactly(buffer, 0, part);
                sorted.Stream.Write(buffer, 0, part);
                left -= part;
            }
        }

        sorted.Commit();
    }

    public void Dispose() => _unsorted.Dispose();
}
