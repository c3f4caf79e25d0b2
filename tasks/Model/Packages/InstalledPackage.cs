namespace Outsource.Model.Packages;

/// <summary>What the environment's python3 says about a package, or the configuration instead of it.</summary>
/// <param name="Name">Its name as a module: <c>straxen</c>.</param>
public sealed record InstalledPackage(string Name)
{
    /// <summary>Whether the environment does not have it.</summary>
    public bool Missing { get; init; }

    /// <summary>Its version; null: not known.</summary>
    public string? Version { get; init; }

    /// <summary>The file of the module. Absolute, or null.</summary>
    public string? File { get; init; }

    /// <summary>The top of the git work tree in which that file is. Absolute; null: it is in none.</summary>
    public string? GitTop { get; init; }

    /// <summary>Whether it is an editable install.</summary>
    public bool Editable { get; init; }

    /// <summary>Whether it is in the user's own site-packages, which no job has.</summary>
    public bool UserSite { get; init; }

    /// <summary>
    /// Whether it is the operator's own code: an editable install, or a module that is found in a work tree (by <c>PYTHONPATH</c>). A work
    /// tree that contains the whole environment, such as a home folder under git, says nothing about the package.
    /// </summary>
    public bool IsOwn => Editable || (GitTop is not null && File is not null && !InSitePackages(File));

    private static bool InSitePackages(string file) =>
        file.Contains("/site-packages/", StringComparison.Ordinal) || file.Contains("/dist-packages/", StringComparison.Ordinal);
}
