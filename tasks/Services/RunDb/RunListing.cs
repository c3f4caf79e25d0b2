using System.Globalization;
using Outsource.Model.Runs;

namespace Outsource.Services.RunDb;

/// <summary>An entry of the listing, and a checksum of its text.</summary>
internal readonly record struct ListingEntry(RunDocument Run, ulong Content);

/// <summary>A page of the listing.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Entries">Its entries; none past the end.</param>
/// <param name="IsComplete">Whether it shows all fields that decide on a run.</param>
internal sealed record ListingPage(int Number, List<ListingEntry> Entries, bool IsComplete);

/// <summary>Goes through the listing: runs that it decides are passed on, of the others the numbers are kept.</summary>
/// <param name="scope">What is asked for.</param>
/// <param name="decided">Whether the fields of a listing are enough to decide on a run.</param>
internal sealed class RunListing(RunScope scope, Func<RunDocument, bool> decided)
{
    /// <summary>With a thousand entries each these are five million runs; a listing that has more pages does not end.</summary>
    private const int MostPages = 5_000;

    private readonly Dictionary<int, ulong> _seen = [];
    private readonly HashSet<ulong> _unnumbered = [];
    private readonly SortedSet<int> _undecided = [];
    private bool _anyNew;
    private long _entries;

    /// <summary>Runs whose full document is needed, ascending.</summary>
    public IReadOnlyCollection<int> Undecided => _undecided;

    /// <summary>Takes a page, and gives the runs that it decides.</summary>
    public List<RunDocument> Take(ListingPage page)
    {
        var given = new List<RunDocument>();
        _anyNew = false;
        _entries += page.Entries.Count;
        foreach (var entry in page.Entries)
        {
            if (entry.Run.Number is { } number ? IsGiven(page, entry, number) : IsGivenUnnumbered(entry))
            {
                given.Add(entry.Run);
            }
        }

        return given;
    }

    /// <summary>Why this page shows that the listing does not end; null: it may end.</summary>
    public string? WhyEndless(ListingPage page) =>
        !_anyNew ? $"page {page.Number} has no run that the pages before did not have"
        : _entries > RunScope.MostEntries
            ? string.Create(CultureInfo.InvariantCulture, $"it has more than {RunScope.MostEntries:N0} entries")
        : page.Number >= MostPages ? string.Create(CultureInfo.InvariantCulture, $"it has more than {MostPages:N0} pages")
        : null;

    private bool IsGivenUnnumbered(ListingEntry entry)
    {
        _anyNew |= _unnumbered.Add(entry.Content);
        return scope.Takes(entry.Run);
    }

    private bool IsGiven(ListingPage page, ListingEntry entry, int number)
    {
        // Pages shift while they are read, when runs are added: an entry may come twice. If the two differ, the second one is passed on
        // too, so that the contradiction is noticed.
        var known = _seen.TryGetValue(number, out var before);
        _seen[number] = entry.Content;
        _anyNew |= !known;
        if (!scope.Takes(entry.Run) || (known && before == entry.Content))
        {
            return false;
        }

        // A listing need not show when a run started.
        var isComplete = page.IsComplete && !(scope.HasTimes && entry.Run.Began is null);
        return (isComplete && entry.Run.Fault is null && decided(entry.Run)) || !_undecided.Add(number);
    }
}
