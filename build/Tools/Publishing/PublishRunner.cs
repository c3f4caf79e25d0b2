using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;

namespace Outsource.Build.Tools.Publishing;

/// <summary>Publishes the host as one file with <c>dotnet publish</c>; the project defines its content.</summary>
public sealed class PublishRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : CapturingTool<PublishSettings>(fileSystem, environment, processRunner, tools)
{
    private readonly ICakeEnvironment _environment = environment;

    /// <summary>No timeout.</summary>
    protected override TimeSpan? DefaultTimeout => null;

    /// <summary>Publishes.</summary>
    public CommandOutput Run(PublishSettings settings, Action<string> said) =>
        Capture(settings, CommandWords.Vector(Arguments(settings, _environment)), said);

    /// <summary>The argument vector. No process is left running.</summary>
    internal static ImmutableArray<string> Arguments(PublishSettings settings, ICakeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            "publish",
            settings.Project.MakeAbsolute(environment).FullPath,
            "--configuration",
            "Release",
            "--runtime",
            "linux-x64",
            "--output",
            settings.Output.MakeAbsolute(environment).FullPath,
            "--artifacts-path",
            settings.Artifacts.MakeAbsolute(environment).FullPath,
            "--nologo",
            "--verbosity",
            "quiet",
            "-m:1",
            "-nodeReuse:false",
            "-p:UseSharedCompilation=false",
            "-p:RunAnalyzers=false",
            "-p:OutsourcePublished=true",
            "-p:PublishReadyToRun=true",
        ];
    }

    protected override string GetToolName() => "dotnet";

    protected override IEnumerable<string> GetToolExecutableNames() => ["dotnet"];
}
