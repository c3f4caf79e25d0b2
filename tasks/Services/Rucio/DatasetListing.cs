using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Services.Rucio;

/// <summary>
/// The files of a strax dataset, counted (docs/domain.md §3): chunk files are named <c>TYPE-HASH-NNNNNN</c>, one more is the metadata.
/// strax writes no file for an empty chunk, so the numbers may have gaps, and the highest number + 1 is a lower bound: the metadata's
/// <c>chunks</c> is the number of chunks. A file of another dataset is not counted but reported (<see cref="Contradiction"/>).
/// </summary>
/// <param name="did">The dataset asked for: <c>xnt_007157:raw_records-rfzvpzj4mf</c>.</param>
/// <param name="files">Whether the files are kept one by one, for a snapshot.</param>
public sealed class DatasetListing(string did, ListedFiles files = ListedFiles.Sized)
{
    /// <summary>No dataset of a run is larger: 1 PB. In bytes.</summary>
    public const long Largest = 1_000_000_000_000_000;

    /// <summary>So many chunks may have no file in any case; if there are more, at most nine of ten.</summary>
    private const int FewGaps = 1000;

    private const string MetadataEnd = "-metadata.json",
        NoRun = "xnt_000000";
    private const int Digits = 6;

    /// <summary>Where the DID's scope ends; -1: it has none.</summary>
    private readonly int _colon = did.IndexOf(':', StringComparison.Ordinal);
    private List<(string Name, long? Bytes)>? _files = files == ListedFiles.Kept ? [] : null;

    /// <summary>Null when the files are only counted: a plan holds a hundred thousand listings.</summary>
    private readonly List<(int Number, long? Bytes)>? _sizes = files == ListedFiles.Counted ? null : [];

    /// <summary>A bit for each chunk that has a file.</summary>
    private ulong[] _seen = [];
    private string? _contradiction;

    /// <summary>The files one by one, names without scope; null when they were only counted.</summary>
    public IReadOnlyList<(string Name, long? Bytes)>? Files => _files;

    /// <summary>Frees <see cref="Files"/>: a long query holds a thousand listings.</summary>
    public void ForgetFiles() => _files = null;

    /// <summary>Chunks that have a file; each counts once, however often it is listed.</summary>
    public int ChunkFiles { get; private set; }

    /// <summary>The number of chunks as far as the listing shows: the highest number + 1. There may be more, which are empty.</summary>
    public int Chunks { get; private set; }

    /// <summary>Metadata files: 0 or 1.</summary>
    public int Metadata { get; private set; }

    /// <summary>Bytes of all files, or null when the listing has no sizes.</summary>
    public long? Bytes { get; private set; }

    /// <summary>Bytes of each chunk's file in the order of their numbers, not of the listing; null: one has no size.</summary>
    /// <exception cref="InvalidOperationException">The files were only counted.</exception>
    public ImmutableArray<long>? ChunkBytes =>
        _sizes is null ? throw new InvalidOperationException("the sizes of the files were not kept")
        : _sizes.Exists(s => s.Bytes is null) ? null
        : [.. _sizes.OrderBy(s => s.Number).Select(s => s.Bytes!.Value)];

    /// <summary>What in the listing cannot be of this dataset, in a sentence; null: nothing.</summary>
    public string? Contradiction =>
        _contradiction
        ?? (
            Chunks - ChunkFiles > FewGaps && Chunks > 10 * ChunkFiles
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{did}: chunk {Chunks - 1} is listed, but only {ChunkFiles} chunk files; no run has so many empty chunks"
                )
                : null
        );

    /// <summary>Counts a file.</summary>
    /// <param name="name">Its name, without scope.</param>
    /// <param name="bytes">Its size as it is listed, or null.</param>
    /// <param name="scope">Its scope, or null.</param>
    public void Add(ReadOnlySpan<char> name, decimal? bytes, string? scope = null)
    {
        if (Number(name) is not { } number)
        {
            Report(
                $"lists '{UntrustedText.Brief(name.ToString(), 100)}', which is not a file of that dataset: expected {Name}-NNNNNN, or "
                    + $"{Name}{MetadataEnd}"
            );
            return;
        }

        // A listing without a run has 000000.
        if (scope is not null && scope != NoRun && !Scope.SequenceEqual(scope))
        {
            Report($"lists {name} of scope '{UntrustedText.Brief(scope, 100)}', which is not the dataset's");
            return;
        }

        if (!IsFirst(number))
        {
            return;
        }

        if (bytes is { } size && !(size >= 0 && size <= Largest - (Bytes ?? 0) && decimal.IsInteger(size)))
        {
            Report(string.Create(CultureInfo.InvariantCulture, $"gives {name} a size of {size} bytes, which is not possible"));
            return;
        }

        Keep(name, number, (long?)bytes);
        Bytes = bytes is { } b ? (Bytes ?? 0) + (long)b : Bytes;
    }

    private void Keep(ReadOnlySpan<char> name, int number, long? bytes)
    {
        if (number >= 0)
        {
            _sizes?.Add((number, bytes));
        }

        _files?.Add((name.ToString(), bytes));
    }

    /// <summary>The lowest chunk number that has no file although higher ones have, or null: no gap.</summary>
    public int? FirstGap
    {
        get
        {
            for (var i = 0; ChunkFiles < Chunks && i < Chunks; i++)
            {
                if ((_seen[i / 64] & (1ul << (i % 64))) == 0)
                {
                    return i;
                }
            }

            return null;
        }
    }

    private ReadOnlySpan<char> Scope => did.AsSpan(0, Math.Max(0, _colon));

    private ReadOnlySpan<char> Name => did.AsSpan(_colon + 1);

    private void Report(string what) => _contradiction ??= $"the listing of {did} {what}";

    /// <summary>The chunk's number, -1 of the metadata, null of anything else.</summary>
    private int? Number(ReadOnlySpan<char> name)
    {
        if (!name.StartsWith(Name, StringComparison.Ordinal))
        {
            return null;
        }

        var end = name[Name.Length..];
        return end.SequenceEqual(MetadataEnd) ? -1
            : end.Length == Digits + 1
            && end[0] == '-'
            && int.TryParse(end[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
            : null;
    }

    /// <summary>Counts a file. False: it was listed before.</summary>
    private bool IsFirst(int number)
    {
        if (number < 0)
        {
            var first = Metadata == 0;
            Metadata = 1;
            return first;
        }

        if (number / 64 >= _seen.Length)
        {
            Array.Resize(ref _seen, Math.Max((number / 64) + 1, _seen.Length * 2));
        }

        ref var word = ref _seen[number / 64];
        var bit = 1ul << (number % 64);
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= bit;
        ChunkFiles++;
        Chunks = Math.Max(Chunks, number + 1);
        return true;
    }
}

/// <summary>What is kept of the files of a listing.</summary>
public enum ListedFiles
{
    /// <summary>Their number and total size.</summary>
    Counted,

    /// <summary>Also the size of each chunk, on which a plan by level depends.</summary>
    Sized,

    /// <summary>Each of them, for a snapshot.</summary>
    Kept,
}

/// <summary>Rucio, or a snapshot of it. Safe to call from several threads.</summary>
public interface IDatasetSource
{
    /// <summary>Its name in messages; no secret.</summary>
    string Name { get; }

    /// <summary>The files of a dataset, or null when its DID is unknown.</summary>
    /// <param name="did"><c>xnt_007157:raw_records-rfzvpzj4mf</c>.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="SourceErrorException">The source failed on this dataset after all retries; the run that needs it is
    /// left out.</exception>
    /// <exception cref="OutsourceException">The source as a whole does not answer.</exception>
    Task<DatasetListing?> ListAsync(string did, CancellationToken cancel);

    /// <summary>Datasets that one question may ask for; 1: they are asked for one by one.</summary>
    int AtOnce => 1;

    /// <summary>
    /// The files of those datasets that one question answers, by DID. One that is left out may be unknown, empty or faulty, or the source
    /// cannot be asked for many: ask for it alone.
    /// </summary>
    /// <param name="dids">Not more than <see cref="AtOnce"/>.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="OutsourceException">The source as a whole does not answer.</exception>
    Task<IReadOnlyDictionary<string, DatasetListing>> ListManyAsync(IReadOnlyList<string> dids, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, DatasetListing>>(new Dictionary<string, DatasetListing>());
}

/// <summary>A service failed on one run or dataset after all retries: an outcome in the ledger, not the end of the stage.</summary>
public sealed class SourceErrorException(string message, Exception? inner = null) : OutsourceException(message, ExitCodes.Failed, inner);
