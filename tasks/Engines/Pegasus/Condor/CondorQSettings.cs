using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus.Condor;

/// <summary>The query of <c>condor_q</c>.</summary>
public sealed class CondorQSettings : ToolSettings
{
    /// <summary>Which jobs: a ClassAd expression that is true for them.</summary>
    public required string Constraint { get; init; }
}
