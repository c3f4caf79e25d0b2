using Cake.Cli;
using Cake.Cli.Infrastructure;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Scripting;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console.Cli;

namespace Cake.Frosting.Internal;

/// <summary>Carries out a parsed command line on the engine.</summary>
internal sealed class DefaultCommand : Command<DefaultCommandSettings>
{
    public override int Execute(CommandContext context, DefaultCommandSettings settings, CancellationToken cancellationToken)
    {
        var services = (IServiceCollection)context.Data!;
        _ = services
            .AddSingleton<ICakeArguments>(context.Remaining.ToCakeArguments(settings.Targets))
            .AddSingleton(context.Remaining);
        using var provider = services.BuildServiceProvider();
        try
        {
            Carry(provider, settings);
            return 0;
        }
        catch (Exception failure)
        {
            _ = provider.GetService<ICakeLog>().LogException(failure);
            return -1;
        }
    }

    private static void Carry(ServiceProvider provider, DefaultCommandSettings settings)
    {
        if (settings.Version)
        {
            provider.GetRequiredService<VersionFeature>().Run(provider.GetRequiredService<IConsole>());
            return;
        }

        if (settings.Info)
        {
            provider.GetRequiredService<InfoFeature>().Run(provider.GetRequiredService<IConsole>());
            return;
        }

        provider.GetRequiredService<ICakeLog>().Verbosity = settings.Verbosity;
        Enter(provider, settings.WorkingDirectory ?? provider.GetService<WorkingDirectory>()?.Path);

        ScriptHost host = settings switch
        {
            { DryRun: true } => provider.GetRequiredService<DryRunScriptHost<IFrostingContext>>(),
            { Tree: true } => provider.GetRequiredService<TreeScriptHost>(),
            { Description: true } => provider.GetRequiredService<DescriptionScriptHost>(),
            _ => provider.GetRequiredService<BuildScriptHost<IFrostingContext>>(),
        };
        TaskRegistration.Register(provider);
        if (settings.Exclusive)
        {
            _ = host.Settings.UseExclusiveTarget();
        }

        _ = host.RunTargets(settings.Targets);
    }

    private static void Enter(ServiceProvider provider, DirectoryPath? asked)
    {
        var environment = provider.GetRequiredService<ICakeEnvironment>();
        var folder = asked?.MakeAbsolute(environment) ?? environment.WorkingDirectory;
        if (!provider.GetRequiredService<IFileSystem>().Exist(folder))
        {
            throw new FrostingException($"The working directory '{folder.FullPath}' does not exist.");
        }

        environment.WorkingDirectory = folder;
    }
}
