using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>The arguments of <c>pegasus-plan</c>.</summary>
public sealed class PegasusPlanSettings : ToolSettings
{
    /// <summary>The abstract workflow.</summary>
    public required FilePath Workflow { get; init; }

    /// <summary>The property file, which names the catalogs.</summary>
    public required FilePath Properties { get; init; }

    public required string ExecutionSite { get; init; }

    public required string StagingSite { get; init; }

    public required string OutputSite { get; init; }

    /// <summary>Folder of submit directories.</summary>
    public required DirectoryPath BaseDirectory { get; init; }

    /// <summary>The submit directory below it; also part of the path on the staging site.</summary>
    public required string RelativeDirectory { get; init; }
}
