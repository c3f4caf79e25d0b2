using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Foundation.Text;

namespace Outsource.Model.Packages;

/// <summary>What is done about a package.</summary>
public enum PackageSource
{
    /// <summary>The jobs use the one of the image.</summary>
    Image,

    /// <summary>A tarball is made of its work tree, and the jobs install it.</summary>
    WorkTree,

    /// <summary>The jobs install the release that everybody shares (only cutax).</summary>
    Shared,
}

/// <summary>The decision about one package of <c>user_install_package</c>.</summary>
/// <param name="Package">The package.</param>
/// <param name="Source">Where the jobs get it.</param>
/// <param name="Path">The top of its work tree, or the shared tarball. Absolute; null for <see cref="PackageSource.Image"/>.</param>
public sealed record PackageDecision(InstalledPackage Package, PackageSource Source, string? Path);

/// <summary>The decisions about all packages, or what is wrong.</summary>
/// <param name="Decisions">For each package that is listed and without a fault, in the order of the list.</param>
/// <param name="Faults">What is wrong, one sentence or two each; empty: nothing.</param>
public sealed record PackageDecisions(ImmutableArray<PackageDecision> Decisions, ImmutableArray<string> Faults);

/// <summary>
/// Which packages of the operator's environment go into the jobs, and which must not differ from the image (docs/domain.md). Results of
/// code that nobody else has must not be uploaded.
/// </summary>
public static partial class PackageRules
{
    public const string Cutax = "cutax";

    /// <summary>Where the releases of cutax are on the submit hosts; a fact of the OSG's access points.</summary>
    private const string SharedFolder = "/ospool/uc-shared/project/xenon/xenonnt/software/cutax";

    /// <summary>The shared tarball of a release of cutax: dots of the version become dashes.</summary>
    public static string SharedCutax(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return $"{SharedFolder}/v{version.Replace('.', '-')}.tar.gz";
    }

    /// <summary>Whether a text can be the name of a module, and so of a file.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>Decides about all packages.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="installed">What is known of them, by name; a package that is not in it is not known.</param>
    public static PackageDecisions Decide(PackageRequest request, IReadOnlyDictionary<string, InstalledPackage> installed)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(installed);
        var faults = new List<string>();
        var decisions = new List<PackageDecision>();
        foreach (var name in request.Listed)
        {
            var package = installed.GetValueOrDefault(name, new InstalledPackage(name) { Missing = true });
            var (decision, fault) = Listed(package, request);
            if (fault is not null)
            {
                faults.Add(fault);
            }
            else if (decision is not null)
            {
                decisions.Add(decision);
            }
        }

        foreach (var name in request.Checked)
        {
            if (installed.GetValueOrDefault(name) is { Missing: false } package && Unlisted(package) is { } fault)
            {
                faults.Add(fault);
            }
        }

        var own = decisions.Where(d => d.Source == PackageSource.WorkTree).Select(d => d.Package.Name).ToList();
        if (request.Uploads && own.Count > 0)
        {
            faults.Add(
                $"rucio_upload is not possible with editable packages ({string.Join(", ", own)}): nobody else could make this data "
                    + "again. Switch it off, or install releases of them and make the plan anew."
            );
        }

        return new PackageDecisions([.. decisions], [.. faults]);
    }

    private static (PackageDecision? Decision, string? Fault) Listed(InstalledPackage package, PackageRequest request)
    {
        var name = UntrustedText.Brief(package.Name);
        return package switch
        {
            _ when !IsName(package.Name) => (
                null,
                $"user_install_package: '{name}' is not the name of a package. Allowed are ASCII letters, digits and underscores."
            ),
            { Missing: true } => (
                null,
                $"user_install_package: '{name}' is not installed in the environment's python3. Install it, take it out of the list, or "
                    + $"name its folder with user_install_path.{name}."
            ),
            { UserSite: true, IsOwn: false } => (
                null,
                $"user_install_package: '{name}' is installed in your own site-packages ({Shown(package.File)}) and is not editable, so it "
                    + "has no sources to send. Uninstall it ('pip uninstall'), or install it with 'pip install -e'."
            ),
            { IsOwn: true, GitTop: null } => (
                null,
                $"user_install_package: '{name}' is editable, but {Shown(package.File)} is not in a git work tree, so it is not known "
                    + "which files belong to it. Install it from a clone, or make its folder a repository ('git init')."
            ),
            { IsOwn: true } => (new PackageDecision(package, PackageSource.WorkTree, package.GitTop), null),
            { Name: Cutax } => OfSharedCutax(package, request),
            _ => (new PackageDecision(package, PackageSource.Image, null), null),
        };
    }

    private static (PackageDecision? Decision, string? Fault) OfSharedCutax(InstalledPackage cutax, PackageRequest request) =>
        request.CutaxLocation is null
            ? (
                null,
                "user_install_package: cutax is not editable, so the jobs install the shared release of it, but CUTAX_LOCATION is not set. "
                    + "Source the setup.sh of a release, or install cutax with 'pip install -e'."
            )
        : cutax.Version is not { } version || !Version().IsMatch(version)
            ? (
                null,
                $"user_install_package: the version of cutax is '{UntrustedText.Brief(cutax.Version ?? "unknown")}', which is not a number "
                    + "such as 2.0.0, so its shared release cannot be found. Install a release, or install it with 'pip install -e'."
            )
        : (new PackageDecision(cutax, PackageSource.Shared, SharedCutax(version)), null);

    private static string? Unlisted(InstalledPackage package)
    {
        var name = UntrustedText.Brief(package.Name);
        var what =
            package.IsOwn ? "is an editable install"
            : package.UserSite ? "is installed in your own site-packages"
            : null;
        return what is null
            ? null
            : $"'{name}' {what} ({Shown(package.File)}), and the jobs have the one of the image. Add it to user_install_package, or "
                + "uninstall it.";
    }

    private static string Shown(string? path) => path is null ? "its file is not known" : UntrustedText.Brief(path);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[0-9]+(\.[0-9A-Za-z]+){0,5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
