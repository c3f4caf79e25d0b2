using Outsource.Engines.Records;
using Outsource.Model.Failures;

namespace Outsource.Operator.Diagnosis;

/// <summary>A failed or held job, with its cause.</summary>
/// <param name="Node">The job.</param>
/// <param name="Known">The cause of the table; null: none fits.</param>
/// <param name="Excerpt">The shortest useful part of what was said of it, or null.</param>
/// <param name="Site">GLIDEIN_Site of the machine of its last attempt, or null.</param>
public sealed record DiagnosedJob(NodeStatus Node, KnownCause? Known, string? Excerpt, string? Site)
{
    public bool IsHeld => Node.State == NodeState.Held;
}
