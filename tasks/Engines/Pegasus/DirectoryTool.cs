using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;

namespace Outsource.Engines.Pegasus;

/// <summary>A tool of Pegasus whose only arguments are a submit directory and switches.</summary>
public abstract class DirectoryTool(
    string tool,
    IReadOnlyList<string> switches,
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : CapturingTool<DirectoryToolSettings>(fileSystem, environment, processRunner, tools)
{
    private readonly ICakeEnvironment _environment = environment;

    protected override TimeSpan? DefaultTimeout => TimeSpan.FromMinutes(10);

    /// <summary>Runs it. The meaning of the exit code differs from tool to tool, so the caller gets it.</summary>
    public CommandOutput Run(DirectoryToolSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Capture(settings, Arguments(switches, settings, _environment));
    }

    /// <summary>The argument vector.</summary>
    internal static ProcessArgumentBuilder Arguments(
        IEnumerable<string> switches,
        DirectoryToolSettings settings,
        ICakeEnvironment environment
    )
    {
        var arguments = new ProcessArgumentBuilder();
        foreach (var word in switches)
        {
            arguments.Append(word);
        }

        return arguments.AppendWord(settings.SubmitDirectory.MakeAbsolute(environment).FullPath);
    }

    protected override string GetToolName() => tool;

    protected override IEnumerable<string> GetToolExecutableNames() => [tool];
}
