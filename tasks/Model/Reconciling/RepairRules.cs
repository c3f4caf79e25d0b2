using System.Collections.Immutable;
using Outsource.Model.Runs;
using static Outsource.Model.Reconciling.ReconcileOutcome;

namespace Outsource.Model.Reconciling;

/// <summary>The fewest steps that mend a disagreement. What needs no more than time, or a decision, has none.</summary>
public static class RepairRules
{
    /// <summary>The steps, in the order in which they are done: what is false is removed first.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="evidence">All that is known.</param>
    public static ImmutableArray<RepairStep> Of(Finding found, Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(evidence);
        RepairStep Step(RepairKind kind) => new(kind, evidence.Data) { Seen = evidence.Entries };
        IEnumerable<RepairStep> Remove(IEnumerable<DataEntry> entries) =>
            entries.Select(e => Step(RepairKind.RemoveEntry) with { Entry = e, Rse = e.Location });
        var enter = Step(RepairKind.Enter) with
        {
            Rse = found.Rse,
            Files = evidence.Dataset.Files.Count,
            Bytes = evidence.Dataset.Files.Values.Sum(f => f.Bytes ?? 0),
        };
        return found.Outcome switch
        {
            NotEntered => [.. Remove(FalseEntries(evidence)), enter],
            EnteredWrongly =>
            [
                .. Remove(evidence.Unfinished.Where(e => e.Location == found.Rse).Concat(FalseEntries(evidence))),
                enter,
            ],
            EnteredTwice => [.. Remove(Doubles(evidence)).Select(s => s with { KeepsOne = true }), .. Remove(FalseEntries(evidence))],
            FalseEntry => [.. Remove(FalseEntries(evidence))],
            EnteredMissing or Incomplete => [.. Remove(FalseEntries(evidence)), Again(evidence, Step)],
            NotUploaded => [Again(evidence, Step)],
            Nowhere => [Step(RepairKind.MakeAgain)],
            NoReplicaAvailable => [evidence.Data.Folder is null ? Step(RepairKind.LookAtFiles) : Again(evidence, Step)],
            NoRule => [Step(RepairKind.AddRule) with { Rse = evidence.WholeAt.First() }],
            RuleStuck =>
            [
                .. evidence
                    .Dataset.Rules!.Where(r => r.State == RuleState.Stuck)
                    .Take(1)
                    .Select(r => Step(RepairKind.LookAtRule) with { Rse = r.Rse, Rule = r.Id }),
            ],
            ForeignFiles or SizeDiffers or ChecksumDiffers or ChecksumMissing or UnreadableMetadata => [Step(RepairKind.LookAtFiles)],
            Loadable or Here or Running or Replicating or Unproved or Unknown => [],
        };
    }

    /// <summary>Entries that say that it is where it is not, or name another dataset.</summary>
    /// <param name="evidence">All that is known.</param>
    public static IEnumerable<DataEntry> FalseEntries(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        // What is being copied there will be true.
        return evidence
            .Claims.Where(e =>
                e.Location is not { } rse
                || (!evidence.Dataset.IsWholeAt(rse) && !evidence.Dataset.HasRule(rse, RuleState.Replicating))
                || IsIncomplete(evidence)
            )
            .Concat(evidence.Misnamed);
    }

    /// <summary>All but the first entry for each RSE.</summary>
    private static IEnumerable<DataEntry> Doubles(Evidence evidence) =>
        evidence.Claims.Where(e => e.Location is not null).GroupBy(e => e.Location, StringComparer.Ordinal).SelectMany(g => g.Skip(1));

    private static bool IsIncomplete(Evidence evidence) =>
        !evidence.Dataset.Files.ContainsKey(evidence.Data.MetadataFile)
        || evidence.Metadata?.Files.Keys.All(evidence.Dataset.Files.ContainsKey) == false;

    private static RepairStep Again(Evidence evidence, Func<RepairKind, RepairStep> step) =>
        evidence.Data.Folder is not null || evidence.Data.Tarball is not null
            ? step(RepairKind.UploadAgain) with { Rse = evidence.Data.Rse }
            : step(RepairKind.MakeAgain);
}
