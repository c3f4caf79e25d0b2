using System.Text.RegularExpressions;

namespace Outsource.Model.Contexts;

/// <summary>
/// Tags of the base environment (docs/domain.md §3). Only a tag of the form <c>YEAR.MONTH.NUMBER</c> names one release for ever.
/// The system it is built for may precede it (<c>el7.</c>, <c>el8.</c>, <c>el9.</c>); the builds for several systems are one release.
/// Any other tag (<c>development</c>, <c>latest</c>, a branch) moves: it is built again under the same name.
/// </summary>
public static partial class ReleaseTag
{
    /// <summary>The release that a tag names, without its system; null when the tag may move.</summary>
    public static string? Of(string? tag) => tag is not null && Form().Match(tag) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Whether both name one release.</summary>
    public static bool Same(string? one, string? other) => Of(one) is { } release && release == Of(other);

    [GeneratedRegex(@"^(?:el[0-9]{1,2}\.)?([0-9]{4}\.[0-9]{1,2}(?:\.[0-9]{1,4}){1,2})\z")]
    private static partial Regex Form();
}
