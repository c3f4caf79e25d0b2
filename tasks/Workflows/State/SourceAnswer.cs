namespace Outsource.Workflows.State;

/// <summary>What became of a question.</summary>
public enum SourceAnswer
{
    Answered,

    /// <summary>It was asked and did not answer, or not in a form that is known.</summary>
    Silent,

    /// <summary>It was not asked: there is nothing to ask about, or it is not installed.</summary>
    NotAsked,
}
