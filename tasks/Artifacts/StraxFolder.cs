using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Foundation.Files;
using Outsource.Model.Runs;

namespace Outsource.Artifacts;

/// <summary>A chunk of data as the metadata of its folder has it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="File">Its file, without a folder; null: it has none, since it has no items.</param>
/// <param name="FileBytes">Bytes of the file, or null.</param>
/// <param name="Bytes">Bytes in memory, or null.</param>
public sealed record StraxChunk(int Number, string? File, long? FileBytes, long? Bytes);

/// <summary>
/// Data as strax stores it: a folder <c>RRRRRR-TYPE-HASH</c> of chunk files, with <c>TYPE-HASH-metadata.json</c>, which strax writes last
/// and which has an <c>exception</c> if the making failed (strax, storage/files.py).
/// </summary>
public sealed partial class StraxFolder
{
    /// <summary>No metadata is larger. In bytes.</summary>
    private const int MostBytes = 256 << 20;

    private readonly IFileSystem _disk;
    private readonly bool _failed;

    private StraxFolder(IFileSystem disk, string path, JsonElement metadata)
    {
        (_disk, Path) = (disk, path);
        _failed = metadata.TryGetProperty("exception", out _);
        Chunks = [.. metadata.GetProperty("chunks").EnumerateArray().Select(Chunk)];
        Lineage = metadata.TryGetProperty("lineage", out var lineage) ? lineage.Clone() : default;
    }

    /// <summary>The folder. Absolute.</summary>
    public string Path { get; }

    /// <summary>Its chunks, in the order of the metadata.</summary>
    public ImmutableArray<StraxChunk> Chunks { get; }

    /// <summary>The lineage of the data; undefined: the metadata has none.</summary>
    public JsonElement Lineage { get; }

    /// <summary>Bytes in memory of all chunks, or null.</summary>
    public long? Bytes => Chunks.All(c => c.Bytes is not null) ? Chunks.Sum(c => c.Bytes) : null;

    /// <summary>Run, type and hash of a folder's name; null: it is not one of whole data.</summary>
    /// <param name="name">Without the folder above.</param>
    public static (int Run, string Type, string Hash)? Named(string name) =>
        Name().Match(name) is { Success: true } match
            ? (int.Parse(match.Groups["run"].ValueSpan, null), match.Groups["type"].Value, match.Groups["hash"].Value)
            : null;

    /// <summary>The name of a folder.</summary>
    public static string NameOf(int run, string type, string hash) => $"{RunDocument.Padded(run)}-{type}-{hash}";

    /// <summary>Reads the metadata of a folder.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The folder. Absolute.</param>
    /// <param name="prefix">What the names of its files begin with: <c>TYPE-HASH</c>.</param>
    /// <returns>Null: there is none, or it cannot be read.</returns>
    public static StraxFolder? Read(IFileSystem disk, string path, string prefix)
    {
        ArgumentNullException.ThrowIfNull(disk);
        try
        {
            var file = System.IO.Path.Combine(path, $"{prefix}-metadata.json");
            if (!disk.File.Exists(file))
            {
                return null;
            }

            using var json = JsonDocument.Parse(BoundedText.ReadAll(disk, file, MostBytes));
            return new StraxFolder(disk, path, json.RootElement);
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or IOException
                        or KeyNotFoundException
                        or FormatException
                        or InvalidOperationException
                        or UnauthorizedAccessException
            )
        {
            return null;
        }
    }

    /// <summary>Whether strax finished it, and the file of each chunk is there with the size that the metadata says.</summary>
    public bool IsWhole() => IsFinished && Chunks.All(IsThere);

    /// <summary>As <see cref="IsWhole"/>, but without sizes: a folder of a thousand files takes one question to the disk.</summary>
    public bool HasAllFiles()
    {
        if (!IsFinished)
        {
            return false;
        }

        try
        {
            var files = _disk.Directory.EnumerateFiles(Path);
            var names = files.Select(f => System.IO.Path.GetFileName(f)).ToHashSet(StringComparer.Ordinal);
            return Chunks.All(c => c.File is null || names.Contains(c.File));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Bytes of a chunk's file: as the metadata says, or else as the disk does; 0 of a chunk without one.</summary>
    /// <exception cref="IOException">The file is not there.</exception>
    public long FileBytes(StraxChunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        return chunk.File is null ? 0 : chunk.FileBytes ?? _disk.FileInfo.New(System.IO.Path.Combine(Path, chunk.File)).Length;
    }

    private bool IsFinished => !_failed && Chunks.Length > 0;

    private bool IsThere(StraxChunk chunk)
    {
        if (chunk.File is null)
        {
            return true;
        }

        var file = _disk.FileInfo.New(System.IO.Path.Combine(Path, chunk.File));
        return file.Exists && file.Length > 0 && (chunk.FileBytes is not { } bytes || bytes == file.Length);
    }

    private static StraxChunk Chunk(JsonElement chunk, int index)
    {
        var file = chunk.TryGetProperty("filename", out var named) ? System.IO.Path.GetFileName(named.GetString()!) : null;

        // strax writes no file for a chunk without items.
        return file is null && Number(chunk, "n") != 0
            ? throw new KeyNotFoundException("a chunk with items has no file")
            : new StraxChunk((int)(Number(chunk, "chunk_i") ?? index), file, Number(chunk, "filesize"), Number(chunk, "nbytes"));
    }

    private static long? Number(JsonElement chunk, string name) =>
        chunk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    [GeneratedRegex(@"\A(?<run>[0-9]{6})-(?<type>[a-z][a-z0-9_]*)-(?<hash>[A-Za-z0-9]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
