using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Services.LocalData;
using Outsource.Services.Rucio;
using Outsource.Services.RunDb;
using Outsource.Services.Snapshots;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource;

/// <summary>The services for the stages: selected by the settings, with a final message about their cost.</summary>
public sealed class Sources(OutsourceContext context)
{
    /// <summary>
    /// Where a new RunDB token is kept: in the file where the jobs read it only when a workflow is written. A dry run changes nothing
    /// outside
    /// work_dir.
    /// </summary>
    public TokenStorage Storage =>
        WorkflowName.Writes(context.Request.Invocation) && !context.Request.Invocation.Has(SettingCatalog.ByName["keep_dbtoken"].Option!)
            ? TokenStorage.File
            : TokenStorage.Memory;

    private SnapshotFolder? Snapshot =>
        context.Request.Invocation.Options.SaveSnapshot is { } folder
            ? new SnapshotFolder(context.Disk, context.Request.Host.Absolute(folder))
            : null;

    /// <summary>
    /// The run database; with <c>no_remote</c> its documents have the data of local folders, and no other. With <c>--save-snapshot</c> its
    /// answers are saved.
    /// </summary>
    public SourceLease<IRunSource> Runs()
    {
        var asked = RunDatabase();
        return context.Loaded is { Settings.NoRemote: true, Levels: { } levels }
            ? asked.As(new LocalRunSource(asked.Source, context.Disk, Folders(), levels.Tree.HashOf))
            : asked;
    }

    /// <summary>The run database as it is; with <c>--save-snapshot</c> its answers are saved.</summary>
    public SourceLease<IRunSource> RunDatabase()
    {
        Snapshot?.Prepare();
        var source = RunSources.Create(
            context.Loaded,
            Credentials,
            context.Request.Host,
            context.Messages,
            Storage
        );
        return new SourceLease<IRunSource>(source, Snapshot is { } snapshot ? snapshot.Recording(source) : source, context.Messages, null);
    }

    /// <summary>What says which chunks raw data has: Rucio, or with <c>no_remote</c> the local folders. See <see cref="Rucio"/>.</summary>
    public SourceLease<IDatasetSource> Datasets() =>
        context.Loaded.Settings.NoRemote ? Leased(new LocalDatasetSource(Folders(), Kept)) : Rucio();

    /// <summary>Rucio; with <c>--save-snapshot</c> its answers are saved, and the snapshot is complete when the stage is done.</summary>
    public SourceLease<IDatasetSource> Rucio() =>
        Leased(DatasetSources.Create(context.Loaded, context.Request.Host, Kept, messages: context.Messages));

    private ListedFiles Kept =>
        Snapshot is not null ? ListedFiles.Kept
        : context.Loaded.Levels is null ? ListedFiles.Counted
        : ListedFiles.Sized;

    private LocalFolders Folders() => new(context.Disk, context.Loaded.Settings.LocalData);

    private SourceLease<IDatasetSource> Leased(IDatasetSource source)
    {
        if (Snapshot is not { } snapshot)
        {
            return new SourceLease<IDatasetSource>(source, source, context.Messages, null);
        }

        var recording = snapshot.Recording(source);
        return new SourceLease<IDatasetSource>(
            source,
            recording,
            context.Messages,
            () =>
            {
                var dropped = context.Messages.While(
                    "the snapshot",
                    () =>
                    {
                        recording.Commit();
                        snapshot.Save(context.Loaded.Context);
                        return context.Request.Invocation.Options.SnapshotSelectedOnly ? snapshot.KeepOnly(Selected()) : 0;
                    }
                );
                context.Messages.Note(
                    "The snapshot is "
                        + $"saved{(dropped > 0 ? $", without {Counted.Of(dropped, "run that is", "runs that are")} not selected" : "")}"
                        + ". "
                        + $"Use it with: {snapshot.Replay}"
                );
            }
        );
    }

    /// <summary>The run database, with the full document of every run.</summary>
    public SourceLease<IRunSource> WholeRuns()
    {
        var source = RunSources.OfWholeDocuments(context.Loaded.Settings, Credentials, context.Request.Host, context.Messages);
        return new SourceLease<IRunSource>(source, source, context.Messages, null);
    }

    /// <summary>The run database's entries of single runs, to be changed.</summary>
    /// <exception cref="Foundation.Errors.UsageException">They cannot be changed.</exception>
    public SourceLease<IRunEntries> Entries()
    {
        var source = RunSources.Entries(context.Loaded.Settings, Credentials, context.Request.Host, context.Messages);
        return new SourceLease<IRunEntries>(source, source, context.Messages, null);
    }

    /// <summary>Rucio, asked for replicas and rules.</summary>
    public SourceLease<IReplicaSource> Replicas()
    {
        var source = DatasetSources.Replicas(context.Loaded.Settings, context.Request.Host, messages: context.Messages);
        return new SourceLease<IReplicaSource>(source, source, context.Messages, null);
    }

    private RunDbCredentials Credentials() => RunDbCredentialsReader.Read(context.Request.Host, context.Loaded.Settings);

    /// <summary>The runs that FilterModes selected.</summary>
    private HashSet<int> Selected() =>
        [
            .. context
                .Outputs.Ledger.Selection.Read()
                .Where(l => l.Verdict.Outcome == Outcome.Process)
                .Select(l => l.Run!.Value),
        ];
}

/// <summary>A source in use by a stage. Disposing it logs its cost, and closes its connections.</summary>
/// <param name="real">The source itself.</param>
/// <param name="source">The source as the stage uses it.</param>
/// <param name="messages">Messages for the operator.</param>
/// <param name="done">What to do after the last request.</param>
public sealed class SourceLease<T>(T real, T source, IOperatorLog messages, Action? done) : IAsyncDisposable
    where T : class
{
    private T? _inner;

    public T Source { get; } = source;

    /// <summary>The same lease of a source that asks this one.</summary>
    public SourceLease<T> As(T other) => new(real, other, messages, done) { _inner = Source };

    /// <summary>Call this after the last request, if all succeeded.</summary>
    public void Done() => done?.Invoke();

    public ValueTask DisposeAsync()
    {
        if (real is IReportsRequests traffic)
        {
            messages.Note(traffic.Summary + ".");
        }

        if (!ReferenceEquals(real, Source))
        {
            (Source as IDisposable)?.Dispose();
        }

        if (_inner is not null && !ReferenceEquals(real, _inner))
        {
            (_inner as IDisposable)?.Dispose();
        }

        (real as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }
}
