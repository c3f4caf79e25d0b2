using Cake.Core.IO;
using Cake.Frosting.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting;

/// <summary>The fluent words of a host.</summary>
public static class CakeHostExtensions
{
    /// <summary>Names the context that every task gets.</summary>
    public static CakeHost UseContext<TContext>(this CakeHost host)
        where TContext : class, IFrostingContext
        => Configure(host, services => services.AddSingleton<IFrostingContext, TContext>());

    /// <summary>Names what runs before the first task and after the last.</summary>
    public static CakeHost UseLifetime<TLifetime>(this CakeHost host)
        where TLifetime : class, IFrostingLifetime
        => Configure(host, services => services
            .AddSingleton<IFrostingLifetime, TLifetime>()
            .AddSingleton<IFrostingSetup>(provider => provider.GetRequiredService<IFrostingLifetime>())
            .AddSingleton<IFrostingTeardown>(provider => provider.GetRequiredService<IFrostingLifetime>()));

    /// <summary>Sets the folder the engine works in; a relative one starts at the process' own folder.</summary>
    public static CakeHost UseWorkingDirectory(this CakeHost host, DirectoryPath path)
        => Configure(host, services => services.AddSingleton(new WorkingDirectory(path)));

    private static CakeHost Configure(CakeHost host, Action<IServiceCollection> services)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.ConfigureServices(services);
    }
}
