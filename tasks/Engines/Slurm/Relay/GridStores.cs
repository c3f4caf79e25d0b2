using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>Staging sites of any kind, each asked by what its address says.</summary>
/// <param name="disk">The disk.</param>
/// <param name="programs">Calls the gfal2 programs.</param>
public sealed class GridStores(IFileSystem disk, ISlurmPrograms programs) : IGridStore
{
    /// <summary>What gfal2 has a plugin for, and a staging site may be.</summary>
    private static readonly ImmutableArray<string> Remote = ["davs", "gsidavs", "gsiftp", "http", "https", "root", "roots", "srm", "xroot"];

    private readonly FolderStore _folders = new(disk);
    private readonly GfalStore _gfal = new(programs);

    public IReadOnlyList<StoredFile>? List(string address) => Of(address).List(address);

    public void Copy(StoredFile file, string target)
    {
        ArgumentNullException.ThrowIfNull(file);
        Of(file.Address).Copy(file, target);
    }

    public string? AdlerOf(StoredFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Of(file.Address).AdlerOf(file);
    }

    /// <summary>An address as it was typed: that of a folder may be its path.</summary>
    /// <param name="typed">An address, or a path.</param>
    /// <param name="absolute">Makes a path absolute.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    public static string AddressOf(string typed, Func<string, string> absolute)
    {
        ArgumentException.ThrowIfNullOrEmpty(typed);
        ArgumentNullException.ThrowIfNull(absolute);
        var address = typed.Contains("://", StringComparison.Ordinal) ? typed : FolderStore.AddressOf(absolute(typed));
        _ = Kind(address);
        return address;
    }

    private IGridStore Of(string address) => Kind(address) == "file" ? _folders : _gfal;

    private static string Kind(string address) =>
        address.Contains("://", StringComparison.Ordinal)
        && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == "file" || Remote.Contains(uri.Scheme))
            ? uri.Scheme
            : throw new UsageException(
                $"'{UntrustedText.Brief(address)}' is not the address of a staging site: allowed are file, {string.Join(", ", Remote)}, "
                    + "such as gsidavs://HOST:2880/xenon/scratch/USER/NAME. Correct --staging, or the site catalog."
            );
}
