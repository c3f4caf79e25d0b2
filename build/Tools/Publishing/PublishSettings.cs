using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Build.Tools.Publishing;

/// <summary>What is published, and where to.</summary>
public sealed class PublishSettings : ToolSettings
{
    /// <summary>The project of the host.</summary>
    public required FilePath Project { get; init; }

    /// <summary>Where the program goes.</summary>
    public required DirectoryPath Output { get; init; }

    /// <summary>Where intermediate files go, apart from those of build.sh.</summary>
    public required DirectoryPath Artifacts { get; init; }
}
