namespace Outsource.Model.Reconciling;

/// <summary>What a comparison of plan, Rucio, RunDB and metadata found about a data type of a run. Each has exactly one.</summary>
public enum ReconcileOutcome
{
    /// <summary>All its files have replicas at an RSE, a rule keeps them there, and the RunDB says so: an analysis can load it.</summary>
    Loadable,

    /// <summary>It is complete on this machine, and its workflow was told not to upload it.</summary>
    Here,

    /// <summary>Its jobs have not ended.</summary>
    Running,

    /// <summary>It is complete in Rucio, and the RunDB does not say so.</summary>
    NotEntered,

    /// <summary>The RunDB has its entry, with another status or another dataset.</summary>
    EnteredWrongly,

    /// <summary>The RunDB has several entries of it for one RSE.</summary>
    EnteredTwice,

    /// <summary>It can be loaded, and one more entry names an RSE that does not have it.</summary>
    FalseEntry,

    /// <summary>The RunDB says that it is there, and Rucio has no file of it.</summary>
    EnteredMissing,

    /// <summary>It is complete on this machine, was to be uploaded, and Rucio has no file of it.</summary>
    NotUploaded,

    /// <summary>The dataset has fewer files than its metadata names.</summary>
    Incomplete,

    /// <summary>The dataset has files that are none of its own.</summary>
    ForeignFiles,

    /// <summary>A file has another size than its metadata, or its replica, says.</summary>
    SizeDiffers,

    /// <summary>A replica has another checksum than the catalogue.</summary>
    ChecksumDiffers,

    /// <summary>Rucio has no checksum of a file.</summary>
    ChecksumMissing,

    /// <summary>Its files are not all available at any RSE, and no rule is at work.</summary>
    NoReplicaAvailable,

    /// <summary>Rucio is copying it.</summary>
    Replicating,

    /// <summary>The rule that should keep it at an RSE is stuck.</summary>
    RuleStuck,

    /// <summary>It is available, and no rule keeps it: Rucio may delete it.</summary>
    NoRule,

    /// <summary>Its metadata is none, or says that its making failed.</summary>
    UnreadableMetadata,

    /// <summary>Nothing speaks against it, but its metadata was not read, so it is not known whether it is complete.</summary>
    Unproved,

    /// <summary>Neither Rucio nor the RunDB has it.</summary>
    Nowhere,

    /// <summary>A service failed on it.</summary>
    Unknown,
}
