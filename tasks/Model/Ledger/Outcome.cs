namespace Outsource.Model.Ledger;

/// <summary>What became of a run and data type that was considered.</summary>
public enum Outcome
{
    /// <summary>It is in the workflow.</summary>
    Process,

    /// <summary>All it stores is available already.</summary>
    AlreadyProcessed,

    /// <summary>Another workflow of this work_dir makes it now, or may.</summary>
    InFlight,

    /// <summary>The operator, the configuration or a tag leaves the run out.</summary>
    Excluded,

    /// <summary>The type is not made for such a run.</summary>
    NotApplicable,

    /// <summary>What it is made from is not there, or not where a job can read it.</summary>
    InputMissing,

    /// <summary>The run document cannot be decided on.</summary>
    FaultyDocument,

    /// <summary>The run was asked for by number, and the database does not know it.</summary>
    NotFound,

    /// <summary>A service failed on this run after all retries.</summary>
    SourceError,
}
