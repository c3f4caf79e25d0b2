using System.Globalization;
using Outsource.Configuration;
using Outsource.Errors;
using Outsource.Facts;

namespace Outsource.Contexts;

/// <summary>A document chosen, and what is known about it.</summary>
public sealed record ChosenContext(ContextDocument Document, ImageProof Proof, IReadOnlyList<string> Notes, IReadOnlyList<string> Warnings);

/// <summary>
/// Chooses the context document that the jobs will reproduce inside the image. Its release tag must be the image's: then the hashes
/// the jobs compute are the ones we query with. The original trusts the operator here.
/// </summary>
public sealed class ContextChooser(IContextCatalogue catalogue)
{
    /// <summary>Finds the document.</summary>
    /// <param name="context">Name of the context.</param>
    /// <param name="image">The image.</param>
    /// <param name="acceptMismatch">Whether <c>--accept-image-mismatch</c> was given.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="UsageException">There is none, none fits, or several do.</exception>
    public async Task<ChosenContext> ChooseAsync(string context, ImageReference image, bool acceptMismatch, CancellationToken cancel)
    {
        var found = await catalogue.FindAsync(context, cancel).ConfigureAwait(false);
        if (found.Count == 0)
        {
            var names = await catalogue.NamesAsync(cancel).ConfigureAwait(false);
            throw new UsageException($"context '{context}' is unknown to {catalogue.Name}{NearestName.Hint(context, names)}"
                + (names.Count == 0 ? "." : $": it knows {string.Join(", ", names.Order(StringComparer.Ordinal))}.") + " Correct --context.");
        }

        var tagged = found.Where(d => d.Tag is not null).ToList();
        var fitting = tagged.Where(d => d.Tag == image.Tag).ToList();
        if (image.Tag is not null && fitting.Count > 0)
        {
            return Chosen(Newest(fitting, context), ImageProof.Proven, []);
        }

        if (image.Tag is null)
        {
            var document = Newest(found, context);
            return Chosen(document, ImageProof.Unproven, [$"image '{image.Path}' carries no tag, so nothing proves that it fits context '{context}' ({Describe(document)}); pass --image=TAG to have it proved."]);
        }

        if (tagged.Count == 0)
        {
            var document = Newest(found, context);
            return Chosen(document, ImageProof.Unproven, [$"the document of context '{context}' in {document.Origin} carries no tag, so nothing proves that it fits image tag '{image.Tag}' (straxen {document.StraxenVersion})."]);
        }

        if (acceptMismatch)
        {
            var document = Newest(tagged, context);
            return Chosen(document, ImageProof.MismatchAccepted, [$"image tag '{image.Tag}' differs from tag '{document.Tag}' of context '{context}' (straxen {document.StraxenVersion}), accepted with --accept-image-mismatch: the jobs may make data of other hashes."]);
        }

        var fits = tagged.OrderByDescending(d => d.DateAdded).ThenByDescending(d => d.Tag, StringComparer.Ordinal).ToList();
        throw new UsageException($"image tag '{image.Tag}' does not fit context '{context}': its document{(fits.Count == 1 ? " has" : "s have")} "
            + string.Join(", ", fits.Take(10).Select(d => $"tag '{d.Tag}' (straxen {d.StraxenVersion})")) + (fits.Count > 10 ? ", …" : "")
            + $". Images that fit: {string.Join(", ", fits.Select(d => ImageReference.Prefix + d.Tag).Distinct().Take(10))}. Pass one with --image, or --accept-image-mismatch to go on all the same.");
    }

    /// <summary>Every hash that later stages look up must be there: of what is asked for, what it stores, and what it is made from.</summary>
    public static IReadOnlyList<Fault> MissingHashes(ContextDocument document, IEnumerable<DataType> asked, Tables tables)
    {
        var faults = new List<Fault>();
        foreach (var type in asked)
        {
            var needed = type.Stores.Select(s => (Name: s, Why: "which it stores"))
                .Append((Name: tables.RawTypeOf(type), Why: "the raw data it comes from"))
                .Append((Name: type.MadeFrom, Why: "which it is made from"));
            foreach (var (name, why) in needed.DistinctBy(n => n.Name))
            {
                if (!document.Hashes.TryGetValue(name, out var hash))
                {
                    faults.Add(new Fault($"data type '{type.Name}' needs the hash of '{name}', {why}, but context '{document.Name}' (straxen {document.StraxenVersion}) of {document.Origin} does not define it. Drop '{type.Name}' from dtypes, or choose another context."));
                }
                else if (hash.Length != 10 || hash.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)))
                {
                    faults.Add(new Fault($"context '{document.Name}' of {document.Origin}: the hash '{hash}' of '{name}' is no lineage hash, which is 10 lower-case letters and digits. Correct the document."));
                }
            }
        }

        return [.. faults.DistinctBy(f => f.Text)];
    }

    private static ChosenContext Chosen(ContextDocument document, ImageProof proof, IReadOnlyList<string> warnings) => new(document, proof, document.Remarks, warnings);

    private static string Describe(ContextDocument d) =>
        $"tag {d.Tag ?? "none"}, straxen {d.StraxenVersion}" + (d.DateAdded is { } date ? $", added {date.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}" : "");

    /// <summary>The newest document; a release that was registered again replaces its former self.</summary>
    private ContextDocument Newest(IReadOnlyList<ContextDocument> documents, string context)
    {
        // The same document twice is one.
        var distinct = documents.DistinctBy(d => (d.Tag, d.StraxenVersion, string.Join(',', d.Hashes.Select(h => h.Key + h.Value)))).ToList();
        if (distinct.Count == 1)
        {
            return distinct[0];
        }

        var newest = distinct.Max(d => d.DateAdded);
        var candidates = distinct.Where(d => d.DateAdded == newest).ToList();
        if (newest is not null && candidates.Count == 1 && distinct.All(d => d.DateAdded is not null))
        {
            return candidates[0];
        }

        throw new UsageException($"context '{context}' is there {distinct.Count} times in {catalogue.Name} and no date_added says which is the newest: {string.Join("; ", distinct.Select(Describe))}. Name a file that holds the right one with --context-file.");
    }
}
