using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus.Condor;

/// <summary>What <c>condor_q</c> is asked.</summary>
public sealed class CondorQSettings : ToolSettings
{
    /// <summary>Which jobs: a ClassAd expression that holds for them.</summary>
    public required string Constraint { get; init; }
}
