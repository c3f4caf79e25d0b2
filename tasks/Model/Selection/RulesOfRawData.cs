using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Selection;

/// <summary>The raw data of a run that is looked for.</summary>
/// <param name="Run">The run.</param>
/// <param name="Type">The raw type.</param>
/// <param name="Hash">Its lineage hash in the context.</param>
internal sealed record RawOfRun(RunDocument Run, string Type, string Hash);

/// <summary>A rule that keeps some entries of what the rule before it left over, and refuses where it keeps none.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Reason">The reason of a refusal.</param>
/// <param name="Keeps">Whether an entry stays.</param>
/// <param name="Refused">The value that decided, in a few words, from the entries that the rule before it left over.</param>
/// <param name="Passed">What an explanation says of the entries that stay; null: the next one, of the same name, says it.</param>
internal sealed record RawRule(
    Rule Rule,
    Reason Reason,
    Func<RawOfRun, DataEntry, bool> Keeps,
    Func<RawOfRun, IReadOnlyList<DataEntry>, string> Refused,
    Func<RawOfRun, IReadOnlyList<DataEntry>, string>? Passed
);

/// <summary>Whether each step of a decision is wanted, or its end alone.</summary>
internal enum Explained
{
    No,
    Yes,
}

/// <summary>What is known of the raw data of a run.</summary>
/// <param name="Refusal">Why jobs cannot read it; null: they can.</param>
/// <param name="Did">Its DID.</param>
/// <param name="Rses">Where jobs can read it, ascending.</param>
/// <param name="Sizes">Its sizes in MB without compression, as its entries say; the one that is read first comes first.</param>
internal sealed record RawAnswer(Verdict? Refusal, string? Did, ImmutableArray<string> Rses, ImmutableArray<double> Sizes)
{
    /// <summary>What each rule said, if that was wanted.</summary>
    public ImmutableArray<Decision> Steps { get; init; } = [];
}

/// <summary>The rules about the raw data of a run: which of its entries jobs may read.</summary>
internal sealed class RulesOfRawData
{
    private readonly ImmutableArray<RawRule> _rules;
    private readonly ImmutableArray<string> _rses;

    /// <param name="settings">What is asked for.</param>
    /// <param name="tables">The storage elements.</param>
    public RulesOfRawData(OutsourceSettings settings, DataTables tables)
    {
        var tape = settings.Stage ? TapeAccess.Staged : TapeAccess.None;
        _rses = settings.RawRecordsRse;
        _rules = settings.NoRemote ? InLocalFolders(settings) : InRucio(tables, tape);
    }

    /// <summary>The rules where jobs read from Rucio.</summary>
    private ImmutableArray<RawRule> InRucio(DataTables tables, TapeAccess tape)
    {
        ImmutableHashSet<string> listed = [.. _rses];
        return
        [
            new(
                Rule.RawPresent,
                Reason.RawAbsent,
                (of, entry) => entry.Type == of.Type,
                (of, _) => $"no {of.Type} in the run document",
                (of, kept) => $"{of.Type} is in the run document, at {Locations(kept)}"
            ),
            new(
                Rule.RawInRucio,
                Reason.RawNotInRucio,
                (_, entry) => entry.InRucio,
                (of, entries) => $"{of.Type} at {Each(entries, e => e.Host)} only, not in Rucio",
                Passed: null
            ),
            new(
                Rule.RawInRucio,
                Reason.RawNotInRucio,
                (of, entry) => entry.IsOf(of.Run.Number, of.Type),
                (of, entries) => $"{of.Type} is entered as {Each(entries, e => e.Did)} only, which is not this run's {of.Type}",
                (of, kept) => $"{of.Type} is in Rucio, at {Locations(kept)}"
            ),
            Hash(),
            new(
                Rule.RawStatus,
                Reason.RawNotTransferred,
                (_, entry) => entry.Status == DataEntry.Transferred,
                (of, entries) => $"{of.Type}: {Each(entries, e => $"{e.Status ?? "no status"} at {e.Location}")}",
                (of, kept) => $"{of.Type} is transferred at {Locations(kept)}"
            ),
            new(
                Rule.RawReadable,
                Reason.RawNotReadable,
                (_, entry) => entry.Location is { } rse && tables.IsReadable(rse, tape),
                (of, entries) => $"{of.Type} at {Locations(entries)} only, {WhyNotReadable(entries, tables, tape)}",
                (of, kept) => $"{of.Type} can be read at {Locations(kept)}"
            ),
            new(
                Rule.RawRse,
                Reason.RawRseNotListed,
                (_, entry) => listed.Contains(entry.Location!),
                (of, _) => $"{of.Type} at {Locations(Transferred(of))} only, not in raw_records_rse",
                (of, kept) => $"{of.Type} at {Locations(kept)}, which is in raw_records_rse"
            ),
        ];
    }

    /// <summary>The rules where jobs read local folders only (<c>no_remote</c>).</summary>
    private static ImmutableArray<RawRule> InLocalFolders(OutsourceSettings settings)
    {
        var folders = string.Join(", ", settings.LocalData);
        return
        [
            new(
                Rule.RawLocal,
                Reason.RawNotLocal,
                (of, entry) => entry.Type == of.Type && entry.IsLocal,
                (of, _) => $"{of.Type} is in no local folder ({folders})",
                (of, kept) => $"{of.Type} is in {Locations(kept)}"
            ),
            Hash(),
            new(
                Rule.RawLocal,
                Reason.RawNotLocal,
                (_, entry) => entry.Status == DataEntry.Transferred,
                (of, entries) => $"{of.Type} is not whole in {Locations(entries)}: its metadata or a chunk is missing",
                (of, kept) => $"{of.Type} is whole in {Locations(kept)}"
            ),
        ];
    }

    private static RawRule Hash() =>
        new(
            Rule.RawHash,
            Reason.RawOtherHash,
            (of, entry) => entry.IsStored(of.Run.Number, of.Type, of.Hash),
            (of, entries) => $"{of.Type} has hash {Each(entries, e => e.Hash)}, the context's is {of.Hash}",
            (of, kept) => $"{of.Type} has hash {of.Hash}, which is the context's, at {Locations(kept)}"
        );

    /// <summary>The entries that jobs may read, or why there is none.</summary>
    /// <param name="of">What is looked for.</param>
    /// <param name="chain">Gets what each rule says, or null.</param>
    public (Verdict? Refusal, List<DataEntry> Entries) Ask(RawOfRun of, DecisionChain? chain)
    {
        List<DataEntry>? left = null;
        foreach (var rule in _rules)
        {
            var kept = left is null ? First(rule, of) : Next(rule, of, left);
            if (kept.Count == 0)
            {
                return (DecisionChain.Refuse(chain, rule.Rule, rule.Reason, rule.Refused(of, left ?? [.. of.Run.Data])), kept);
            }

            if (rule.Passed is not null)
            {
                chain?.Yes(rule.Rule, rule.Passed(of, kept));
            }

            left = kept;
        }

        return (null, left!);
    }

    private static List<DataEntry> First(RawRule rule, RawOfRun of)
    {
        var kept = new List<DataEntry>(1);
        foreach (var entry in of.Run.Data)
        {
            if (rule.Keeps(of, entry))
            {
                kept.Add(entry);
            }
        }

        return kept;
    }

    /// <summary>Most rules keep all that is left, which takes no list of its own.</summary>
    private static List<DataEntry> Next(RawRule rule, RawOfRun of, List<DataEntry> left)
    {
        for (var i = 0; i < left.Count; i++)
        {
            if (!rule.Keeps(of, left[i]))
            {
                return left.FindAll(entry => rule.Keeps(of, entry));
            }
        }

        return left;
    }

    /// <summary>The storage elements where entries are, ascending, each once; a local folder is none.</summary>
    internal static ImmutableArray<string> Rses(List<DataEntry> entries) =>
        entries[0].IsLocal ? []
        : entries.Count == 1
            ? [entries[0].Location!]
        : [.. entries.Select(e => e.Location!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What is known of the raw data of a run.</summary>
    /// <param name="of">What is looked for.</param>
    /// <param name="explained">Whether somebody wants to know what each rule says: then the answer has it.</param>
    public RawAnswer Look(RawOfRun of, Explained explained)
    {
        var chain = explained == Explained.Yes ? new DecisionChain() : null;
        var (refusal, entries) = Ask(of, chain);
        if (refusal is not null)
        {
            return new RawAnswer(refusal, null, [], []) { Steps = [.. chain?.OfRun ?? []] };
        }

        if (entries.Count > 1)
        {
            entries = [.. entries.OrderBy(e => _rses.IndexOf(e.Location!))];
        }

        return new RawAnswer(null, entries[0].Did, Rses(entries), SizesOf(of, entries)) { Steps = [.. chain?.OfRun ?? []] };
    }

    /// <summary>
    /// The sizes of a dataset, each once: the entry that is read first says it; the others of the same dataset, where it does not.
    /// </summary>
    private static ImmutableArray<double> SizesOf(RawOfRun of, List<DataEntry> first)
    {
        var sizes = ImmutableArray.CreateBuilder<double>();
        first.ForEach(Add);
        foreach (var entry in of.Run.Data)
        {
            if (entry.IsStored(of.Run.Number, of.Type, of.Hash))
            {
                Add(entry);
            }
        }

        return sizes.ToImmutable();

        void Add(DataEntry entry)
        {
            if (entry.SizeMb is > 0 and var mb && double.IsFinite(mb) && !sizes.Any(size => size == mb))
            {
                sizes.Add(mb);
            }
        }
    }

    /// <summary>What these entries have, each value once.</summary>
    internal static string Each(IEnumerable<DataEntry> entries, Func<DataEntry, string?> value) =>
        string.Join(", ", entries.Select(e => value(e) ?? "(none)").Distinct(StringComparer.Ordinal));

    /// <summary>Where these entries are, each place once.</summary>
    internal static string Locations(IEnumerable<DataEntry> entries) => Each(entries, e => e.Location);

    private static IEnumerable<DataEntry> Transferred(RawOfRun of) =>
        of.Run.Data.Where(e => e.IsAvailable(of.Run.Number, of.Type, of.Hash));

    /// <summary>Why jobs read from none of these places: the one reason that all have, or that they cannot.</summary>
    private static string WhyNotReadable(IEnumerable<DataEntry> entries, DataTables tables, TapeAccess tape)
    {
        var reasons = entries
            .Select(e => e.Location is null ? null : tables.WhyNotReadable(e.Location, tape))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return reasons is [{ } one] ? one : "which jobs cannot read";
    }
}
