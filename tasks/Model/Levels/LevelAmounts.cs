using System.Collections.Immutable;
using Outsource.Model.Contexts;

namespace Outsource.Model.Levels;

/// <summary>What the levels of a run and detector store, as far as the prediction of disk needs it.</summary>
/// <param name="Lower">All types that the lower level stores; empty without a lower level.</param>
/// <param name="Upper">The types that the upper level stores and that are to be made.</param>
public sealed record LevelProducts(IReadOnlyCollection<ContextType> Lower, IReadOnlyCollection<ContextType> Upper)
{
    /// <summary>Whether there is a lower level.</summary>
    public bool HasLower => Lower.Count > 0;
}

/// <summary>
/// Predicted sizes of the input and the output of a run's jobs, chunk by chunk, and from them memory and disk, in MB, before any factor.
/// The sums are those of XENONnT/outsource (config.py, 2b37fc9).
/// </summary>
public sealed class LevelAmounts
{
    private readonly double[] _raw;
    private readonly double[] _actual;
    private readonly double[] _lower;
    private readonly double _allLower;
    private readonly double _allUpper;
    private readonly double _other;
    private readonly bool _hasLower;

    /// <param name="detector">The detector, with its rates.</param>
    /// <param name="raw">The raw data.</param>
    /// <param name="products">What is stored.</param>
    /// <param name="firstSeconds">Seconds at the begin of the run in which more is stored; null: none.</param>
    public LevelAmounts(DetectorLevels detector, RawData raw, LevelProducts products, double? firstSeconds)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(products);
        _hasLower = products.HasLower;
        var compression = raw.Compression;
        _raw = [.. raw.ChunkBytes.Select(b => b / 1e6)];
        _actual = [.. _raw.Select(mb => mb / compression)];
        double[] items = [.. _actual.Select(mb => mb * 1e6 / raw.ItemSize)];
        FirstChunks = FirstOf(items, raw.Seconds, firstSeconds);
        var (lower, upper) = (BytesForItem(detector, products.Lower), BytesForItem(detector, products.Upper));
        _lower = [.. items.Select((n, i) => lower.Of(i < FirstChunks) * n / 1e6)];
        _allLower = _lower.Sum();
        _allUpper = items.Select((n, i) => upper.Of(i < FirstChunks) * n / 1e6).Sum();
        _other = raw.OtherMb;
        Compression = compression;
    }

    /// <summary>Stored bytes of raw data for each byte in memory.</summary>
    public double Compression { get; }

    /// <summary>Number of chunks.</summary>
    public int Chunks => _raw.Length;

    /// <summary>Number of chunks that belong to the first seconds.</summary>
    public int FirstChunks { get; }

    /// <summary>Uncompressed MB of all raw data: what the memory of combine and upper jobs follows.</summary>
    public double ActualMb => _actual.Sum();

    /// <summary>MB that the lower level stores, of all chunks.</summary>
    public double LowerMb => _allLower;

    /// <summary>MB that the upper level stores.</summary>
    public double UpperMb => _allUpper;

    /// <summary>Uncompressed MB of the greatest chunk of a lower job: what its memory follows.</summary>
    /// <param name="start">First chunk.</param>
    /// <param name="stop">The chunk after the last one.</param>
    public double GreatestMb(int start, int stop) => _actual[start..stop].Max();

    /// <summary>Disk of a lower job: its input beside its output, or its output twice while it is packed.</summary>
    /// <param name="start">First chunk.</param>
    /// <param name="stop">The chunk after the last one.</param>
    public double LowerDisk(int start, int stop) =>
        LowerDisk(_raw[start..stop].Max(), _lower[start..stop].Sum());

    /// <summary>Disk of the combine job: all parts, and as much again merged.</summary>
    public double CombineDisk => 2 * _allLower;

    /// <summary>Disk of the upper job.</summary>
    public double UpperDisk
    {
        get
        {
            var raw = _other + (_hasLower ? 0 : _raw.DefaultIfEmpty().Max());
            return Math.Max(raw + (2 * _allLower), Math.Max(raw + _allLower + _allUpper, 2 * _allUpper));
        }
    }

    /// <summary>The ends of the groups of a fixed number of chunks.</summary>
    /// <param name="size">Chunks in a group.</param>
    public ImmutableArray<int> GroupsOf(int size) =>
        [.. Enumerable.Range(1, (int)(((long)Chunks + size - 1) / size)).Select(i => (int)Math.Min((long)i * size, Chunks))];

    /// <summary>The ends of the groups that are closed as soon as the disk of their job exceeds a limit.</summary>
    /// <param name="most">The limit, MB.</param>
    public ImmutableArray<int> GroupsByDisk(double most)
    {
        var ends = ImmutableArray.CreateBuilder<int>();
        var (greatest, stored) = (0.0, 0.0);
        for (var chunk = 0; chunk < Chunks; chunk++)
        {
            greatest = Math.Max(greatest, _raw[chunk]);
            stored += _lower[chunk];
            if (LowerDisk(greatest, stored) > most || chunk == Chunks - 1)
            {
                ends.Add(chunk + 1);
                (greatest, stored) = (0, 0);
            }
        }

        return ends.ToImmutable();
    }

    private double LowerDisk(double greatestRaw, double stored) => Math.Max((_hasLower ? greatestRaw : 0) + stored, 2 * stored);

    /// <summary>
    /// The chunks up to the first one that ends after the first seconds, when time is shared out by rows; all of them if the run is
    /// shorter.
    /// </summary>
    private static int FirstOf(double[] items, double? seconds, double? firstSeconds)
    {
        if (firstSeconds is not { } first || seconds is not { } length)
        {
            return 0;
        }

        var (all, sum) = (items.Sum(), 0.0);
        for (var i = 0; i < items.Length; i++)
        {
            sum += items[i];
            if (sum / all * length >= first)
            {
                return i + 1;
            }
        }

        return items.Length;
    }

    private static (double First, double Later) Rates(DetectorLevels detector, ContextType type) =>
        detector.Disk.Kinds.TryGetValue(type.DataKind, out var rate) && type.ItemSize is { } size
            ? (rate.First * rate.Compression * size, rate.Later * rate.Compression * size)
            : (0, 0);

    private static ItemBytes BytesForItem(DetectorLevels detector, IReadOnlyCollection<ContextType> types)
    {
        var rates = types.Select(t => Rates(detector, t)).ToList();
        return new ItemBytes(rates.Sum(r => r.First), rates.Sum(r => r.Later));
    }

    /// <summary>Stored bytes for each row of raw data.</summary>
    private readonly record struct ItemBytes(double First, double Later)
    {
        public double Of(bool first) => first ? First : Later;
    }
}
