using System.Globalization;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;

namespace Outsource.Workflows.State;

/// <summary>The answer of a Pegasus tool about a workflow.</summary>
/// <param name="Tool">Which.</param>
/// <param name="Counts">Its counts, or null when there are none.</param>
/// <param name="Asked">Whether it was asked.</param>
/// <param name="Silence">Why there are no counts, or null.</param>
public sealed record PegasusReply(string Tool, PegasusCounts? Counts, bool Asked, string? Silence = null)
{
    /// <summary>As a source.</summary>
    public StatusSource Source =>
        new(
            Tool,
            Counts is not null ? SourceAnswer.Answered
                : Asked ? SourceAnswer.Silent
                : SourceAnswer.NotAsked,
            Counts?.Description ?? Silence
        );

    /// <summary>
    /// Where it contradicts DAGMan's files, which are more reliable. Null: nowhere, or undecidable while the DAG is running.
    /// </summary>
    /// <param name="status">The status from the files.</param>
    public string? Contradiction(WorkflowStatus status)
    {
        if (Counts is not { Total: > 0 } counts || status.Counts.Total == 0)
        {
            return null;
        }

        var (done, failed) = (status.Counts[NodeState.Done], status.Counts[NodeState.Failed]);

        // While it is running, the two were read at different times.
        var slack = status.Ended ? 0 : Math.Max(20, status.Counts.Total / 20);
        return counts.Total != status.Counts.Total || Math.Abs(counts.Done - done) > slack || Math.Abs(counts.Failed - failed) > slack
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{counts.Tool} counts {counts.Done} of {Counted.Of(counts.Total, "node")} done and {counts.Failed} failed, DAGMan's "
                    + $"files {done} of {status.Counts.Total} and {failed}; using DAGMan's numbers"
            )
            : null;
    }
}
