using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using Outsource.Foundation.Machine;

namespace Outsource.Foundation.Files;

/// <summary>
/// The seal of an artifact: a SHA-256 over all of it, which is in its own first line, so that artifact and seal appear, move and are copied
/// together. It detects lines that were lost, doubled or changed since, in an incomplete copy or by hand. It protects against accidents;
/// against other users the folders protect (<see cref="FolderTrust"/>).
/// </summary>
public static class Seal
{
    /// <summary>The key of the seal.</summary>
    public const string Key = "seal";

    /// <summary>The value while the seal is not known yet, and while it is computed.</summary>
    public static readonly string Blank = new('0', Digits);

    private const int Digits = 2 * SHA256.HashSizeInBytes,
        HeadLength = 1 << 16;

    private static readonly byte[] Opening = Encoding.UTF8.GetBytes($"\"{Key}\":\"");

    /// <summary>Seals a file of JSON lines whose first line has <see cref="Blank"/> as <see cref="Key"/>; before it is committed.</summary>
    /// <param name="stream">All of the file, readable. Its position afterwards is undefined.</param>
    public static void Close(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Position = 0;
        var seal =
            OfLines(stream, out var place, out _) ?? throw new ArgumentException("The first line has no place for a seal.", nameof(stream));
        stream.Position = place;
        stream.Write(Encoding.ASCII.GetBytes(seal));
    }

    /// <summary>Whether a file of JSON lines is what was sealed.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file; it must be there.</param>
    public static bool Holds(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        using var stream = RegularFile.Open(disk, path);
        return OfLines(stream, out _, out var found) is { } seal && seal == found;
    }

    /// <summary>A YAML artifact with its seal after the first line, which names its schema.</summary>
    public static string OfYaml(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        return $"{text[..first]}{Key}: {Hash(text)}\n{text[first..]}";
    }

    /// <summary>Whether a YAML artifact is what was sealed; null: it has no seal.</summary>
    public static bool? YamlHolds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = text.IndexOf($"\n{Key}: ", StringComparison.Ordinal) + 1;
        if (start == 0)
        {
            return null;
        }

        var end = text.IndexOf('\n', start);
        return end > 0 && text[(start + Key.Length + 2)..end] == Hash(text.Remove(start, end + 1 - start));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The seal that a file should have; null when its first line has no place for one.</summary>
    private static string? OfLines(Stream stream, out long place, out string found)
    {
        (place, found) = (0, "");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HeadLength * 4];
        var read = stream.ReadAtLeast(buffer, HeadLength, throwOnEndOfStream: false);
        var head = buffer.AsSpan(0, read);
        var line = head.IndexOf((byte)'\n');
        var start = head[..(line < 0 ? read : line)].IndexOf(Opening) + Opening.Length;
        if (start < Opening.Length || start + Digits > read)
        {
            return null;
        }

        place = start;
        found = Encoding.ASCII.GetString(head.Slice(start, Digits));
        head.Slice(start, Digits).Fill((byte)'0');
        do
        {
            hash.AppendData(buffer, 0, read);
        } while ((read = stream.Read(buffer)) > 0);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
