using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Outsource.Model.Contexts;

/// <summary>The hash by which strax names data (<c>strax.deterministic_hash</c>).</summary>
public static class LineageHash
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Length of a hash.</summary>
    private const int Length = 10;

    /// <summary>The first ten digits, in base 32 and lower case, of the SHA-1 of a text.</summary>
    /// <param name="json">The lineage, as JSON.</param>
    [SuppressMessage("Security", "CA5350", Justification = "strax names data by it; nothing is protected by it")]
    public static string Of(string json)
    {
        var hash = SHA1.HashData(Encoding.UTF8.GetBytes(json));
        var text = new StringBuilder(Length);
        for (var digit = 0; digit < Length; digit++)
        {
            var value = 0;
            for (var bit = digit * 5; bit < (digit * 5) + 5; bit++)
            {
                value = (value << 1) | ((hash[bit / 8] >> (7 - (bit % 8))) & 1);
            }

            text.Append(Digits[value]);
        }

        return text.ToString();
    }
}
