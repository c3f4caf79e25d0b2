using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Contexts;

namespace Outsource.Services.Contexts;

/// <summary>
/// Context documents in a file: one document, or a JSON array of them, as the RunDB's collection <c>contexts</c> holds them.
/// </summary>
public sealed class FileContextCatalogue : IContextCatalogue
{
    private readonly IFileSystem _disk;
    private readonly string _path;
    private readonly Lazy<IReadOnlyList<ContextDocument>> _documents;

    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. Absolute.</param>
    public FileContextCatalogue(IFileSystem disk, string path)
    {
        _disk = disk;
        _path = path;
        _documents = new Lazy<IReadOnlyList<ContextDocument>>(Load);
    }

    public string Name => _path;

    /// <exception cref="UsageException">The file cannot be read or is not valid; all faults together.</exception>
    public Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ContextDocument>>([.. _documents.Value.Where(d => d.Name == context)]);

    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>([.. _documents.Value.Select(d => d.Name).Distinct(StringComparer.Ordinal)]);

    private List<ContextDocument> Load()
    {
        byte[] bytes;
        try
        {
            bytes = BoundedText.ReadBytes(_disk, _path, 256 << 20);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([
                new Fault(
                    $"the context documents cannot be read: {DiskFault.Why(error, _path)}. Name another file with --context-file=FILE.",
                    _path
                ),
            ]);
        }

        try
        {
            var text = bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
            var span = PythonNumbers.Replaced(text.Span) ?? text;
            using var json = JsonDocument.Parse(
                span,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            return Documents(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A text that is half a character is found when it is read, without a line.
            throw new UsageException([
                new Fault(
                    "this is not JSON. A context file contains one document, or a JSON array of documents.",
                    _path,
                    (int?)(error as JsonException)?.LineNumber + 1
                ),
            ]);
        }
    }

    private List<ContextDocument> Documents(JsonElement root)
    {
        var faults = new List<Fault>();
        var documents = new List<ContextDocument>();
        if (
            root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("results", out var answer)
            && answer.ValueKind is (JsonValueKind.Object or JsonValueKind.Array)
        )
        {
            // The RunDB's answer as it was saved.
            root = answer;
        }

        var elements = root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : new[] { root };
        for (var i = 0; i < elements.Length; i++)
        {
            if (
                ContextDocumentReader.Read(
                    elements[i],
                    elements.Length == 1 ? "the context document" : $"context document {i + 1}",
                    _path,
                    faults
                ) is
                { } document
            )
            {
                documents.Add(document);
            }
        }

        return faults.Count == 0 ? documents : throw new UsageException(faults);
    }
}
