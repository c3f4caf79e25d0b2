using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>Which submit directory a tool of Pegasus works on.</summary>
public sealed class DirectoryToolSettings : ToolSettings
{
    /// <summary>The directory.</summary>
    public required DirectoryPath SubmitDirectory { get; init; }
}
