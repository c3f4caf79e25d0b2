using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Pegasus;

/// <summary>A program that is asked for its version.</summary>
public sealed class VersionSettings : ToolSettings
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The option that makes it say its version, or null when that is all it does.</summary>
    public string? Option { get; init; }
}

/// <summary>Asks a program for its version.</summary>
public sealed class VersionRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : CapturingTool<VersionSettings>(fileSystem, environment, processRunner, tools)
{
    private string _name = "";

    /// <summary>Asks.</summary>
    public ToolAnswer Run(VersionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _name = settings.Name;
        return Ask(settings, settings.Option is { } option ? [option] : []);
    }

    protected override string GetToolName() => _name;

    protected override IEnumerable<string> GetToolExecutableNames() => [_name];
}
