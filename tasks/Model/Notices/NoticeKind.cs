namespace Outsource.Model.Notices;

/// <summary>What a message to the operator is about.</summary>
public enum NoticeKind
{
    /// <summary>The workflow was started, or started again.</summary>
    Start,

    /// <summary>It has ended.</summary>
    End,

    /// <summary>More of its jobs are held than before.</summary>
    Holds,

    /// <summary>More of its jobs have failed than before, while others go on.</summary>
    Failures,

    /// <summary>A test of Preflight.</summary>
    Test,
}

/// <summary>A message to the operator.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">A sentence or two, without control characters.</param>
public sealed record Notice(NoticeKind Kind, string Text);
