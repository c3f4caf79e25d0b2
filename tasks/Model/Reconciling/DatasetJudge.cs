using System.Globalization;
using Outsource.Foundation.Text;
using static Outsource.Model.Reconciling.ReconcileOutcome;

namespace Outsource.Model.Reconciling;

/// <summary>
/// Finds the one outcome of a data type of a run. Done means loadable: the dataset has all files of its metadata and no others, all of
/// them are available at one RSE, a rule in state OK keeps them there, and an entry of the RunDB says so. Contents, sizes, checksums and
/// rules alone prove nothing: a client of Rucio registers files before it transfers them (docs/domain.md §10).
/// </summary>
/// <param name="evidence">All that is known.</param>
public sealed class DatasetJudge(Evidence evidence)
{
    private readonly ExpectedData _data = evidence.Data;
    private readonly StoredDataset _dataset = evidence.Dataset;

    /// <summary>The outcome, and what would mend it.</summary>
    /// <param name="evidence">All that is known.</param>
    public static Finding Of(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var found = new DatasetJudge(evidence).Judge();
        return evidence.Data.Work == WorkState.Open && found.Outcome is not (Loadable or Unknown)
            ? new Finding(evidence.Data, Running, $"its jobs have not ended ({OutcomeCodes.Spell(found.Outcome)} so far)")
            : found with { Steps = RepairRules.Of(found, evidence) };
    }

    private Finding Judge() =>
        evidence.EntriesFault is { } unanswered ? Found(Unknown, unanswered)
        : _dataset.Fault is { } fault ? Found(Unknown, fault)
        : _dataset.Foreign is { } foreign ? Found(ForeignFiles, foreign)
        : _dataset.Files.Count == 0 ? NotInRucio()
        : OfContents() ?? OfReplicas() ?? OfRules() ?? OfEntries();

    private Finding NotInRucio()
    {
        var claims = evidence.Claims.Select(e => e.Location ?? "an unknown place").Order(StringComparer.Ordinal).ToList();
        var remark = _data.Remark is { } known ? $"; {known}" : "";
        return claims.Count > 0 ? Found(EnteredMissing, $"entered at {Names(claims)}, and Rucio has no file of {_data.Did}{remark}")
            : (_data.Folder ?? _data.Tarball) is { } place ? Found(_data.Uploads ? NotUploaded : Here, $"it is in {place}")
            : Found(Nowhere, $"Rucio and the RunDB do not have {_data.Did}{remark}");
    }

    /// <summary>What the files themselves show.</summary>
    private Finding? OfContents()
    {
        if (!_dataset.Files.ContainsKey(_data.MetadataFile))
        {
            return Found(Incomplete, $"the dataset has {Counted.Of(_dataset.Files.Count, "file")}, and no {_data.MetadataFile}");
        }

        return OfMetadata() ?? OfSizes();
    }

    private Finding? OfMetadata()
    {
        if (evidence.Metadata is not { } metadata)
        {
            return null;
        }

        if (metadata.Fault is { } fault)
        {
            return Found(UnreadableMetadata, $"{_data.MetadataFile}: {fault}");
        }

        var missing = metadata.Files.Keys.Where(f => !_dataset.Files.ContainsKey(f)).ToList();
        if (missing.Count > 0)
        {
            var all = Counted.Of(metadata.Files.Count, "chunk file");
            return Found(Incomplete, $"{missing.Count} of {all} are not there: {Names(missing)}");
        }

        var other = _dataset.Files.Keys.Where(f => f != _data.MetadataFile && !metadata.Files.ContainsKey(f)).ToList();
        var sizes = metadata
            .Files.Where(f => f.Value is { } size && _dataset.Files[f.Key].Bytes is { } listed && listed != size)
            .Select(f => f.Key)
            .ToList();
        return other.Count > 0 ? Found(ForeignFiles, $"its metadata does not name {Names(other.Order(StringComparer.Ordinal))}")
            : sizes is [var first, ..]
                ? Found(
                    SizeDiffers,
                    $"{Counted.Of(sizes.Count, "file")} of another size than in the metadata: {first} has "
                        + $"{Bytes(_dataset.Files[first].Bytes)}, not {Bytes(metadata.Files[first])}"
                )
            : null;
    }

    private Finding? OfSizes()
    {
        var size = _dataset.Files.FirstOrDefault(f => f.Value is { Bytes: { } own, ReplicaBytes: { } there } && own != there);
        var sum = _dataset.Files.FirstOrDefault(f => f.Value is { Adler32: { } own, ReplicaAdler32: { } there } && own != there);
        return size.Key is not null
                ? Found(
                    SizeDiffers,
                    $"{size.Key} has {Bytes(size.Value.Bytes)} in the catalogue, and {Bytes(size.Value.ReplicaBytes)} at its replica"
                )
            : sum.Key is not null
                ? Found(
                    ChecksumDiffers,
                    $"{sum.Key} has Adler-32 {sum.Value.Adler32} in the catalogue, and {sum.Value.ReplicaAdler32} at its replica"
                )
            : null;
    }

    private Finding? OfReplicas()
    {
        if (evidence.WholeAt.Any())
        {
            return null;
        }

        var best = _dataset.Rses.Select(r => (Rse: r, Files: _dataset.Files.Values.Count(f => f.IsAt(r)))).OrderByDescending(r => r.Files);
        var (rse, most) = best.FirstOrDefault();
        var seen = rse is null
            ? $"none of {Counted.Of(_dataset.Files.Count, "file")} has a replica"
            : $"{most} of {Counted.Of(_dataset.Files.Count, "file")} can be read at {rse}, no RSE has more";
        return _dataset.Rules switch
        {
            { } rules when rules.FirstOrDefault(r => r.State == RuleState.Replicating) is { } copying => Found(
                Replicating,
                $"{seen}; Rucio copies to {copying.Rse}"
            ),
            { } rules when rules.FirstOrDefault(r => r.State == RuleState.Stuck) is { } stuck => Found(
                RuleStuck,
                $"{seen}; the rule for {stuck.Rse} is stuck"
            ),
            _ => Found(NoReplicaAvailable, seen),
        };
    }

    /// <summary>Available data that no rule keeps may be deleted at any time.</summary>
    private Finding? OfRules()
    {
        var whole = evidence.WholeAt.ToList();
        if (_dataset.Rules is { } rules && !whole.Exists(r => _dataset.HasRule(r, RuleState.Ok)))
        {
            return rules.FirstOrDefault(r => whole.Contains(r.Rse)) switch
            {
                null => Found(NoRule, $"all files can be read at {Names(whole)}, and no rule keeps them there"),
                { State: RuleState.Replicating } rule => Found(Replicating, $"the rule for {rule.Rse} is not fulfilled yet"),
                { State: RuleState.Stuck } rule => Found(RuleStuck, $"the rule for {rule.Rse} is stuck"),
                var rule => Found(NoRule, $"the rule for {rule.Rse} is neither fulfilled nor at work"),
            };
        }

        var unsummed = _dataset.Files.Where(f => f.Value.Adler32 is null).Select(f => f.Key).Order(StringComparer.Ordinal).ToList();
        return unsummed.Count > 0 ? Found(ChecksumMissing, $"no Adler-32 of {Counted.Of(unsummed.Count, "file")}: {Names(unsummed)}")
            : evidence.Metadata is null ? Found(Unproved, evidence.WhyNoMetadata)
            : _dataset.Rules is null ? Found(Unproved, "the source does not tell the rules that keep it")
            : null;
    }

    private Finding OfEntries()
    {
        var kept = evidence.WholeAt.Where(r => _dataset.HasRule(r, RuleState.Ok)).ToList();
        var claimed = kept.Where(r => evidence.Claims.Any(e => e.Location == r)).ToList();
        var at = Preferred(claimed.Count > 0 ? claimed : kept);
        var twice = kept.FirstOrDefault(r => evidence.Claims.Count(e => e.Location == r) > 1);
        var wrong = RepairRules.FalseEntries(evidence).FirstOrDefault();
        var found =
            claimed.Count == 0
                ? evidence.Unfinished.FirstOrDefault(e => e.Location == at) is { } unfinished
                    ? Found(EnteredWrongly, $"all files can be read at {at}, and its entry has status '{Brief(unfinished.Status)}'")
                : evidence.Misnamed.FirstOrDefault() is { } misnamed
                    ? Found(EnteredWrongly, $"all files can be read at {at}, and its entry names {Brief(misnamed.Did)}")
                : Found(NotEntered, $"all {_dataset.Files.Count} files can be read at {at}, and the RunDB has no entry for it")
            : twice is not null
                ? Found(EnteredTwice, $"{evidence.Claims.Count(e => e.Location == twice)} entries for {twice}")
            : wrong is not null
                ? Found(FalseEntry, $"loadable at {at}; the entry for {Brief(wrong.Location)} is false")
            : Found(Loadable, $"{Counted.Of(_dataset.Files.Count, "file")} at {Names(claimed)}");
        return found with { Rse = at };
    }

    private string Preferred(List<string> rses) => _data.Rse is { } wanted && rses.Contains(wanted) ? wanted : rses[0];

    private Finding Found(ReconcileOutcome outcome, string detail) => new(_data, outcome, detail);

    private static string Brief(string? text) => UntrustedText.Brief(text ?? "none", 80);

    private static string Bytes(long? bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes");

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        var some = string.Join(", ", all.Take(3).Select(n => UntrustedText.Brief(n, 100)));
        return all.Count > 3 ? $"{some} and {all.Count - 3} more" : some;
    }
}
