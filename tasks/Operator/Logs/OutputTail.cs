using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Logs;

/// <summary>Reads a file that grows, from where it was read last.</summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file, which need not be there yet. Absolute.</param>
public sealed class OutputTail(IFileSystem disk, string path)
{
    /// <summary>What is read at a time; of a file that is longer at the first look, only so much of its end.</summary>
    private const int Most = 4 << 20;

    private readonly JobText _text = new(path);
    private long _offset = -1;

    /// <summary>The name it has now: Pegasus gives it a number when it judges the try.</summary>
    public string Path { get; set; } = path;

    /// <summary>The whole lines that came since.</summary>
    public IReadOnlyList<(string Kind, string Line)> Read() => Read(_ => 0);

    /// <summary>The same, and what stands behind the last line end: nothing more comes.</summary>
    public IReadOnlyList<(string Kind, string Line)> ReadToEnd() => Read(bytes => bytes.Length);

    private List<(string Kind, string Line)> Read(Func<byte[], int> withoutEnd)
    {
        var lines = new List<(string Kind, string Line)>();
        try
        {
            while (disk.File.Exists(Path) && Next(withoutEnd) is { Length: > 0 } bytes)
            {
                lines.AddRange(BoundedText.Lines(new MemoryStream(bytes)).Select(_text.Take).OfType<(string, string)>());
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Renamed just now: the next look finds it again.
        }

        return lines;
    }

    /// <summary>The next bytes up to a line end.</summary>
    /// <param name="withoutEnd">How many are taken of those that hold none.</param>
    private byte[] Next(Func<byte[], int> withoutEnd)
    {
        using var stream = RegularFile.Open(disk, Path);
        if (_offset < 0)
        {
            _offset = Math.Max(0, stream.Length - Most);
        }

        // The file was written again: earlier content is gone.
        _offset = stream.Length < _offset ? 0 : _offset;
        _ = stream.Seek(_offset, SeekOrigin.Begin);
        var bytes = new byte[Math.Min(Most, stream.Length - _offset)];
        bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        end = end > 0 ? end
            : bytes.Length == Most ? Most
            : withoutEnd(bytes);
        _offset += end;
        return bytes[..end];
    }
}
