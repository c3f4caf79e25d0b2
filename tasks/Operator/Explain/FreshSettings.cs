using Outsource.Artifacts;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.LoadConfig;
using Outsource.Services.Contexts;
using Outsource.Services.RunDb;

namespace Outsource.Operator.Explain;

/// <summary>The current settings of a dry run; they are not saved.</summary>
/// <param name="context">The run.</param>
public sealed class FreshSettings(OutsourceContext context)
{
    /// <summary>Loads them, and shows warnings.</summary>
    /// <exception cref="UsageException">They are not valid.</exception>
    public async Task<LoadedConfiguration> LoadAsync()
    {
        var contexts = new ContextCatalogues(
            context.Request.Host,
            context.Messages,
            new PythonRunner(context),
            TokenStorage.Memory
        );
        var loader = new SettingsLoader(context.Request.Host, contexts.Default, contexts.ContradictionsAsync);

        // A special name, so that no existing workflow conflicts with it.
        var invocation = context.Request.Invocation.Named("fresh");
        LoadedConfiguration loaded;
        using (context.Messages.Waiting("the configuration and the context document"))
        {
            loaded = await loader.LoadAsync(invocation, context.Cancellation).ConfigureAwait(false);
        }

        foreach (var note in loaded.Notes)
        {
            context.Messages.Note(note);
        }

        foreach (var warning in loaded.Warnings)
        {
            context.Messages.Warn(warning);
        }

        return loaded;
    }
}
