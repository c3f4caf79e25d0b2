using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Outsource.Engines.Records;

/// <summary>
/// The form of a cache: a mark, the program that wrote it, its length, a checksum, then arrays as they are in memory, each with its length.
/// Only the program that wrote it reads it.
/// </summary>
internal static class CacheForm
{
    /// <summary>Before the arrays: mark, program (16), length, checksum.</summary>
    public const int HeadLength = 40;

    /// <summary>Also says in which order this machine keeps the bytes of a number.</summary>
    public static ulong Mark => 0x314B4F4F4C54554F;

    /// <summary>Changes with each change of the program.</summary>
    public static Guid Program => typeof(CacheForm).Module.ModuleVersionId;
}

/// <summary>Finds out whether bytes have changed. Not meant against somebody who changes them on purpose.</summary>
internal struct Checksum
{
    private ulong _one,
        _two;

    public readonly ulong Value => _one ^ (_two * 0xC2B2AE3D27D4EB4F);

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var sum = default(Checksum);
        sum.Add(bytes);
        return sum.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var numbers = MemoryMarshal.Cast<byte, ulong>(bytes);
        var (one, two, i) = (_one + (ulong)bytes.Length, _two, 0);
        for (; i + 1 < numbers.Length; i += 2)
        {
            one = ((one << 5 | one >> 59) ^ numbers[i]) * 0x9E3779B97F4A7C15;
            two = ((two << 7 | two >> 57) ^ numbers[i + 1]) * 0x165667B19E3779F9;
        }

        foreach (var rest in bytes[(i * sizeof(ulong))..])
        {
            one = (one ^ rest) * 0x9E3779B97F4A7C15;
        }

        (_one, _two) = (one, two);
    }
}

/// <summary>Writes a cache.</summary>
/// <param name="to">Where to; it can be sought.</param>
internal sealed class CacheWriter(Stream to)
{
    private Checksum _sum;
    private long _length;

    /// <summary>Adds an array.</summary>
    public void Add<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (_length == 0)
        {
            Write(new byte[CacheForm.HeadLength]);
            _sum = default;
        }

        var length = (long)values.Length;
        Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in length)));
        Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Writes what comes before the arrays, when all are added.</summary>
    public void End()
    {
        var head = new byte[CacheForm.HeadLength];
        BitConverter.TryWriteBytes(head, CacheForm.Mark);
        CacheForm.Program.TryWriteBytes(head.AsSpan(8));
        BitConverter.TryWriteBytes(head.AsSpan(24), _length);
        BitConverter.TryWriteBytes(head.AsSpan(32), _sum.Value);
        _ = to.Seek(0, SeekOrigin.Begin);
        to.Write(head);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes);
        _sum.Add(bytes);
        _length += bytes.Length;
    }
}

/// <summary>Reads a cache. What does not fit is an <see cref="InvalidDataException"/>, whose text nobody sees.</summary>
internal sealed class CacheReader
{
    private readonly Stream _from;
    private readonly ulong _wanted;
    private Checksum _sum;
    private long _left;

    /// <param name="from">The file.</param>
    /// <param name="most">Most bytes that it may have.</param>
    public CacheReader(Stream from, long most)
    {
        var head = new byte[CacheForm.HeadLength];
        from.ReadExactly(head);
        if (
            BitConverter.ToUInt64(head) != CacheForm.Mark
            || new Guid(head.AsSpan(8, 16)) != CacheForm.Program
            || BitConverter.ToInt64(head, 24) != from.Length
            || from.Length > most
        )
        {
            throw new InvalidDataException("head");
        }

        (_from, _wanted, _left) = (from, BitConverter.ToUInt64(head, 32), from.Length - head.Length);
    }

    /// <summary>The next array.</summary>
    public T[] Next<T>()
        where T : unmanaged
    {
        var length = 0L;
        Read(MemoryMarshal.AsBytes(new Span<long>(ref length)));
        if (length < 0 || length > Array.MaxLength || length * Unsafe.SizeOf<T>() > _left)
        {
            throw new InvalidDataException("length");
        }

        var values = GC.AllocateUninitializedArray<T>((int)length);
        Read(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The next array, which has one value.</summary>
    public T One<T>()
        where T : unmanaged => Next<T>() is [var one] ? one : throw new InvalidDataException("one");

    /// <summary>Checks that all was read, and that nothing has changed.</summary>
    public void End()
    {
        if (_left != 0 || _sum.Value != _wanted)
        {
            throw new InvalidDataException("end");
        }
    }

    private void Read(Span<byte> bytes)
    {
        if (bytes.Length > _left)
        {
            throw new InvalidDataException("left");
        }

        _from.ReadExactly(bytes);
        _sum.Add(bytes);
        _left -= bytes.Length;
    }
}
