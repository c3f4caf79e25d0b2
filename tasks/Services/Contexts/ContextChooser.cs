using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.Services.Contexts;

/// <summary>What happens when the image is of another release than the context.</summary>
public enum ImageMismatch
{
    /// <summary>It is an error.</summary>
    Refused,

    /// <summary>It is a warning (<c>--accept-image-mismatch</c>).</summary>
    Accepted,
}

/// <summary>The document that was chosen, and what is known about it.</summary>
public sealed record ChosenContext(ContextDocument Document, ImageProof Proof, IReadOnlyList<string> Notes, IReadOnlyList<string> Warnings);

/// <summary>
/// Chooses the context document that the jobs will reproduce inside the image. Its release tag must be the image's: then the jobs compute
/// the same hashes as we query with. The Python original does not check this.
/// </summary>
public sealed class ContextChooser(IContextCatalogue catalogue)
{
    /// <summary>A tag for examples.</summary>
    private const string ExampleTag = "el9.2025.07.1";

    /// <summary>Finds the document.</summary>
    /// <param name="request">The context.</param>
    /// <param name="image">The image.</param>
    /// <param name="mismatch">What happens when the image is of another release than the context.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="UsageException">There is none, none fits, or several do.</exception>
    public async Task<ChosenContext> ChooseAsync(
        ContextRequest request,
        ImageReference image,
        ImageMismatch mismatch,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(image);
        var (found, otherVersion) = await request.FindAsync(catalogue, cancel).ConfigureAwait(false);
        return found.Count == 0 ? throw await UnknownAsync(request, otherVersion, cancel).ConfigureAwait(false)
            : image.Tag is null ? OfUntaggedImage(found, image, request.Name)
            : ReleaseTag.Of(image.Tag) is null ? OfMovingTag(found, image.Tag, request.Name)
            : OfRelease(found, image.Tag, request.Name, mismatch);
    }

    private ChosenContext OfUntaggedImage(IReadOnlyList<ContextDocument> found, ImageReference image, string context)
    {
        var document = Newest(found, context);
        return Chosen(
            document,
            ImageProof.Unproven,
            $"image '{image.Path}' has no tag, so there is no proof that it fits context '{context}' ({Describe(document)}); pass "
                + "--image=TAG to have it proved."
        );
    }

    private ChosenContext OfMovingTag(IReadOnlyList<ContextDocument> found, string tag, string context)
    {
        var document = Newest(Preferred(found, d => d.Tag == tag), context);
        var release = ReleaseTag.Of(document.Tag) is null ? ExampleTag : document.Tag;
        return Chosen(
            document,
            ImageProof.Unproven,
            $"image tag '{tag}' is not the tag of a release: other images get the same tag later, so there is no proof that it fits "
                + $"context '{context}' ({Describe(document)}). Pass the tag of a release, such as {release}, with --image to have it "
                + "proved."
        );
    }

    /// <summary>The document of the image's release, or what is done when there is none.</summary>
    private ChosenContext OfRelease(IReadOnlyList<ContextDocument> found, string tag, string context, ImageMismatch mismatch)
    {
        var fitting = found.Where(d => ReleaseTag.Same(d.Tag, tag)).ToList();
        if (fitting.Count > 0)
        {
            return Chosen(Newest(Preferred(fitting, d => d.Tag == tag), context), ImageProof.Proven);
        }

        var released = found.Where(d => ReleaseTag.Of(d.Tag) is not null).ToList();
        return released.Count == 0 ? OfUnreleasedDocument(Newest(found, context), tag, context)
            : mismatch == ImageMismatch.Accepted ? OfAcceptedMismatch(Newest(released, context), tag, context)
            : released.All(d => d.OnePerStraxen) ? OfOnePerStraxen(Newest(released, context), tag, context)
            : throw Mismatch(released, tag, context);
    }

    private static ChosenContext OfUnreleasedDocument(ContextDocument document, string tag, string context)
    {
        var why = document.Tag is null
            ? "has no tag"
            : $"has tag '{document.Tag}', which is not the tag of a release and can get other contents";
        return Chosen(
            document,
            ImageProof.Unproven,
            $"the document of context '{context}' in {document.Origin} {why}, so there is no proof that it fits image tag '{tag}' "
                + $"(straxen {document.StraxenVersion})."
        );
    }

    private static ChosenContext OfAcceptedMismatch(ContextDocument document, string tag, string context) =>
        Chosen(
            document,
            ImageProof.MismatchAccepted,
            $"image tag '{tag}' differs from tag '{document.Tag}' of context '{context}' (straxen {document.StraxenVersion}), accepted "
                + "with --accept-image-mismatch: the jobs may make data with other hashes."
        );

    private static ChosenContext OfOnePerStraxen(ContextDocument document, string tag, string context) =>
        Chosen(
            document,
            ImageProof.Unproven,
            $"{document.Origin} has one document of context '{context}' for straxen {document.StraxenVersion}, and it is of release "
                + $"'{document.Tag}', not of image tag '{tag}'. Several releases may have the same straxen version, so there is no proof "
                + "that the image fits, nor that it does not. To have it proved, source the image's release, whose python3 has its own "
                + "hashes, or name a file with --context-file=FILE."
        );

    private static UsageException Mismatch(List<ContextDocument> released, string tag, string context)
    {
        const int Most = 10;
        var documents = released.OrderByDescending(d => d.DateAdded).ThenByDescending(d => d.Tag, StringComparer.Ordinal).ToList();
        return new UsageException(
            $"image tag '{tag}' does not fit context '{context}': its document{(documents.Count == 1 ? " has" : "s have")} "
                + string.Join(", ", documents.Take(Most).Select(d => $"tag '{d.Tag}' (straxen {d.StraxenVersion})"))
                + (documents.Count > Most ? ", …" : "")
                + ". Images that fit: "
                + string.Join(", ", documents.Select(d => ImageReference.Prefix + d.Tag).Distinct().Take(Most))
                + ". Pass one with --image, or --accept-image-mismatch to continue."
        );
    }

    /// <summary>Those that are preferred, or all where none is.</summary>
    private static IReadOnlyList<ContextDocument> Preferred(
        IReadOnlyList<ContextDocument> documents,
        Func<ContextDocument, bool> preferred
    ) => documents.Where(preferred).ToList() is { Count: > 0 } some ? some : documents;

    private async Task<UsageException> UnknownAsync(
        ContextRequest request,
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
                    + $"{(request.XedocsVersion is null ? $"context '{request.Name}' without an xedocs_version" : request)}, but with "
                    + $"{string.Join(", ", made)}: other corrections give other hashes. "
                    + (
                        otherVersion.Select(d => d.XedocsVersion).OfType<string>().FirstOrDefault() is { } have
                            ? $"Pass --xedocs-version={have}, or source"
                        : request.XedocsVersion is null ? "Source"
                        : "Leave xedocs_version out, or source"
                    )
                    + " the image's release, whose python3 has the hashes of every version."
            );
        }

        var names = await catalogue.NamesAsync(cancel).ConfigureAwait(false);
        return new UsageException(
            $"{request} is unknown to {catalogue.Name}{NearestName.Hint(request.Name, names)}"
                + (names.Count == 0 ? "." : $": it knows {string.Join(", ", names.Order(StringComparer.Ordinal))}.")
                + " Correct --context."
        );
    }

    private static ChosenContext Chosen(ContextDocument document, ImageProof proof, params string[] warnings) =>
        new(document, proof, document.Remarks, warnings);

    private static string Describe(ContextDocument d) =>
        $"tag {d.Tag ?? "none"}, straxen {d.StraxenVersion}"
        + (
            d.DateAdded is { } date
                ? $", added {date.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}"
                : ""
        );

    /// <summary>The newest document: a release that was registered again replaces the former document.</summary>
    private ContextDocument Newest(IReadOnlyList<ContextDocument> documents, string context)
    {
        // The same document twice counts once.
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
            $"context '{context}' is {distinct.Count} times in {catalogue.Name} and no date_added shows which is the newest: "
                + $"{string.Join("; ", distinct.Select(Describe))}. Name a file that contains the right one with --context-file."
        );
    }
}
