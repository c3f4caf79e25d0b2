using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;

namespace Outsource.Foundation.Files;

/// <summary>What an artifact was made from, as a SHA-256 in lower-case hex. Equal fingerprints: the artifact can be reused.</summary>
public static class Fingerprint
{
    /// <summary>Of texts in order; null and empty differ, and so do ("a","b") and ("ab").</summary>
    public static string Of(params IEnumerable<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part is null ? "-\n" : $"{part.Length}:{part}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Of a list as one part.</summary>
    public static string? List(IEnumerable<object>? values) => values is null ? null : string.Join('\u001f', values);

    /// <summary>Of a file's content, as a stream.</summary>
    public static string OfFile(IFileSystem disk, string path)
    {
        using var stream = RegularFile.Open(disk, path);
        return OfStream(stream);
    }

    /// <summary>Of the rest of a stream.</summary>
    public static string OfStream(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <summary>
    /// Of the lines of a file without the first: the content of an artifact, without the header that says where it came from.
    /// </summary>
    public static string OfLines(IFileSystem disk, string path)
    {
        using var stream = RegularFile.Open(disk, path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        var header = true;
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            var part = buffer.AsSpan(0, read);
            if (header)
            {
                var end = part.IndexOf((byte)'\n');
                header = end < 0;
                part = header ? [] : part[(end + 1)..];
            }

            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
