using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;

namespace Outsource.Services.Contexts;

/// <summary>
/// The straxen version of a release's environment, from the folder that pip leaves beside the package
/// (<c>site-packages/straxen-VERSION.dist-info</c>). No program is started.
/// </summary>
internal static class InstalledStraxen
{
    private const string Prefix = "straxen-",
        Suffix = ".dist-info",
        EnvironmentPrefix = "XENONnT_";

    /// <summary>An environment has one Python, and one straxen; an interrupted update leaves a second one.</summary>
    private const int Most = 20;

    /// <summary>
    /// Why a kept description does not fit the environment, as a clause; null: it fits, or the environment cannot be seen.
    /// </summary>
    /// <param name="host">This machine.</param>
    /// <param name="tag">Tag of the image, or null.</param>
    /// <param name="kept">The description.</param>
    public static string? Contradiction(HostEnvironment host, string? tag, ContextDescription kept)
    {
        if (tag is null || !kept.Versions.TryGetValue("straxen", out var described))
        {
            return null;
        }

        foreach (var environment in Environments(host, tag))
        {
            var installed = Versions(host, environment);
            if (installed.Count > 0)
            {
                return installed.Any(v => Same(v, described))
                    ? null
                    : $"the description in {kept.Origin} is not used: it is of straxen {described}, and {environment} has straxen "
                        + UntrustedText.Brief(string.Join(", ", installed));
            }
        }

        return null;
    }

    /// <summary>Where the environment of a tag may be: of its release in CVMFS, then the one that is active.</summary>
    private static IEnumerable<string> Environments(HostEnvironment host, string tag)
    {
        if (tag is not ("." or "..") && !tag.Contains('/', StringComparison.Ordinal))
        {
            yield return $"/cvmfs/xenon.opensciencegrid.org/releases/nT/{tag}/anaconda/envs/{EnvironmentPrefix}{tag}";
        }

        if (host.Variable("CONDA_PREFIX") is { } active && active.Split('/').Any(part => Names(part, tag)))
        {
            yield return host.Absolute(active);
        }
    }

    /// <summary>Whether a folder has the tag as its name; 2025.07.10 is not 2025.07.1.</summary>
    private static bool Names(string folder, string tag)
    {
        var name = folder.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) ? folder[EnvironmentPrefix.Length..] : folder;
        return name == tag || ReleaseTag.Same(name, tag);
    }

    private static List<string> Versions(HostEnvironment host, string environment)
    {
        var disk = host.Disk.Directory;
        try
        {
            var library = Path.Combine(environment, "lib");
            return disk.Exists(library)
                ?
                [
                    .. disk.EnumerateDirectories(library, "python3.*")
                        .Take(Most)
                        .Select(python => Path.Combine(python, "site-packages"))
                        .Where(disk.Exists)
                        .SelectMany(packages => disk.EnumerateDirectories(packages, $"{Prefix}*{Suffix}").Take(Most))
                        .Select(folder => Path.GetFileName(folder)[Prefix.Length..^Suffix.Length])
                        .Order(StringComparer.Ordinal),
                ]
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What cannot be seen contradicts nothing.
            return [];
        }
    }

    private static bool Same(string one, string other) =>
        PackageVersion.Parse(one) is { } first && PackageVersion.Parse(other) is { } second
            ? first.CompareTo(second) == 0
            : one == other;
}
