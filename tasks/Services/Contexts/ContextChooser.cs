using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Services.Contexts;

/// <summary>A document chosen, and what is known about it.</summary>
public sealed record ChosenContext(ContextDocument Document, ImageProof Proof, IReadOnlyList<string> Notes, IReadOnlyList<string> Warnings);

/// <summary>
/// Chooses the context document that the jobs will reproduce inside the image. Its release tag must be the image's: then the hashes
/// the jobs compute are the ones we query with. The original trusts the operator here.
/// </summary>
public sealed class ContextChooser(IContextCatalogue catalogue)
{
    /// <summary>Finds the document.</summary>
    /// <param name="wish">The context.</param>
    /// <param name="image">The image.</param>
    /// <param name="acceptMismatch">Whether <c>--accept-image-mismatch</c> was given.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="UsageException">There is none, none fits, or several do.</exception>
    public async Task<ChosenContext> ChooseAsync(ContextRequest wish, ImageReference image, bool acceptMismatch, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(image);
        var context = wish.Name;
        var (found, otherVersion) = await wish.FindAsync(catalogue, cancel).ConfigureAwait(false);
        if (found.Count == 0)
        {
            throw await UnknownAsync(wish, otherVersion, cancel).ConfigureAwait(false);
        }

        if (image.Tag is null)
        {
            var document = Newest(found, context);
            return Chosen(
                document,
                ImageProof.Unproven,
                $"image '{image.Path}' carries no tag, so nothing proves that it fits context '{context}' ({Describe(document)}); pass "
                    + "--image=TAG to have it proved."
            );
        }

        if (ReleaseTag.Of(image.Tag) is null)
        {
            var document = Newest(Preferred(found, d => d.Tag == image.Tag), context);
            return Chosen(
                document,
                ImageProof.Unproven,
                $"image tag '{image.Tag}' names no release: what it stands for is built anew under the same name, so nothing proves "
                    + $"that it fits context '{context}' ({Describe(document)}). Pass the tag of a release, such as {ExampleTag}, with "
                    + "--image to have it proved."
            );
        }

        var fitting = found.Where(d => ReleaseTag.Same(d.Tag, image.Tag)).ToList();
        if (fitting.Count > 0)
        {
            return Chosen(Newest(Preferred(fitting, d => d.Tag == image.Tag), context), ImageProof.Proven);
        }

        var released = found.Where(d => ReleaseTag.Of(d.Tag) is not null).ToList();
        if (released.Count == 0)
        {
            var document = Newest(found, context);
            return Chosen(
                document,
                ImageProof.Unproven,
                document.Tag is null
                    ? $"the document of context '{context}' in {document.Origin} carries no tag, so nothing proves that it fits image "
                        + $"tag '{image.Tag}' (straxen {document.StraxenVersion})."
                    : $"the document of context '{context}' in {document.Origin} has tag '{document.Tag}', which names no release and "
                        + $"moves, so nothing proves that it fits image tag '{image.Tag}' (straxen {document.StraxenVersion})."
            );
        }

        if (acceptMismatch)
        {
            var document = Newest(released, context);
            return Chosen(
                document,
                ImageProof.MismatchAccepted,
                $"image tag '{image.Tag}' differs from tag '{document.Tag}' of context '{context}' (straxen {document.StraxenVersion}), "
                    + "accepted with --accept-image-mismatch: the jobs may make data of other hashes."
            );
        }

        if (released.All(d => d.OnePerStraxen))
        {
            var document = Newest(released, context);
            return Chosen(
                document,
                ImageProof.Unproven,
                $"{document.Origin} has one document of context '{context}' for straxen {document.StraxenVersion}, and it is of "
                    + $"release '{document.Tag}', not of image tag '{image.Tag}'. Several releases may share a straxen version, so "
                    + "this neither proves nor refuses that the image fits. To have it proved, source the image's release, whose "
                    + "python3 tells its own hashes, or name a file with --context-file=FILE."
            );
        }

        var fits = released.OrderByDescending(d => d.DateAdded).ThenByDescending(d => d.Tag, StringComparer.Ordinal).ToList();
        throw new UsageException(
            $"image tag '{image.Tag}' does not fit context '{context}': its document{(fits.Count == 1 ? " has" : "s have")} "
                + string.Join(", ", fits.Take(10).Select(d => $"tag '{d.Tag}' (straxen {d.StraxenVersion})"))
                + (fits.Count > 10 ? ", …" : "")
                + $". Images that fit: {string.Join(", ", fits.Select(d => ImageReference.Prefix + d.Tag).Distinct().Take(10))}. Pass "
                + "one with --image, or --accept-image-mismatch to go on all the same."
        );
    }

    /// <summary>A tag to show.</summary>
    private const string ExampleTag = "el9.2025.07.1";

    /// <summary>Those that are preferred, or all where none is.</summary>
    private static IReadOnlyList<ContextDocument> Preferred(
        IReadOnlyList<ContextDocument> documents,
        Func<ContextDocument, bool> preferred
    ) => documents.Where(preferred).ToList() is { Count: > 0 } some ? some : documents;

    private async Task<UsageException> UnknownAsync(
        ContextRequest wish,
        IReadOnlyList<ContextDocument> otherVersion,
        CancellationToken cancel
    )
    {
        if (otherVersion.Count > 0)
        {
            var made = otherVersion
                .Select(d =>
                    d.XedocsVersion is { } version ? $"xedocs_version '{version}'" : "no xedocs_version, which is the context's own"
                )
                .Distinct(StringComparer.Ordinal);
            return new UsageException(
                $"{catalogue.Name} has no document of "
                    + $"{(wish.XedocsVersion is null ? $"context '{wish.Name}' without an xedocs_version" : wish)}, but with "
                    + $"{string.Join(", ", made)}: other corrections make other hashes. "
                    + (
                        otherVersion.Select(d => d.XedocsVersion).OfType<string>().FirstOrDefault() is { } have
                            ? $"Pass --xedocs-version={have}, or source"
                        : wish.XedocsVersion is null ? "Source"
                        : "Leave xedocs_version out, or source"
                    )
                    + " the image's release, whose python3 tells the hashes of every version."
            );
        }

        var names = await catalogue.NamesAsync(cancel).ConfigureAwait(false);
        return new UsageException(
            $"{wish} is unknown to {catalogue.Name}{NearestName.Hint(wish.Name, names)}"
                + (names.Count == 0 ? "." : $": it knows {string.Join(", ", names.Order(StringComparer.Ordinal))}.")
                + " Correct --context."
        );
    }

    /// <summary>
    /// Every hash that later stages look up must be there: of what is asked for, what it stores, and what it is made from.
    /// </summary>
    public static IReadOnlyList<Fault> MissingHashes(ContextDocument document, IEnumerable<DataType> asked, DataTables tables)
    {
        var faults = new List<Fault>();
        foreach (var type in asked)
        {
            var needed = type
                .Stores.Select(s => (Name: s, Why: "which it stores"))
                .Append((Name: tables.RawTypeOf(type), Why: "the raw data it comes from"))
                .Append((Name: type.MadeFrom, Why: "which it is made from"));
            foreach (var (name, why) in needed.DistinctBy(n => n.Name))
            {
                if (!document.Hashes.TryGetValue(name, out var hash))
                {
                    faults.Add(
                        new Fault(
                            $"data type '{type.Name}' needs the hash of '{name}', {why}, but context '{document.Name}' (straxen "
                                + $"{document.StraxenVersion}) of {document.Origin} does not define it. {Cure(type, name)}"
                        )
                    );
                }
                else if (hash.Length != 10 || hash.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)))
                {
                    faults.Add(
                        new Fault(
                            $"context '{document.Name}' of {document.Origin}: the hash '{hash}' of '{name}' is no lineage hash, which "
                                + "is 10 lower-case letters and digits. Correct the document."
                        )
                    );
                }
            }
        }

        return [.. faults.DistinctBy(f => f.Text)];
    }

    /// <summary>What is to be corrected: a table that names what a release has not, the wish, or the context.</summary>
    private static string Cure(DataType type, string missing) =>
        type.Stores.Contains(missing)
            ? $"Where that release has no '{missing}', say so in {TablesReader.DataTypesFile} (stores of '{type.Name}': {{name: "
                + $"{missing}, until: straxen VERSION}}) in a folder that tables_folder names; otherwise drop '{type.Name}' from "
                + "dtypes, or choose another context."
            : $"Drop '{type.Name}' from dtypes, or choose another context.";

    private static ChosenContext Chosen(ContextDocument document, ImageProof proof, params string[] warnings) =>
        new(document, proof, document.Remarks, warnings);

    private static string Describe(ContextDocument d) =>
        $"tag {d.Tag ?? "none"}, straxen {d.StraxenVersion}"
        + (
            d.DateAdded is { } date
                ? $", added {date.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}"
                : ""
        );

    /// <summary>The newest document; a release that was registered again replaces its former self.</summary>
    private ContextDocument Newest(IReadOnlyList<ContextDocument> documents, string context)
    {
        // The same document twice is one.
        var distinct = documents
            .DistinctBy(d => (d.Tag, d.StraxenVersion, string.Join(',', d.Hashes.Select(h => h.Key + h.Value))))
            .ToList();
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

        throw new UsageException(
            $"context '{context}' is there {distinct.Count} times in {catalogue.Name} and no date_added says which is the newest: "
                + $"{string.Join("; ", distinct.Select(Describe))}. Name a file that holds the right one with --context-file."
        );
    }
}
