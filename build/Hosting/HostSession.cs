using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Packaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>The parts of one run of the host.</summary>
public sealed class HostSession
{
    private readonly TaskCatalogue _catalogue;
    private readonly Screen _screen;
    private readonly CommandOutcome _outcome;

    internal HostSession(
        Invocation invocation,
        TaskCatalogue catalogue,
        Screen screen,
        CommandOutcome outcome,
        CancellationToken cancellation
    )
    {
        _catalogue = catalogue;
        _screen = screen;
        _outcome = outcome;
        var folders = HostFolders.OfProcess(invocation);
        Root = folders.Root;
        Request = new RunRequest
        {
            Invocation = invocation,
            Host = ProcessEnvironment.Read(folders, invocation),
            Machine = new LinuxMachine(),
            Messages = screen,
            Terminal = () => screen.Tables,
            Redraw = screen.Redrawing,
            Ask = Console.IsInputRedirected ? null : screen.Ask,
            HasReader = StandardStreams.HasReader,
            Cancellation = cancellation,
        };
    }

    /// <summary>The folder of <c>cake.config</c>; the engine works there.</summary>
    public string Root { get; }

    public RunRequest Request { get; }

    /// <summary>
    /// Replaces Cake's log and report with ours. We install no tools; the tool installer of the real Cake.Frosting writes to
    /// <c>~/.nuget</c> as soon as it is created.
    /// </summary>
    public void Register(IServiceCollection services) =>
        services
            .RemoveAll<IPackageInstaller>()
            .AddSingleton(Request)
            .AddSingleton(_outcome)
            .AddSingleton<IProcessRunner, BoundedProcessRunner>()
            .AddSingleton<IVersionResolver, HostVersion>()
            .AddSingleton(_ => _screen.Tables)
            .AddSingleton<ICakeLog>(new OperatorLog(_screen, _outcome) { OnlyLooks = Request.Invocation.OnlyLooks })
            .AddSingleton<ICakeReportPrinter>(new StagePrinter(_screen, _catalogue, _outcome));
}
