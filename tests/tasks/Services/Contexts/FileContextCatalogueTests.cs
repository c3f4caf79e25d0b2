using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Services.Contexts;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.Services.Contexts;

/// <summary>A file of context documents, as people save and export them.</summary>
internal sealed class FileContextCatalogueTests
{
    private static readonly string Document = LoaderFixture.Document("xenonnt_v14", "2024.02.1", "2.2.1");

    /// <summary>A document of another context, in one line.</summary>
    private static readonly string Other = LoaderFixture
        .Document("xenonnt_v13", "2023.11.1", "2.1.6")
        .ReplaceLineEndings(" ")
        .Trim();

    [TestCase("{\"results\": DOC}", TestName = "Should_read_a_saved_answer_of_one_context")]
    [TestCase("{\"results\": [DOC]}", TestName = "Should_read_a_saved_answer_of_contexts")]
    [TestCase("[DOC]", TestName = "Should_read_a_list_of_contexts")]
    [TestCase("DOC\n", TestName = "Should_read_one_context_of_JSON_lines")]
    [TestCase("DOC\r\nOTHER\n\n", TestName = "Should_read_contexts_of_JSON_lines")]
    [TestCase("\uFEFFDOC", TestName = "Should_read_a_context_behind_a_byte_order_mark")]
    public async Task Should_read_it(string text)
    {
        var disk = new MockFileSystem();
        disk.AddFile(
            "/contexts.json",
            new MockFileData(
                text.Replace("DOC", "{\"x\": NaN, \"y\": [-Infinity], " + Document.Trim()[1..], StringComparison.Ordinal)
                    .Replace("OTHER", Other, StringComparison.Ordinal)
            )
        );

        Assert.That(
            (await new FileContextCatalogue(disk, "/contexts.json").FindAsync("xenonnt_v14", default)).Single().StraxenVersion,
            Is.EqualTo("2.2.1")
        );
    }

    [TestCase("OTHER\n\n{\"name\": 3}\n", "/contexts.json:3: context document 2: field 'name'")]
    [TestCase("OTHER\n{\"name\": \"c\", ]\n", "/contexts.json:2: this is not JSON.")]
    [TestCase("OTHER\n{\"name\": \"\\ud800\"}\n", "/contexts.json:2: this is not JSON.")]
    [TestCase("OTHER\n{\"name\": \"c\"", "/contexts.json:2: this is not JSON.")]
    [TestCase("\n\n", "/contexts.json:1: this is not JSON.")]
    public void Should_name_the_line_of_a_fault(string text, string words)
    {
        var disk = new MockFileSystem();
        disk.AddFile("/contexts.json", new MockFileData(text.Replace("OTHER", Other, StringComparison.Ordinal)));

        var error = Assert.ThrowsAsync<UsageException>(() => new FileContextCatalogue(disk, "/contexts.json").NamesAsync(default));

        Assert.That(error!.Message, Does.StartWith(words));
    }

    [TestCase("\n", "/contexts.json:10001: ")]
    [TestCase(",", "/contexts.json: ")]
    public void Should_refuse_more_documents_than_any_collection_has(string between, string place)
    {
        var many = string.Join(between, Enumerable.Repeat("{}", ContextFileText.MostDocuments + 1));
        var disk = new MockFileSystem();
        disk.AddFile("/contexts.json", new MockFileData(between == "," ? $"[{many}]" : many));

        var error = Assert.ThrowsAsync<UsageException>(() => new FileContextCatalogue(disk, "/contexts.json").NamesAsync(default));

        Assert.That(error!.Message, Does.StartWith($"{place}there are more than 10000 documents."));
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
