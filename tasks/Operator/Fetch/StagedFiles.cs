using System.Collections.Immutable;
using Outsource.Engines.Slurm.Relay;
using Outsource.Operator.Desk;
using Outsource.Operator.Unpack;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Fetch;

/// <summary>The results of a workflow at its staging site.</summary>
/// <param name="context">The run.</param>
/// <param name="source">The workflow.</param>
public sealed class StagedFiles(OutsourceContext context, SourceWorkflow source)
{
    private readonly StagedTarballs _names = new(context.Disk, StagedTarballs.LowerTypes(context.Disk, context.Request.Host.DataFolder));
    private ImmutableArray<string> _addresses;

    /// <summary>Copies and lists.</summary>
    public IGridStore Store { get; } = new GridStores(
        context.Disk,
        new GfalPrograms(context, context.Request.Host, new ConfiguredPlaces(context.Request.Host).Proxy(context.Request.Invocation))
    );

    /// <summary>Where the results are: what <c>--staging</c> names, else what the site catalog says.</summary>
    public ImmutableArray<string> Addresses =>
        _addresses.IsDefault
            ? _addresses = context.Request.Invocation.Options.Staging is { } typed
                ? [GridStores.AddressOf(typed, path => context.Request.Host.Absolute(path))]
                : new StagingPlaces(context.Disk).Of(source.Folder, source.Name)
            : _addresses;

    /// <summary>The level of the job that made a file; null: it is no tarball of results.</summary>
    public TarballLevel? LevelOf(string name) => _names.LevelOf(name);

    /// <summary>The files, each name once.</summary>
    /// <param name="wanted">Whether a file is wanted, by its name.</param>
    public IReadOnlyList<StoredFile> List(Func<string, bool> wanted)
    {
        using var waiting = context.Messages.Waiting("the staging site");
        return new Fetching(context.Disk, Store).List(Addresses, wanted);
    }
}
