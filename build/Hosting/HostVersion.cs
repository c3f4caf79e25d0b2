using System.Reflection;
using Cake.Cli;
using Cake.Core;

namespace Outsource.Build.Hosting;

/// <summary>The version of <c>--version</c> and <c>--info</c>: ours, followed by Cake's.</summary>
public sealed class HostVersion : IVersionResolver
{
    public string GetVersion() => Of(typeof(HostVersion));

    public string GetProductVersion() => $"Outsource {GetVersion()}/Cake {Of(typeof(ICakeContext))}";

    private static string Of(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
