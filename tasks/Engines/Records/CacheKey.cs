using System.IO.Abstractions;
using System.Text;

namespace Outsource.Engines.Records;

/// <summary>What the content of a cache was made from, besides its log.</summary>
internal sealed class CacheKey
{
    private readonly long _log;

    /// <param name="disk">The disk.</param>
    /// <param name="dag">The DAG file.</param>
    /// <param name="rescue">The rescue file, or null.</param>
    /// <param name="zone">The submit host's time zone.</param>
    /// <param name="log">The log, for the bound of the size.</param>
    public CacheKey(IFileSystem disk, string dag, RescueFile? rescue, TimeZoneInfo zone, string log)
    {
        Dag = dag;
        Files = [FileMark.Of(disk, dag), FileMark.Of(disk, rescue?.Path)];
        Words = Encoding.UTF8.GetBytes($"{rescue?.Number} {zone.BaseUtcOffset} {zone.SupportsDaylightSavingTime} {zone.Id}");
        _log = FileMark.Of(disk, log).Size;
    }

    /// <summary>Path of the DAG file.</summary>
    public string Dag { get; }

    /// <summary>The DAG file and the rescue file.</summary>
    public FileMark[] Files { get; }

    /// <summary>What is no file.</summary>
    public byte[] Words { get; }

    /// <summary>A bound for the size of a cache.</summary>
    /// <param name="least">For small files.</param>
    /// <param name="times">Times the size of the files.</param>
    public long Bound(long least, long times) => least + (times * (Math.Max(0, _log) + Math.Max(0, Files[0].Size)));
}
