using System.Globalization;
using System.IO.Abstractions;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>The checksum that dCache and Rucio keep of each file (RFC 1950, section 8).</summary>
public static class Adler32
{
    private const uint Modulus = 65521;

    /// <summary>Bytes that can be added up before the sums are reduced, so that 32 bits hold them (as in RFC 1950's sample).</summary>
    private const int Run = 5552;

    /// <summary>Eight lower-case hex digits.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. Absolute.</param>
    public static string Of(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var (low, high) = (1u, 0u);
        var buffer = new byte[Run * 64];
        using var stream = disk.File.OpenRead(path);
        for (int read; (read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
        {
            for (var start = 0; start < read; start += Run)
            {
                foreach (var value in buffer.AsSpan(start, Math.Min(Run, read - start)))
                {
                    low += value;
                    high += low;
                }

                (low, high) = (low % Modulus, high % Modulus);
            }
        }

        return ((high << 16) | low).ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>The same form of what a program printed: programs leave out leading zeros, or write capitals; null: it is none.</summary>
    public static string? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return
            text.Length is > 0 and <= 8
            && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value.ToString("x8", CultureInfo.InvariantCulture)
            : null;
    }
}
