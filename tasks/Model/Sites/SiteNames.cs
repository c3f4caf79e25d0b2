namespace Outsource.Model.Sites;

/// <summary>Names of the sites that planner, catalogs and operators share, unless a site profile names others.</summary>
public static class SiteNames
{
    public const string Local = "local",
        Staging = "staging-davs",
        Execution = "condorpool";
}
