using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Pegasus;

/// <summary>What <c>pegasus-run</c> is told.</summary>
public sealed class PegasusRunSettings : ToolSettings
{
    /// <summary>The submit directory.</summary>
    public required DirectoryPath SubmitDirectory { get; init; }
}
