using System.IO.Abstractions;
using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Files;

/// <summary>
/// A file of JSON documents as a stream: a JSON array, JSON lines, indented documents or a saved answer (<c>{"results": …}</c>), plain or
/// gzip, told apart by their first bytes (<see cref="DocumentCutter"/>). Never more than a buffer (1 MB, or the largest document) is held.
/// </summary>
/// <param name="Disk">The disk.</param>
/// <param name="FilePath">The file. Absolute.</param>
/// <param name="What">Its name in error messages: <c>run snapshot</c>.</param>
public sealed class JsonLines(IFileSystem Disk, string FilePath, string What)
{
    /// <summary>Bytes read so far, after decompression.</summary>
    public long Bytes { get; private set; }

    /// <summary>One document of the file.</summary>
    /// <param name="Json">Its bytes; valid until the next one is asked for.</param>
    /// <param name="Position"><c>line 17</c> or <c>document 17</c>, from 1.</param>
    public readonly record struct Piece(ReadOnlyMemory<byte> Json, string Position);

    /// <summary>Every document, in order. A broken one is given as it is; the reader of documents reports its fault.</summary>
    /// <exception cref="UsageException">The file is missing, unreadable, truncated gzip, or not JSON.</exception>
    public IEnumerable<Piece> Documents()
    {
        using var stream = Open();
        var cutter = DocumentCutter.OfFile(Broken);
        while (true)
        {
            while (cutter.TryNext(out var piece))
            {
                yield return piece;
            }

            if (cutter.Ended)
            {
                yield break;
            }

            Fill(cutter, stream);
        }
    }

    private Stream Open()
    {
        try
        {
            return MaybeGzip.Open(Disk, FilePath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"{What} '{FilePath}' cannot be read: {DiskFault.Why(error, FilePath)}. Name a file with a JSON array or JSON lines, plain "
                    + "or gzip."
            );
        }
    }

    private void Fill(DocumentCutter cutter, Stream stream)
    {
        try
        {
            var space = cutter.Space();
            var read = stream.ReadAtLeast(space.Span, Math.Min(65536, space.Length), throwOnEndOfStream: false);
            cutter.Filled(read);
            Bytes += read;
        }
        catch (InvalidDataException)
        {
            throw Broken("the gzip data is damaged or truncated");
        }
        catch (IOException error)
        {
            throw new OutsourceException($"{What} '{FilePath}' cannot be read to its end: {DiskFault.Why(error, FilePath)}.", inner: error);
        }
    }

    private UsageException Broken(string why) =>
        new($"{What} '{FilePath}' is not JSON: {why}. It must be a JSON array or JSON lines (one document a line), plain or gzip.");
}
