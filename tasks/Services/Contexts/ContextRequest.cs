using System.Text.RegularExpressions;
using Outsource.Model.Contexts;

namespace Outsource.Services.Contexts;

/// <summary>
/// The context that is asked for. A name of the form <c>xenonnt_vN</c> that cutax does not define is an alias (docs/domain.md §3): the
/// release's own script enters <c>xenonnt_offline(xedocs_version="global_vN")</c> into the RunDB under this name.
/// </summary>
/// <param name="Name"><c>xenonnt_v14</c>.</param>
/// <param name="XedocsVersion">The global version of the corrections that was asked for explicitly, or null.</param>
public sealed partial record ContextRequest(string Name, string? XedocsVersion)
{
    /// <summary>The context behind the aliases.</summary>
    public const string Offline = "xenonnt_offline";

    /// <summary>The corrections of the day: they change, and the hash stays the same.</summary>
    public const string Online = "global_ONLINE";

    /// <summary>The global version that the name of a context stands for; null when it is not an alias.</summary>
    public static string? VersionOf(string name) =>
        Alias().Match(name) is { Success: true } match ? $"global_v{match.Groups[1].Value}" : null;

    /// <summary>The other name that a document of this context may have, or null.</summary>
    private string? OtherName =>
        VersionOf(Name) is not null ? Offline
        : Name == Offline && XedocsVersion is { } version && Version().Match(version) is { Success: true } match
            ? $"xenonnt_v{match.Groups[1].Value}"
        : null;

    /// <summary>Whether a document was made with the corrections that the jobs will use.</summary>
    public bool FitsVersion(ContextDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return XedocsVersion is null
            ? document.XedocsVersion is null || document.XedocsVersion == VersionOf(Name)
            : (document.XedocsVersion ?? VersionOf(document.Name)) == XedocsVersion;
    }

    /// <summary>
    /// The documents of this context, under any of its names; and those of its name that were made with other corrections.
    /// </summary>
    public async Task<(IReadOnlyList<ContextDocument> Fitting, IReadOnlyList<ContextDocument> OtherVersion)> FindAsync(
        IContextCatalogue catalogue,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        var found = await catalogue.FindAsync(Name, cancel).ConfigureAwait(false);
        var fitting = found.Where(FitsVersion).ToList();
        if (fitting.Count == 0 && OtherName is { } other)
        {
            var wanted = XedocsVersion ?? VersionOf(Name);
            fitting =
            [
                .. (await catalogue.FindAsync(other, cancel).ConfigureAwait(false))
                    .Where(d => (d.XedocsVersion ?? VersionOf(d.Name)) == wanted)
                    .Select(d => d with { Name = Name, XedocsVersion = wanted }),
            ];
        }

        return (fitting, [.. found.Where(d => !FitsVersion(d))]);
    }

    /// <summary>The request in messages: <c>context 'xenonnt_offline' with xedocs_version 'global_v15'</c>.</summary>
    public override string ToString() => $"context '{Name}'{(XedocsVersion is null ? "" : $" with xedocs_version '{XedocsVersion}'")}";

    [GeneratedRegex(@"^xenonnt_v([0-9]+)\z")]
    private static partial Regex Alias();

    [GeneratedRegex(@"^global_v([0-9]+)\z")]
    private static partial Regex Version();
}
