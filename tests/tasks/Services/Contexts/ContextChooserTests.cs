using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Contexts;

/// <summary>Which document is chosen for an image, and what it proves.</summary>
[TestFixture]
public sealed class ContextChooserTests
{
    private static readonly ContextDocument Document = Given.Context with
    {
        Tag = "2024.02.1",
        DateAdded = new DateTimeOffset(2024, 2, 20, 0, 0, 0, TimeSpan.Zero),
    };

    [TestCase("el8.2025.07.1", "el9.2025.07.1")]
    [TestCase("el9.2025.07.1", "2025.07.1")]
    [TestCase("2025.07.1", "el7.2025.07.1")]
    public void Should_prove_an_image_by_its_twins_document(string image, string document) =>
        Assert.That(Choose(image, Document with { Tag = document }).Proof, Is.EqualTo(ImageProof.Proven));

    [Test]
    public void Should_prefer_the_document_of_the_very_tag_to_a_newer_twin()
    {
        var chosen = Choose(
            "el8.2025.07.1",
            Document with
            {
                Tag = "el8.2025.07.1",
            },
            Document with
            {
                Tag = "el9.2025.07.1",
                DateAdded = Document.DateAdded!.Value.AddDays(1),
                StraxenVersion = "3.2.1",
            }
        );

        Assert.That(chosen.Document.Tag, Is.EqualTo("el8.2025.07.1"));
    }

    [TestCase("development", "development")]
    [TestCase("development", "2024.02.1")]
    [TestCase("2024.02.1", "development")]
    [TestCase("latest", "latest")]
    [TestCase("my_branch", "my_branch")]
    [TestCase("el9.development", "el9.development")]
    [TestCase("2024.02.1", "latest")]
    public void Should_prove_nothing_if_a_tag_moves(string image, string document)
    {
        var chosen = Choose(image, Document with { Tag = document });

        Assert.That(chosen.Proof, Is.EqualTo(ImageProof.Unproven));
        Assert.That(chosen.Warnings.Single(), Does.Contain("there is no proof").And.Contain("is not the tag of a release"));
    }

    [Test]
    public void Should_refuse_a_release_by_another_release_if_a_moving_document_is_there_too() =>
        Assert.That(
            Assert
                .Throws<UsageException>(() =>
                    Choose("2024.02.1", Document with { Tag = "development" }, Document with { Tag = "2024.04.1" })
                )!
                .Message,
            Does.StartWith("image tag '2024.02.1' does not fit context 'xenonnt_v14': its document has tag '2024.04.1'")
                .And.Not.Contain("base-environment:development")
        );

    [Test]
    public void Should_refuse_nothing_if_the_source_has_one_document_per_straxen()
    {
        var chosen = Choose("2024.02.1", Document with { Tag = "2024.04.1", OnePerStraxen = true });

        Assert.That(chosen.Proof, Is.EqualTo(ImageProof.Unproven));
        Assert.That(
            chosen.Warnings.Single(),
            Does.Contain("is of release '2024.04.1', not of image tag '2024.02.1'").And.Contain("straxen 2.2.1")
        );
    }

    [Test]
    public void Should_take_a_document_under_the_alias_of_its_version()
    {
        var alias = Document with { Name = "xenonnt_v15" };
        var offline = Document with { Name = ContextRequest.Offline, XedocsVersion = "global_v15" };

        Assert.Multiple(() =>
        {
            Assert.That(
                Choose(new ContextRequest(ContextRequest.Offline, "global_v15"), alias).Document
                    is { Name: ContextRequest.Offline, XedocsVersion: "global_v15" }
            );
            Assert.That(
                Choose(new ContextRequest("xenonnt_v15", null), offline).Document is { Name: "xenonnt_v15", XedocsVersion: "global_v15" }
            );
            Assert.That(Choose(new ContextRequest("xenonnt_v15", "global_v15"), alias).Document.Name, Is.EqualTo("xenonnt_v15"));
        });
    }

    [TestCase("xenonnt_offline", "global_v15", "xenonnt_offline", null)]
    [TestCase("xenonnt_offline", "global_v15", "xenonnt_offline", "global_v14")]
    [TestCase("xenonnt_offline", null, "xenonnt_offline", "global_v14")]
    [TestCase("xenonnt_v14", "global_v15", "xenonnt_v14", null)]
    [TestCase("xenonnt_v14", null, "xenonnt_v14", "global_v15")]
    public void Should_refuse_a_document_of_other_corrections(string context, string? version, string name, string? made) =>
        Assert.That(
            Assert
                .Throws<UsageException>(() =>
                    Choose(new ContextRequest(context, version), Document with { Name = name, XedocsVersion = made })
                )!
                .Message,
            Does.Contain("other corrections give other hashes")
        );

    [Test]
    public void Should_compare_twins_but_nothing_that_moves()
    {
        Assert.Multiple(() =>
        {
            Assert.That(
                ContextComparison.SameRelease(Document with { Tag = "el8.2025.07.1" }, [Document with { Tag = "el9.2025.07.1" }]),
                Is.Not.Null
            );
            Assert.That(
                ContextComparison.SameRelease(Document with { Tag = "development" }, [Document with { Tag = "development" }]),
                Is.Null
            );
            Assert.That(ContextComparison.SameRelease(Document with { Tag = null }, [Document with { Tag = "development" }]), Is.Null);
            Assert.That(ContextComparison.SameRelease(Document with { Tag = null }, [Document with { Tag = "2024.02.1" }]), Is.Not.Null);
        });
    }

    private static ChosenContext Choose(string image, params ContextDocument[] documents) =>
        Choose(new ContextRequest("xenonnt_v14", null), image, documents);

    private static ChosenContext Choose(ContextRequest wish, params ContextDocument[] documents) => Choose(wish, "2024.02.1", documents);

    private static ChosenContext Choose(ContextRequest wish, string image, params ContextDocument[] documents) =>
        new ContextChooser(new Catalogue([.. documents]))
            .ChooseAsync(wish, new ImageReference(ImageReference.Prefix + image, image), ImageMismatch.Refused, default)
            .GetAwaiter()
            .GetResult();

    private sealed class Catalogue(ImmutableArray<ContextDocument> documents) : IContextCatalogue
    {
        public string Name => "test";

        public Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<ContextDocument>>([.. documents.Where(d => d.Name == context)]);
    }
}
