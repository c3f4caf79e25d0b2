using System.Text.RegularExpressions;
using Outsource.Model.Contexts;

namespace Outsource.Model.Tables;

/// <summary>A version of one of the two packages that define data types.</summary>
/// <param name="Package"><c>straxen</c> or <c>strax</c>.</param>
/// <param name="Text">The version as written.</param>
/// <param name="Version">The version.</param>
public sealed partial record ReleasePoint(string Package, string Text, PackageVersion Version)
{
    /// <summary>Reads <c>straxen 3.1.3</c>; null when the text is not one.</summary>
    public static ReleasePoint? Parse(string text) =>
        Form().Match(text) is { Success: true } match && PackageVersion.Parse(match.Groups[2].Value) is { } version
            ? new ReleasePoint(match.Groups[1].Value, match.Groups[2].Value, version)
            : null;

    /// <summary>
    /// Whether a document's release is at this point or later; null when that is not known: no version, or a pre-release of this very
    /// one.
    /// </summary>
    public bool? ReachedBy(ContextDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return
            PackageVersion.Parse(Package == "strax" ? document.StraxVersion : document.StraxenVersion) is not { } found
            || (found.IsPreRelease && found.SameNumbers(Version))
            ? null
            : found.CompareTo(Version) >= 0;
    }

    public override string ToString() => $"{Package} {Text}";

    [GeneratedRegex(@"^(straxen|strax) ([0-9][A-Za-z0-9.+_-]*)\z")]
    private static partial Regex Form();
}

/// <summary>The releases of the analysis software that have something.</summary>
/// <param name="Since">The first that has it, or null: from the beginning.</param>
/// <param name="Until">The first that does not have it any more, or null: all later ones have it.</param>
public sealed record ReleaseSpan(ReleasePoint? Since, ReleasePoint? Until)
{
    /// <summary>Every release.</summary>
    public static ReleaseSpan All { get; } = new(null, null);

    /// <summary>Whether the release of a document has it. Where its version does not say so, the document itself decides.</summary>
    /// <param name="document">The document.</param>
    /// <param name="defined">Whether it defines the thing.</param>
    public bool Holds(ContextDocument document, bool defined) =>
        (Since is null || (Since.ReachedBy(document) ?? defined)) && (Until is null || !(Until.ReachedBy(document) ?? !defined));

    public override string ToString() =>
        string.Join(
            " and ",
            new[]
            {
                Since is null ? null : $"since {Since}",
                Until is null ? null : $"until {Until}, which has it no more",
            }.OfType<string>()
        );
}
