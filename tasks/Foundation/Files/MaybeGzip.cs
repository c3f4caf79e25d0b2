using System.IO.Abstractions;
using System.IO.Compression;

namespace Outsource.Foundation.Files;

/// <summary>Opens a file that may be gzip; its first bytes show it.</summary>
internal static class MaybeGzip
{
    static MaybeGzip()
    {
        // Without it the runtime reports no error at the end of a truncated file, and a part of a snapshot would be read as all of it.
        AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
    }

    /// <summary>The decompressed content. Reading damaged or truncated gzip throws <see cref="InvalidDataException"/>.</summary>
    public static Stream Open(IFileSystem disk, string path)
    {
        var file = RegularFile.Open(disk, path);
        Span<byte> magic = stackalloc byte[2];
        var gzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        file.Position = 0;
        return gzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
