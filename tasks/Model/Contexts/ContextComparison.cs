using Outsource.Foundation.Errors;

namespace Outsource.Model.Contexts;

/// <summary>
/// Whether two sources agree on a context: the proof that the environment we query with, the image the jobs run in and the RunDB
/// agree.
/// </summary>
public static class ContextComparison
{
    /// <summary>
    /// The document of another source about the same release, or null: then there is nothing to compare. Builds for two systems are
    /// one release. A tag that moves does not name a release, so a document with one is not compared.
    /// </summary>
    public static ContextDocument? SameRelease(ContextDocument chosen, IEnumerable<ContextDocument> others) =>
        others
            .Where(o =>
                o.Name == chosen.Name
                && (
                    o.Tag is not null && chosen.Tag is not null
                        ? ReleaseTag.Same(o.Tag, chosen.Tag)
                        : o.StraxenVersion == chosen.StraxenVersion && StandsStill(o) && StandsStill(chosen)
                )
            )
            .OrderByDescending(o => o.DateAdded)
            .FirstOrDefault();

    private static bool StandsStill(ContextDocument document) => document.Tag is null || ReleaseTag.Of(document.Tag) is not null;

    /// <summary>
    /// Every hash in which they differ, one by one, ascending by data type. A type that only one of them defines does not count.
    /// </summary>
    public static IReadOnlyList<Fault> Differences(ContextDocument chosen, ContextDocument other) =>
        [
            .. chosen
                .Hashes.Where(h => other.Hashes.TryGetValue(h.Key, out var hash) && hash != h.Value)
                .Select(h => new Fault(
                    $"context '{chosen.Name}' (straxen {chosen.StraxenVersion}): the hash of '{h.Key}' is {h.Value} in {chosen.Origin}, "
                        + $"but {other.Hashes[h.Key]} in {other.Origin}."
                )),
        ];
}
