using Outsource.Environs;
using Outsource.Http;
using Outsource.LoadConfig;
using Outsource.Rucio;
using Outsource.Runs;

namespace Outsource;

/// <summary>The services as the stages ask them: chosen by the settings, and with a word at the end on what it has cost.</summary>
public sealed class Sources(OutsourceContext context)
{
    /// <summary>Targets that leave nothing behind outside work_dir, not even a token.</summary>
    private static readonly string[] Rehearsals = ["DryRun", "Default"];

    /// <summary>Whether a new RunDB token is put where the jobs look for it.</summary>
    public bool KeepsToken => !Rehearsals.Contains(context.Request.Invocation.Target);

    /// <summary>The run database.</summary>
    public Asked<IRunSource> Runs() => new(
        RunSources.Create(
            context.Loaded,
            () => RunDbCredentialsReader.Read(context.Request.Surroundings, context.Loaded.Settings),
            context.Request.Surroundings,
            context.Messages,
            KeepsToken),
        context.Messages);

    /// <summary>Rucio.</summary>
    public Asked<IDatasetSource> Datasets() => new(DatasetSources.Create(context.Loaded, context.Request.Surroundings), context.Messages);
}

/// <summary>A source while a stage asks it. Disposing says what it has cost, and closes its connections.</summary>
public sealed class Asked<T>(T source, IMessages messages) : IAsyncDisposable
    where T : class
{
    public T Source { get; } = source;

    public ValueTask DisposeAsync()
    {
        if (Source is ITellsTraffic traffic)
        {
            messages.Note(traffic.Summary + ".");
        }

        (Source as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }
}
