using System.Collections.Immutable;
using Outsource.Foundation.Machine;
using Outsource.Model.Packages;
using Outsource.Settings.Keys;

namespace Outsource.Services.Packages;

/// <summary>What the settings ask for.</summary>
public static class PackageRequests
{
    /// <summary>The request of a plan; null: its jobs install no package of the operator, and nothing is to be checked.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="host">This machine: <c>CUTAX_LOCATION</c>.</param>
    public static PackageRequest? Of(OutsourceSettings settings, HostEnvironment host)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(host);
        // Canaries have no software, and the other plan sends cutax as it is.
        if (settings.Canary || settings.Plan != PlanKind.ByLevel || settings is { UserInstallPackage: [], CheckUserInstallPackage: [] })
        {
            return null;
        }

        return new PackageRequest(settings.UserInstallPackage, settings.CheckUserInstallPackage)
        {
            Paths = settings
                .UserInstallPackage.Distinct(StringComparer.Ordinal)
                .Select(name => (Name: name, Path: settings.UserInstallPath.Of(name)))
                .Where(p => p.Path is not null)
                .ToImmutableSortedDictionary(p => p.Name, p => p.Path!, StringComparer.Ordinal),
            Uploads = settings.Uploads,
            CutaxLocation = host.Variable("CUTAX_LOCATION"),
        };
    }
}
