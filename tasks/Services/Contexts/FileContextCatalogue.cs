using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Contexts;

namespace Outsource.Services.Contexts;

/// <summary>
/// Context documents in a file: one document, a JSON array or JSON lines of them, as the RunDB's collection <c>contexts</c> holds them.
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
        try
        {
            return ContextFileText.Read(
                _disk,
                _path,
                256 << 20,
                JsonCommentHandling.Skip,
                (json, subject, faults) => ContextDocumentReader.Read(json, subject, _path, faults)
            );
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
    }
}
