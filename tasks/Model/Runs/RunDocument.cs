using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;

namespace Outsource.Model.Runs;

/// <summary>One entry of a run's <c>data</c> list: a data type at a place (docs/domain.md §2).</summary>
/// <param name="Type"><c>raw_records</c>.</param>
/// <param name="Host"><c>rucio-catalogue</c>, or a machine that never counts.</param>
/// <param name="Location">The RSE, or a path.</param>
/// <param name="Did"><c>xnt_007157:raw_records-rfzvpzj4mf</c>, or null.</param>
/// <param name="Status"><c>transferred</c>, <c>transferring</c>, <c>error</c>, …</param>
/// <param name="SizeMb">Size in MB as the document says, or null.</param>
/// <param name="FileCount">Number of files as the document says (chunks and metadata), or null.</param>
public sealed record DataEntry(
    string? Type,
    string? Host,
    string? Location,
    string? Did,
    string? Status,
    double? SizeMb = null,
    long? FileCount = null
)
{
    /// <summary>The only host of the run database whose entries count.</summary>
    public const string RucioHost = "rucio-catalogue";

    /// <summary>
    /// The host of data that was found in a local folder (<c>no_remote</c>). Then no entry of the run database is kept, so that nothing
    /// else counts.
    /// </summary>
    public const string LocalHost = "local folder";

    /// <summary>The only status that says "it is there".</summary>
    public const string Transferred = "transferred";

    /// <summary>What the scope of every run begins with; the padded number follows.</summary>
    public const string Scope = "xnt_";

    /// <summary>Whether it is in Rucio, with a DID.</summary>
    public bool InRucio => Host == RucioHost && Did is not null;

    /// <summary>Whether it was found in a local folder.</summary>
    public bool IsLocal => Host == LocalHost && Did is not null;

    /// <summary>The lineage hash: the part after the last <c>-</c> of the DID's name; null without a DID.</summary>
    public string? Hash => Did is not null && Did.LastIndexOf('-') is >= 0 and var dash ? Did[(dash + 1)..] : null;

    /// <summary>
    /// Whether its DID is of that run and type: <c>xnt_007157:raw_records-…</c>. An entry with another run's DID never counts
    /// (docs/domain.md §2).
    /// </summary>
    public bool IsOf(int? run, string type) =>
        Did is not null
        && Did.StartsWith(Scope, StringComparison.Ordinal)
        && Did.IndexOf(':', StringComparison.Ordinal) is var colon and >= 10
        && int.TryParse(Did.AsSpan(Scope.Length, colon - Scope.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number == run
        && (Did[Scope.Length] != '0' || colon == 10)
        && Did.AsSpan(colon + 1) is var name
        && name.Length > type.Length
        && name.StartsWith(type, StringComparison.Ordinal)
        && name[type.Length] == '-';

    /// <summary>
    /// Whether it is that type of that run, made in that way, and there to be read (docs/domain.md §2: the hash is compared exactly).
    /// </summary>
    public bool IsAvailable(int? run, string type, string hash) => Status == Transferred && IsStored(run, type, hash);

    /// <summary>As <see cref="IsAvailable"/>, whatever its status.</summary>
    public bool IsStored(int? run, string type, string hash) =>
        Type == type && (InRucio || IsLocal) && EndsWithHash(hash) && IsOf(run, type);

    private bool EndsWithHash(string hash)
    {
        var did = Did.AsSpan();
        return did.Length > hash.Length && did.EndsWith(hash, StringComparison.Ordinal) && did[did.Length - hash.Length - 1] == '-';
    }
}

/// <summary>Why a document cannot be decided on.</summary>
/// <param name="Reason">A reason whose outcome is faulty-document, not-found or source-error.</param>
/// <param name="Detail">What is wrong with which field.</param>
public sealed record DocumentFault(Reason Reason, string Detail);

/// <summary>A RunDB run document, as far as Outsource uses it (docs/domain.md §2).</summary>
public sealed record RunDocument
{
    /// <summary>The run, or null when the document has no number.</summary>
    public int? Number { get; init; }

    /// <summary>Where the document is in its source, for those without a number: <c>line 17</c>, <c>document 3</c>.</summary>
    public string? Position { get; init; }

    public string? Mode { get; init; }

    public string? Source { get; init; }

    /// <summary>Begin of data taking as the document says, or null.</summary>
    public string? Start { get; init; }

    /// <summary>End of data taking as the document says, or null.</summary>
    public string? End { get; init; }

    /// <summary>
    /// <see cref="Start"/> as a time; null: there is none, or it is none. Without an offset it is UTC, as XENONnT's documents have it.
    /// </summary>
    public DateTimeOffset? Began => Time(Start);

    /// <summary><see cref="End"/> as a time; null: there is none, or it is none.</summary>
    public DateTimeOffset? Ended => Time(End);

    private static DateTimeOffset? Time(string? text) =>
        text is { Length: >= 10 and < 64 }
        && (
            text[4] == '-'
                ? DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time)
                : DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, Utc, out time)
        )
            ? time
            : null;

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    public ImmutableArray<string> Detectors { get; init; } = [];

    public ImmutableArray<string> Tags { get; init; } = [];

    public ImmutableArray<DataEntry> Data { get; init; } = [];

    /// <summary>Whether only the fields of a listing are known, so that <see cref="Data"/> does not count.</summary>
    public bool ListingOnly { get; init; }

    /// <summary>Why nothing can be decided on it, or null.</summary>
    public DocumentFault? Fault { get; init; }

    /// <summary>The run padded to six digits, as directories and DIDs show it.</summary>
    public static string Padded(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}

/// <summary>Which runs a query touches. Each run in it gets a verdict; others are not considered.</summary>
/// <param name="Lowest">First run number, inclusive.</param>
/// <param name="Highest">Last run number, inclusive, or null.</param>
/// <param name="Runs">Only these runs, ascending, or null. Then the range only decides about their verdict: the operator named them and
/// gets an answer on each.</param>
/// <param name="DataTypes">The stored, raw and parent types whose entries matter; other entries may be left out of the documents.</param>
public sealed record RunScope(int Lowest, int? Highest, ImmutableArray<int>? Runs, ImmutableHashSet<string> DataTypes)
{
    /// <summary>No run database has so many entries; a source that gives more than that does not end.</summary>
    public const int MostEntries = 2_000_000;

    /// <summary>Whether documents without a usable number are touched: not when the operator named the runs.</summary>
    public bool ContainsUnnumbered => Runs is null;

    /// <summary>
    /// Whether entries of every type are wanted, whatever <see cref="DataTypes"/> says: for a snapshot that is used for other
    /// selections too.
    /// </summary>
    public bool AllTypes { get; init; }

    /// <summary>Only runs that started at this time or later; null: any. Of runs that are named, the rules decide.</summary>
    public DateTimeOffset? FirstStart { get; init; }

    /// <summary>Only runs that started at this time or earlier; null: any.</summary>
    public DateTimeOffset? LastStart { get; init; }

    /// <summary>Whether the times in which runs started matter.</summary>
    public bool HasTimes => Runs is null && (FirstStart is not null || LastStart is not null);

    /// <summary>Whether a document is in scope. One without a usable start is, so that it gets a verdict.</summary>
    public bool Takes(RunDocument run) =>
        (run.Number is { } number ? Contains(number) : ContainsUnnumbered)
        && !(HasTimes && run.Began is { } began && (began < FirstStart || began > LastStart));

    /// <summary>Whether the query touches that run.</summary>
    public bool Contains(int number) =>
        Runs is { } runs ? runs.AsSpan().BinarySearch(number) >= 0 : number >= Lowest && (Highest is not { } highest || number <= highest);
}

/// <summary>What a query cost.</summary>
/// <param name="Documents">Documents read, in scope or not.</param>
/// <param name="Bytes">Bytes received or read, after decompression.</param>
/// <param name="Requests">Requests made; 0 for a file.</param>
/// <param name="Retries">Requests that had to be repeated.</param>
public sealed record QueryCost(long Documents, long Bytes, long Requests = 0, long Retries = 0);

/// <summary>A source that knows, some way into a query, how many documents it will give.</summary>
public interface IProgressSource
{
    /// <summary>Called with the number once it is known.</summary>
    Action<long>? TotalKnown { get; set; }

    /// <summary>Called with the number of entries of each page of a listing that comes before the total is known.</summary>
    Action<long>? Listed { get; set; }
}

/// <summary>A run database, or a snapshot of one.</summary>
public interface IRunSource
{
    /// <summary>What it is called in messages and artifacts; no secret.</summary>
    string Name { get; }

    /// <summary>
    /// Every run document in scope, in no particular order, as a stream. A document that cannot be read is yielded with its
    /// <see cref="RunDocument.Fault"/>.
    /// </summary>
    /// <exception cref="OutsourceException">The source as a whole does not answer, or answers with something else.</exception>
    IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, CancellationToken cancel);

    /// <summary>What the query has cost so far.</summary>
    QueryCost Cost { get; }
}
