using System.Collections.Immutable;

namespace Outsource.Model.Packages;

/// <summary>Which packages the jobs get from the operator, and which must be those of the image.</summary>
/// <param name="UserInstall">Packages that the jobs install when they are editable here (<c>user_install_package</c>).</param>
/// <param name="Check">Further packages that must be those of the image (<c>check_user_install_package</c>).</param>
public sealed record PackageRequest(ImmutableArray<string> UserInstall, ImmutableArray<string> Check)
{
    /// <summary>Packages that are checked whatever the configuration says: results depend on them (docs/domain.md).</summary>
    public static ImmutableArray<string> Always { get; } =
        ["strax", "straxen", "cutax", "rucio", "utilix", "admix", "outsource"];

    /// <summary>Folders of packages that the configuration names (<c>user_install_path.NAME</c>). Absolute.</summary>
    public ImmutableSortedDictionary<string, string> Paths { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the jobs upload to Rucio.</summary>
    public bool Uploads { get; init; }

    /// <summary>What <c>$CUTAX_LOCATION</c> is; null: it is not set.</summary>
    public string? CutaxLocation { get; init; }

    /// <summary>The packages that are listed, each once, in their order.</summary>
    public ImmutableArray<string> Listed => [.. UserInstall.Distinct(StringComparer.Ordinal)];

    /// <summary>The packages that are only checked, in order of names.</summary>
    public ImmutableArray<string> Checked =>
        [.. Always.Concat(Check).Except(UserInstall, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
