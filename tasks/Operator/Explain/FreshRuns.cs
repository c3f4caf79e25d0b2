using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.FilterModes;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.PlanChunks;
using Outsource.QueryRuns;
using Outsource.Services.Rucio;
using Outsource.Workflows;

namespace Outsource.Operator.Explain;

/// <summary>The services for questions about runs.</summary>
/// <param name="Runs">The run database.</param>
/// <param name="Datasets">Rucio.</param>
/// <param name="InFlight">Data that workflows are making now.</param>
public sealed record FreshServices(IRunSource Runs, IDatasetSource Datasets, InFlightWork InFlight);

/// <summary>
/// Asks the services about a few runs only, and runs the same stages as a dry run, in a temporary folder that is deleted on disposal. No
/// workflow's artifacts are changed.
/// </summary>
public sealed class FreshRuns : IDisposable
{
    private readonly IFileSystem _disk;
    private readonly string _folder;

    private FreshRuns(IFileSystem disk, string folder, WorkflowOnDisk workflow) => (_disk, _folder, Workflow) = (disk, folder, workflow);

    /// <summary>The artifacts, as those of a workflow.</summary>
    public WorkflowOnDisk Workflow { get; }

    /// <summary>The settings for these runs.</summary>
    public static LoadedConfiguration SettingsFor(LoadedConfiguration loaded, ImmutableSortedSet<int> runs)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return loaded with
        {
            Settings = loaded.Settings with { Runs = [.. runs], Origins = loaded.Settings.Origins.SetItem("run", "argument --run") },
        };
    }

    /// <summary>Asks.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="messages">Messages for the operator.</param>
    /// <param name="loaded">Of <see cref="SettingsFor"/>.</param>
    /// <param name="services">The services.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="OutsourceException">A service does not answer for any of them.</exception>
    public static async Task<FreshRuns> AskAsync(
        HostEnvironment host,
        IOperatorLog messages,
        LoadedConfiguration loaded,
        FreshServices services,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(services);
        var disk = host.Disk;
        var root = Path.Combine(loaded.Settings.WorkDir, $".explain.{Guid.NewGuid():N}");
        var workflow = new WorkflowOnDisk(loaded.Settings.Name, root, null, null, null);
        var fresh = new FreshRuns(disk, root, workflow);
        try
        {
            _ = SettingsArtifact.Write(host, loaded, workflow.Folder);
            var found = await new RunQuery(disk, messages).RunAsync(loaded, services.Runs, workflow.Folder, cancel).ConfigureAwait(false);
            var filter = new RunFilter(disk, partial: PartialSource.Allowed);
            var selection = filter.Filter(loaded, found, workflow.Folder, cancel, services.InFlight);
            _ = await new ChunkPlanner(disk, messages, loaded.Settings.MaxParallelRequests)
                .PlanAsync(loaded, selection.Ledger, services.Datasets, workflow.Folder, cancel)
                .ConfigureAwait(false);
            return fresh;
        }
        catch
        {
            fresh.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_disk.Directory.Exists(_folder))
        {
            _disk.Directory.Delete(_folder, recursive: true);
        }
    }
}
