namespace Outsource.Model.Contexts;

/// <summary>
/// The document that a plan was made with, as its settings have it: who submits that very plan need not ask for it again.
/// </summary>
public sealed class RecordedContext(ContextDocument document) : IContextCatalogue
{
    public string Name => document.Origin;

    public Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ContextDocument>>(document.Name == context ? [document] : []);
}
