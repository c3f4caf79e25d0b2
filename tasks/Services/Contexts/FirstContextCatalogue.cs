using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;

namespace Outsource.Services.Contexts;

/// <summary>The environment when it defines the context, else the RunDB.</summary>
internal sealed class FirstContextCatalogue(EnvironmentContextCatalogue? environment, IContextCatalogue? rundb, IOperatorLog messages)
    : IContextCatalogue,
        IDisposable
{
    public string Name =>
        rundb is null ? environment!.Name + (environment.WhyUnavailable is { } why ? $", where {why.TrimEnd('.')}" : "") : rundb.Name;

    public async Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel)
    {
        if (environment is not null)
        {
            var own = await environment.FindAsync(context, cancel).ConfigureAwait(false);
            if (own.Count > 0)
            {
                return own;
            }

            messages.Detail($"no context from {environment.Name}: {environment.WhyUnavailable}");
        }

        return rundb is null ? [] : await rundb.FindAsync(context, cancel).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) =>
        rundb?.NamesAsync(cancel) ?? Task.FromResult<IReadOnlyList<string>>([]);

    public void Dispose() => (rundb as IDisposable)?.Dispose();
}
