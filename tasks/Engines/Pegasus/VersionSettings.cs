using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>A program whose version is requested.</summary>
public sealed class VersionSettings : ToolSettings
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The option that makes it print its version; null: it prints it without an option.</summary>
    public string? Option { get; init; }
}
