using System.Globalization;

namespace Outsource.Rucio;

/// <summary>The files of a strax dataset, counted (domain.md §3: chunk files are named <c>TYPE-HASH-NNNNNN</c>, and one more is the metadata).</summary>
/// <param name="keepFiles">Whether the files are kept one by one, for a snapshot; else only counted.</param>
public sealed class DatasetListing(bool keepFiles = false)
{
    private const string MetadataEnd = "-metadata.json";
    private HashSet<int>? _numbers = [];
    private List<(string Name, long? Bytes)>? _files = keepFiles ? [] : null;

    /// <summary>The files one by one, names without scope; null when they were only counted.</summary>
    public IReadOnlyList<(string Name, long? Bytes)>? Files => _files;

    /// <summary>Lets go of <see cref="Files"/>: a long query holds a thousand listings.</summary>
    public void ForgetFiles() => _files = null;

    /// <summary>Files that are not metadata: the number of chunks.</summary>
    public int Chunks { get; private set; }

    /// <summary>Metadata files.</summary>
    public int Metadata { get; private set; }

    /// <summary>Bytes of all files, or null when the listing does not tell.</summary>
    public long? Bytes { get; private set; }

    /// <summary>Counts a file.</summary>
    /// <param name="name">Its name, without scope.</param>
    /// <param name="bytes">Its size, or null.</param>
    public void Add(string name, long? bytes)
    {
        if (name.EndsWith(MetadataEnd, StringComparison.Ordinal))
        {
            Metadata++;
        }
        else
        {
            Chunks++;
            Note(name);
        }

        _files?.Add((name, bytes));
        Bytes = bytes is { } b ? (Bytes ?? 0) + b : Bytes;
    }

    /// <summary>The lowest chunk number that is missing although higher ones are there, or null: no gap, or the names do not tell.</summary>
    public int? FirstGap
    {
        get
        {
            for (var i = 0; _numbers is { } numbers && i < Chunks; i++)
            {
                if (!numbers.Contains(i))
                {
                    return i;
                }
            }

            return null;
        }
    }

    private void Note(string name)
    {
        var dash = name.LastIndexOf('-');
        if (_numbers is not null && name.Length - dash == 7 && int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            _numbers.Add(number);
        }
        else
        {
            _numbers = null;
        }
    }
}

/// <summary>Rucio, or what stands in for it. Safe to call from several threads.</summary>
public interface IDatasetSource
{
    /// <summary>What it is called in messages; no secret.</summary>
    string Name { get; }

    /// <summary>The files of a dataset, or null when its DID is unknown.</summary>
    /// <param name="did"><c>xnt_007157:raw_records-rfzvpzj4mf</c>.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="SourceErrorException">The source failed on this dataset after all retries; it costs the run that needs it.</exception>
    /// <exception cref="Errors.OutsourceException">The source as a whole does not answer.</exception>
    Task<DatasetListing?> ListAsync(string did, CancellationToken cancel);
}

/// <summary>A service failed on one run or dataset after all retries: an outcome in the ledger, not the end of the stage.</summary>
public sealed class SourceErrorException(string message, Exception? inner = null) : Errors.OutsourceException(message, Errors.ExitCode.Failed, inner);
