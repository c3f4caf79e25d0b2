using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Services.Contexts;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.Services.Contexts;

/// <summary>A file of context documents, as people save and export them.</summary>
internal sealed class FileContextCatalogueTests
{
    private static readonly string Document = LoaderFixture.Document("xenonnt_v14", "2024.02.1", "2.2.1");

    [TestCase("{\"results\": DOC}", TestName = "Should_read_a_saved_answer_of_one_context")]
    [TestCase("{\"results\": [DOC]}", TestName = "Should_read_a_saved_answer_of_contexts")]
    [TestCase("[DOC]", TestName = "Should_read_a_list_of_contexts")]
    [TestCase("\uFEFFDOC", TestName = "Should_read_a_context_behind_a_byte_order_mark")]
    public async Task Should_read_it(string text)
    {
        var disk = new MockFileSystem();
        disk.AddFile(
            "/contexts.json",
            new MockFileData(text.Replace("DOC", "{\"x\": NaN, \"y\": [-Infinity], " + Document.Trim()[1..], StringComparison.Ordinal))
        );

        Assert.That(
            (await new FileContextCatalogue(disk, "/contexts.json").FindAsync("xenonnt_v14", default)).Single().StraxenVersion,
            Is.EqualTo("2.2.1")
        );
    }

    [Test]
    public void Should_refuse_half_a_character()
    {
        var disk = new MockFileSystem();
        disk.AddFile("/contexts.json", new MockFileData(Document.Replace("xenonnt_v14", "\\ud800", StringComparison.Ordinal)));

        var catalogue = new FileContextCatalogue(disk, "/contexts.json");
        var error = Assert.ThrowsAsync<UsageException>(() => catalogue.FindAsync("xenonnt_v14", default));

        Assert.That(error!.Message, Does.Contain("/contexts.json").And.Contain("this is not JSON"));
    }
}
