using Outsource.Model.Runs;

namespace Outsource.Services.RunDb;

/// <summary>A source that does something with the documents of another one: name, cost and progress are those of the other.</summary>
/// <param name="source">The other one.</param>
public abstract class WrappedRunSource(IRunSource source) : IRunSource, IProgressSource
{
    /// <inheritdoc/>
    public string Name => Source.Name;

    /// <inheritdoc/>
    public QueryCost Cost => Source.Cost;

    /// <inheritdoc/>
    public Action<long>? TotalKnown
    {
        get => (Source as IProgressSource)?.TotalKnown;
        set
        {
            if (Source is IProgressSource telling)
            {
                telling.TotalKnown = value;
            }
        }
    }

    /// <inheritdoc/>
    public Action<long>? Listed
    {
        get => (Source as IProgressSource)?.Listed;
        set
        {
            if (Source is IProgressSource telling)
            {
                telling.Listed = value;
            }
        }
    }

    /// <summary>The documents of the other one.</summary>
    protected IRunSource Source { get; } = source;

    /// <inheritdoc/>
    public abstract IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, CancellationToken cancel);
}
