namespace Outsource.Workflows.State;

/// <summary>Result of a query.</summary>
public enum SourceAnswer
{
    Answered,

    /// <summary>It was asked and did not answer, or in an unknown form.</summary>
    Silent,

    /// <summary>It was not asked: there is nothing to ask for, or it is not installed.</summary>
    NotAsked,
}
