using System.Reflection;
using Cake.Cli;
using Cake.Common.Modules;
using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.Modules;
using Cake.Frosting.Internal;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Cake.Frosting;

/// <summary>Collects services and tasks, then runs the engine with a command line.</summary>
public sealed class CakeHost
{
    private readonly ServiceCollection _services = [];
    private readonly HashSet<Assembly> _assemblies = [];

    public CakeHost()
    {
        // Under a test runner the entry assembly is the runner's; it holds no tasks and does no harm.
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            _ = _assemblies.Add(entry);
        }

        _ = _services
            .AddSingleton<ICakeLog>(provider => new CakeBuildLog(provider.GetRequiredService<IConsole>()))
            .AddSingleton<IConsole, CakeConsole>()
            .AddSingleton<IAnsiConsole>(_ => AnsiConsole.Console)
            .AddSingleton<ICakeReportPrinter, CakeReportPrinter>()
            .AddSingleton<ICakeConfiguration, FrostingConfiguration>()
            .AddSingleton<IVersionResolver, VersionResolver>()
            .AddSingleton<VersionFeature>()
            .AddSingleton<InfoFeature>()
            .AddSingleton<BuildScriptHost<IFrostingContext>>()
            .AddSingleton<DryRunScriptHost<IFrostingContext>>()
            .AddSingleton<TreeScriptHost>()
            .AddSingleton<DescriptionScriptHost>()
            .AddSingleton<IFrostingContext, FrostingContext>();
        _services.AddModule(new CoreModule());
        _services.AddModule(new CommonModule());
    }

    public static CakeHost Create() => new();

    /// <summary>Adds an assembly whose exported tasks are to be known.</summary>
    public CakeHost AddAssembly(Assembly assembly)
    {
        _ = _assemblies.Add(assembly);
        return this;
    }

    /// <summary>Lets the caller add services; of two for one type the later wins.</summary>
    public CakeHost ConfigureServices(Action<IServiceCollection> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services(_services);
        return this;
    }

    /// <summary>Parses the arguments and runs what they ask for.</summary>
    /// <returns>0, or -1 after any failure; what failed has been logged.</returns>
    public int Run(IEnumerable<string> args)
    {
        foreach (var type in _assemblies.SelectMany(assembly => assembly.GetExportedTypes()).Where(IsTask))
        {
            _ = _services.AddSingleton(typeof(IFrostingTask), type);
        }

        return new CommandApp<DefaultCommand>().WithData(_services).Run(args);
    }

    private static bool IsTask(Type type) => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IFrostingTask));
}
