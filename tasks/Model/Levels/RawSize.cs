using System.Collections.Immutable;

namespace Outsource.Model.Levels;

/// <summary>
/// The uncompressed size of raw data. Entries of the run database that were made after an upload hold the stored size under the same name
/// (admix, size_mb): an entry by which nothing is compressed says nothing.
/// </summary>
public static class RawSize
{
    /// <summary>A share of compression so near to 1 does not occur.</summary>
    private const double Least = 0.98,
        Greatest = 1.02;

    /// <summary>Finds it.</summary>
    /// <param name="storedMb">MB as stored.</param>
    /// <param name="sizesMb">Sizes in MB by the run document's entries, the one that counts first.</param>
    /// <param name="assumed">Stored share that the operator assumes where no entry says it, or null.</param>
    /// <returns>MB without compression, null where nothing says it; and a remark, or null.</returns>
    public static (double? SizeMb, string? Remark) Of(double storedMb, ImmutableArray<double> sizesMb, double? assumed)
    {
        foreach (var size in sizesMb)
        {
            if (storedMb / size is < Least or > Greatest)
            {
                return (size, null);
            }
        }

        return assumed is { } share ? (storedMb / share, null)
            : sizesMb.IsEmpty ? (null, null)
            : (sizesMb[0], "its entry has the stored size, so memory and disk may be too small; assume_compression = X replaces it");
    }
}
