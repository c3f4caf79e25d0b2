using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Outsource.Model.Runs;

namespace Outsource.Model.Planning;

/// <summary>What the names of a level's outputs begin with.</summary>
public static class LevelKey
{
    /// <summary>Longest key, so that a file name with <c>-output-0000.tar.gz.log</c> stays below 255 bytes.</summary>
    public const int Longest = 231;

    /// <summary>
    /// <c>RRRRRR-TYPE-HASH-TYPE-HASH</c> over the types of the level; where that is too long, without the hashes; where that is too long as
    /// well, the level and ten digits of the SHA-256 of the long key.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="unit">The level: <c>upper_tpc</c>.</param>
    /// <param name="types">Its types, in the order of strax, with their hashes.</param>
    public static string Of(int run, string unit, ImmutableArray<(string Type, string Hash)> types)
    {
        var padded = RunDocument.Padded(run);
        var key = $"{padded}-{string.Join('-', types.Select(t => $"{t.Type}-{t.Hash}"))}";
        if (key.Length <= Longest)
        {
            return key;
        }

        var shorter = $"{padded}-{string.Join('-', types.Select(t => t.Type))}";
        return shorter.Length <= Longest
            ? shorter
            : $"{padded}-{unit}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..10]}";
    }
}
