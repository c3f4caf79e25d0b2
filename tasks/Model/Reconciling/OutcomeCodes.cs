using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Outsource.Model.Reconciling;

/// <summary>Code and meaning of every outcome. The code on disk never changes.</summary>
public static class OutcomeCodes
{
    /// <summary>All outcomes, in their order.</summary>
    public static ImmutableArray<ReconcileOutcome> All { get; } = [.. Enum.GetValues<ReconcileOutcome>()];

    private static readonly FrozenDictionary<string, ReconcileOutcome> ByCode = All.ToFrozenDictionary(Spell, StringComparer.Ordinal);

    /// <summary>The code: <c>not-entered</c>.</summary>
    public static string Spell(ReconcileOutcome outcome) =>
        outcome switch
        {
            ReconcileOutcome.Loadable => "loadable",
            ReconcileOutcome.Here => "here",
            ReconcileOutcome.Running => "running",
            ReconcileOutcome.NotEntered => "not-entered",
            ReconcileOutcome.EnteredWrongly => "entered-wrongly",
            ReconcileOutcome.EnteredTwice => "entered-twice",
            ReconcileOutcome.FalseEntry => "false-entry",
            ReconcileOutcome.EnteredMissing => "entered-missing",
            ReconcileOutcome.NotUploaded => "not-uploaded",
            ReconcileOutcome.Incomplete => "incomplete",
            ReconcileOutcome.ForeignFiles => "foreign-files",
            ReconcileOutcome.SizeDiffers => "size-differs",
            ReconcileOutcome.ChecksumDiffers => "checksum-differs",
            ReconcileOutcome.ChecksumMissing => "checksum-missing",
            ReconcileOutcome.NoReplicaAvailable => "no-replica-available",
            ReconcileOutcome.Replicating => "replicating",
            ReconcileOutcome.RuleStuck => "rule-stuck",
            ReconcileOutcome.NoRule => "no-rule",
            ReconcileOutcome.UnreadableMetadata => "unreadable-metadata",
            ReconcileOutcome.Unproved => "unproved",
            ReconcileOutcome.Nowhere => "nowhere",
            ReconcileOutcome.Unknown => "unknown",
        };

    /// <summary>One line for people.</summary>
    public static string Meaning(ReconcileOutcome outcome) =>
        outcome switch
        {
            ReconcileOutcome.Loadable => "complete, available, kept by a rule, and entered",
            ReconcileOutcome.Here => "complete on this machine, as planned without upload",
            ReconcileOutcome.Running => "its jobs have not ended",
            ReconcileOutcome.NotEntered => "complete in Rucio, but the RunDB does not say so",
            ReconcileOutcome.EnteredWrongly => "complete in Rucio, but its entry has another status or dataset",
            ReconcileOutcome.EnteredTwice => "loadable, but entered more than once for an RSE",
            ReconcileOutcome.FalseEntry => "loadable, but one more entry is false",
            ReconcileOutcome.EnteredMissing => "entered, but Rucio has no file of it",
            ReconcileOutcome.NotUploaded => "complete on this machine, but not in Rucio",
            ReconcileOutcome.Incomplete => "files that its metadata names are not in the dataset",
            ReconcileOutcome.ForeignFiles => "the dataset has files that are none of its own",
            ReconcileOutcome.SizeDiffers => "a file has another size than it should",
            ReconcileOutcome.ChecksumDiffers => "a replica has another checksum than the catalogue",
            ReconcileOutcome.ChecksumMissing => "Rucio has no checksum of a file",
            ReconcileOutcome.NoReplicaAvailable => "not all files are available at any RSE",
            ReconcileOutcome.Replicating => "Rucio is copying it",
            ReconcileOutcome.RuleStuck => "its rule is stuck",
            ReconcileOutcome.NoRule => "available, but no rule keeps it",
            ReconcileOutcome.UnreadableMetadata => "its metadata is not valid",
            ReconcileOutcome.Unproved => "nothing speaks against it, but its metadata was not read",
            ReconcileOutcome.Nowhere => "neither Rucio nor the RunDB has it",
            ReconcileOutcome.Unknown => "a service failed on it",
        };

    /// <summary>Whether plan, Rucio, RunDB and metadata agree about it.</summary>
    public static bool Agrees(ReconcileOutcome outcome) => outcome is ReconcileOutcome.Loadable or ReconcileOutcome.Here;

    /// <summary>The outcome of a code.</summary>
    /// <exception cref="FormatException">This version has no such code.</exception>
    public static ReconcileOutcome Parse(string? code) =>
        code is not null && ByCode.TryGetValue(code, out var outcome)
            ? outcome
            : throw new FormatException("this is not an outcome of this version");
}
