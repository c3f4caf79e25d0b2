using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;

namespace Outsource.Engines.Pegasus;

/// <summary>Asks a program for its version.</summary>
public sealed class VersionRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : CapturingTool<VersionSettings>(fileSystem, environment, processRunner, tools)
{
    private string _name = "";

    /// <summary>Asks.</summary>
    public CommandOutput Run(VersionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _name = settings.Name;
        return Capture(settings, CommandWords.Vector(settings.Option is { } option ? [option] : []));
    }

    protected override string GetToolName() => _name;

    protected override IEnumerable<string> GetToolExecutableNames() => [_name];
}
