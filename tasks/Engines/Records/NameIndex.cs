using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>
/// The names of nodes, numbered in the order in which they came: a million take 50 MB, and as strings in a dictionary 200.
/// </summary>
internal sealed class NameIndex
{
    /// <summary>More bytes of names than any DAG has.</summary>
    private const int MostBytes = 1 << 30;

    private readonly ulong _seed;
    private byte[] _text;
    private int[] _ends;

    /// <summary>At the place of a name's hash, or after it: its number plus one. 0: free. At most half of it is used.</summary>
    private int[] _slots;

    public NameIndex()
    {
        // Nobody else can know which names would collide.
        _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        (_text, _ends, _slots) = (new byte[1 << 12], new int[64], new int[128]);
    }

    private NameIndex(ulong seed, byte[] text, int[] ends, int[] slots) =>
        (_seed, _text, _ends, _slots, Count) = (seed, text, ends, slots, ends.Length);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>A name.</summary>
    public string this[int number] => Encoding.UTF8.GetString(Bytes(number));

    /// <summary>A name as it is in the file.</summary>
    public ReadOnlySpan<byte> Bytes(int number)
    {
        var from = number == 0 ? 0 : _ends[number - 1];
        return _text.AsSpan(from, _ends[number] - from);
    }

    /// <summary>Number of a name; -1: unknown.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        var at = SlotOf(name);
        for (var tries = 0; tries < _slots.Length && _slots[at] is > 0 and var one; tries++)
        {
            if (Bytes(one - 1).SequenceEqual(name))
            {
                return one - 1;
            }

            at = (at + 1) & (_slots.Length - 1);
        }

        return -1;
    }

    /// <summary>Number of a name, which gets the next one if it has none.</summary>
    public int Add(ReadOnlySpan<byte> name)
    {
        if (Find(name) is >= 0 and var known)
        {
            return known;
        }

        var from = Count == 0 ? 0 : _ends[Count - 1];
        if (from > MostBytes - name.Length)
        {
            throw new UnfitFileException("The names of the nodes have more than 1 GB.", "the names of its nodes have more than 1 GB");
        }

        if (from + name.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, from + name.Length));
        }

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Math.Max(64, _ends.Length * 2));
        }

        name.CopyTo(_text.AsSpan(from));
        _ends[Count++] = from + name.Length;
        if (Count * 2L > _slots.Length)
        {
            Spread();
        }
        else
        {
            Enter(Count - 1);
        }

        return Count - 1;
    }

    /// <summary>Adds this to a cache.</summary>
    public void Save(CacheWriter cache)
    {
        cache.Add([_seed]);
        cache.Add<byte>(_text.AsSpan(0, Count == 0 ? 0 : _ends[Count - 1]));
        cache.Add<int>(_ends.AsSpan(0, Count));
        cache.Add<int>(_slots);
    }

    /// <summary>Takes it from a cache.</summary>
    public static NameIndex Load(CacheReader cache)
    {
        var seed = cache.One<ulong>();
        var (text, ends, slots) = (cache.Next<byte>(), cache.Next<int>(), cache.Next<int>());
        return BitOperations.IsPow2(slots.Length) && slots.Length >= ends.Length * 2L && (ends.Length == 0 ? 0 : ends[^1]) == text.Length
            ? new NameIndex(seed, text, ends, slots)
            : throw new InvalidDataException("names");
    }

    private void Spread()
    {
        _slots = new int[_slots.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            Enter(i);
        }
    }

    private void Enter(int number)
    {
        var at = SlotOf(Bytes(number));
        while (_slots[at] > 0)
        {
            at = (at + 1) & (_slots.Length - 1);
        }

        _slots[at] = number + 1;
    }

    private int SlotOf(ReadOnlySpan<byte> name)
    {
        var hash = _seed ^ (ulong)name.Length;
        for (; name.Length >= sizeof(ulong); name = name[sizeof(ulong)..])
        {
            hash = Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name));
        }

        foreach (var one in name)
        {
            hash = Mixed(hash ^ one);
        }

        return (int)(hash & (ulong)(_slots.Length - 1));
    }

    private static ulong Mixed(ulong hash)
    {
        hash *= 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }
}
