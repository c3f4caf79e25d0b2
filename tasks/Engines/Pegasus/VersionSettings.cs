using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>A program that is asked for its version.</summary>
public sealed class VersionSettings : ToolSettings
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The option that makes it say its version, or null when that is all it does.</summary>
    public string? Option { get; init; }
}
