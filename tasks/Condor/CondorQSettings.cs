using System.Collections.Immutable;
using Cake.Core.Tooling;

namespace Outsource.Condor;

/// <summary>What <c>condor_q</c> is asked.</summary>
public sealed class CondorQSettings : ToolSettings
{
    /// <summary>Which jobs: a ClassAd expression.</summary>
    public required string Constraint { get; init; }

    /// <summary>What of them.</summary>
    public required ImmutableArray<string> Attributes { get; init; }
}
