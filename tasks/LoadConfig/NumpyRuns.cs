using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Outsource.LoadConfig;

/// <summary>
/// Run numbers in a file of NumPy: one dimension of whole numbers. The format is that of numpy.lib.format, versions 1 to 3. Arrays of
/// Python objects are programs and are refused.
/// </summary>
internal static partial class NumpyRuns
{
    private const int LongestHeader = 65_536;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The numbers, in the order of the file.</summary>
    /// <exception cref="FormatException">It is not such a file; with the reason, as a clause.</exception>
    public static List<long> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 10 || !file.StartsWith(Magic))
        {
            throw new FormatException("it does not begin as a file of NumPy does");
        }

        var version = file[6];
        if (version is < 1 or > 3)
        {
            throw new FormatException($"its format version is {version}; 1, 2 and 3 are read");
        }

        var start = version == 1 ? 10 : 12;
        var length =
            version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..])
            : file.Length >= start ? BinaryPrimitives.ReadUInt32LittleEndian(file[8..])
            : uint.MaxValue;
        if (length > LongestHeader || start + length > file.Length)
        {
            throw new FormatException("its header is cut short or too long");
        }

        var header = Encoding.UTF8.GetString(file.Slice(start, (int)length));
        return Numbers(file[(start + (int)length)..], header);
    }

    private static List<long> Numbers(ReadOnlySpan<byte> data, string header)
    {
        var type = Descr().Match(header).Groups[1].Value;
        if (Whole().Match(type) is not { Success: true } match)
        {
            throw new FormatException(
                $"it has {(type.Length == 0 ? "a type that is not simple" : $"the type '{type}'")}; whole numbers of 4 or 8 bytes are read"
            );
        }

        if (Shape().Match(header) is not { Success: true } shape
            || !int.TryParse(shape.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            throw new FormatException("it does not have one dimension");
        }

        var (big, signed, size) = (match.Groups[1].Value == ">", match.Groups[2].Value == "i", match.Groups[3].Value == "4" ? 4 : 8);
        if (data.Length != (long)count * size)
        {
            throw new FormatException($"it should hold {count} numbers, but holds {data.Length / size}");
        }

        var numbers = new List<long>(count);
        for (; !data.IsEmpty; data = data[size..])
        {
            numbers.Add(Number(data, big, signed, size));
        }

        return numbers;
    }

    private static long Number(ReadOnlySpan<byte> data, bool big, bool signed, int size)
    {
        if (size == 4)
        {
            var word = big ? BinaryPrimitives.ReadUInt32BigEndian(data) : BinaryPrimitives.ReadUInt32LittleEndian(data);
            return signed ? (int)word : word;
        }

        var wide = big ? BinaryPrimitives.ReadUInt64BigEndian(data) : BinaryPrimitives.ReadUInt64LittleEndian(data);
        return signed || wide <= long.MaxValue ? (long)wide : long.MaxValue;
    }

    [GeneratedRegex("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,20})['\"]")]
    private static partial Regex Descr();

    [GeneratedRegex(@"^([<>=])([iu])([48])\z")]
    private static partial Regex Whole();

    [GeneratedRegex("['\"]shape['\"]\\s*:\\s*\\(\\s*([0-9]{1,9})\\s*,\\s*\\)")]
    private static partial Regex Shape();
}
